"""Decisions: how they are made, confirmed and reversed, and the measures and strikes they bring.

Each step is one durable batch: the entries, the messages to the platform and the notices to people
become durable together or not at all. An illegal step raises IllegalStepError and changes nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from lianzhi.chain.case import Case
from lianzhi.chain.decision import (
    Decision,
    Ground,
    Idempotency,
    ReusedKeyError,
    Source,
    decision_id,
    drawn,
    making,
)
from lianzhi.chain.guards import persons
from lianzhi.chain.measure import Order, is_thing
from lianzhi.chain.parts import Parts
from lianzhi.chain.protection import DAY_MS
from lianzhi.faults import fault_point
from lianzhi.office.actor import Actor
from lianzhi.office.effect import take_effect
from lianzhi.office.office import Office
from lianzhi.office.ports import Batch
from lianzhi.office.queries import EVER
from lianzhi.office.reversal import reverse_in
from lianzhi.record.entry import Draft
from lianzhi.record.mention import mentions


class DecisionRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A decision that is asked for: orders, reason and ground."""

    orders: tuple[Order, ...]
    """Empty: nothing is done; `facts` says why."""
    facts: str
    """The reason in words, as those concerned will read it."""
    ground: str | Ground
    """Key of a published rule or a legal basis, cited as it stands on the day; or the very version,
    where the law of the domain chose it."""
    category: str = ""
    source: Source = "own_initiative"
    rule: str = ""
    """The rule that decides; empty: a person does, or a program in its own name."""
    seen: int | None = None
    """How many decisions the case had when the person looked; None: they need not have looked."""
    acted: Mapping[str, int] = {}
    """Subjects (vault tokens) whose acts are in evidence elsewhere than in the event log, such as
    in a case file, with when they acted (ms)."""
    fields: dict[str, Any] = {}
    """What the domain adds to the decision."""
    once: Idempotency | None = None
    """Given: the request makes one decision, however often it comes."""


class Decisions:
    """See module. Thread-safe."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def decide(self, case_id: str, request: DecisionRequest, by: Actor, at: int) -> str:
        """Decide a case; returns the decision's id, of a repeated request that of the first.

        KeyError: there is no such case. ReusedKeyError: the key of `once` came with another
        request before.
        """
        with self._office.ledger.batch() as batch:
            if request.once and self._is_repeated(batch, request.once):
                return request.once.identity
            case = self._office.case(batch.connection, case_id)
            identity = self.decide_in(batch, case, request, by, at)
            fault_point("decision.drafted")
        fault_point("decision.committed")
        return identity

    def _is_repeated(self, batch: Batch, once: Idempotency) -> bool:
        known = self._office.queries.decisions.decision_by_id(batch.connection, once.identity)
        if known is None:
            return False
        _, first = known
        if first.request != once.digest:
            raise ReusedKeyError
        return True

    def decide_in(
        self, batch: Batch, case: Case, request: DecisionRequest, by: Actor, at: int
    ) -> str:
        """Decide a case within a batch that is open; returns the decision's id."""
        office, policy = self._office, self._office.policy(at)
        kind = policy.type_of(case.kind)
        parts = self._parts(batch, case, request.orders)
        parts = msgspec.structs.replace(
            parts, acts=parts.acts | {token: {"file": day} for token, day in request.acted.items()}
        )
        acted = _acted(parts, request.orders, case)
        ground, fault = self._ground(request.ground, acted, at)
        # What is decided of a party alone may name it: nobody else is told.
        but = case.about if kind.about == "party" else ""
        rule, today = "", 0
        if not by.person:
            rule, since = request.rule or by.name, policy.automation.day_begins(at)
            today = office.queries.rules.ordered_since(batch.connection, rule, since)
        office.check_step(
            batch.connection,
            "decision.made",
            case,
            by,
            at,
            reason=request.facts,
            orders=request.orders,
            roles=parts.roles,
            object_name=self._object_name(batch, case, request.orders),
            authors=parts.authors,
            acted=frozenset(parts.acts),
            ground_fault=fault,
            named=names_somebody(office, batch, request.facts, case, parts.roles, but),
            today=today,
            changed=request.seen is not None and request.seen != case.decisions,
        )
        once = request.once or Idempotency(decision_id(case.id, by.name, at, request.orders), "")
        identity = once.identity
        decision = Decision(
            id=identity,
            case=case.id,
            by=by.name,
            ground=ground,
            orders=request.orders,
            category=request.category,
            source="report" if case.reports else request.source,
            automated_detection=kind.detected,
            automated_decision=not by.person,
            rule=rule,
            submitted_by=by.submitted_by,
            policy=policy.versions_for(case.kind),
            # Before an authority, discussion and legal review stand for a second person.
            persons=1 if kind.about == "party" else persons(request.orders, policy),
            contest_until=at + policy.appeals.within_days * DAY_MS,
            sampled=by.person
            and kind.about != "party"  # those are reviewed by the authority's own rules
            and drawn(identity, policy.desk.second_review_share),
            request=once.digest,
            fields=request.fields,
        )
        people = _of_orders(decision.orders, parts)
        about = tuple(dict.fromkeys((case.about, *people))) if len(people) == 1 else (case.about,)
        batch.append([making(decision, request.facts, about, at)])
        fault_point("decision.appended")
        if decision.persons == 1:
            take_effect(self._office, batch, decision, case, parts, request.facts, by.name, at)
        return decision.id

    def confirm(self, identity: str, by: Actor, at: int) -> None:
        """Confirm a decision as the second person: its measures are ordered. KeyError: none."""
        with self._office.ledger.batch() as batch:
            row, decision = self._office.decision(batch.connection, identity)
            case = self._office.case(batch.connection, decision.case)
            parts = self._parts(batch, case, decision.orders, row["made_at"])
            self._office.check_step(
                batch.connection,
                "decision.confirmed",
                case,
                by,
                at,
                deciders=frozenset({decision.by}),
                orders=decision.orders,
                roles=parts.roles,
                object_name=self._object_name(batch, case, decision.orders),
                authors=parts.authors,
                acted=frozenset(parts.acts),
                ground_fault=self._ground(
                    decision.ground.key, _acted(parts, decision.orders, case), at
                )[1],
            )
            until = at + self._office.policy(at).appeals.within_days * DAY_MS
            payload = {
                "decision": identity,
                "case": case.id,
                "by": by.name,
                "contest_until": until,
            }
            batch.append([Draft("decision.confirmed", identity, at, payload)])
            decision = msgspec.structs.replace(decision, contest_until=until)
            facts = self._office.ledger.vault.text(row["index"], "facts") or ""
            take_effect(self._office, batch, decision, case, parts, facts, by.name, at)

    def refuse(self, identity: str, reason: str, by: Actor, at: int) -> None:
        """Refuse a decision as the second person: nothing is ordered. KeyError: none."""
        with self._office.ledger.batch() as batch:
            _, decision = self._office.decision(batch.connection, identity)
            case = self._office.case(batch.connection, decision.case)
            deciders = frozenset({decision.by})
            self._office.check_step(
                batch.connection,
                "decision.refused",
                case,
                by,
                at,
                deciders=deciders,
                reason=reason,
            )
            payload = {"decision": identity, "case": case.id, "by": by.name}
            people = _of_orders(decision.orders, self._parts(batch, case, decision.orders))
            texts = {"reason": (reason, (case.about, *people))}
            batch.append([Draft("decision.refused", identity, at, payload, texts)])

    def reverse(
        self, identity: str, measures: Sequence[str], reason: str, by: Actor, at: int
    ) -> None:
        """Take a decision back, whole (no measures named) or for some of its measures."""
        with self._office.ledger.batch() as batch:
            _, decision = self._office.decision(batch.connection, identity)
            case = self._office.case(batch.connection, decision.case)
            self._office.check_step(
                batch.connection, "decision.reversed", case, by, at, reason=reason
            )
            reverse_in(self._office, batch, decision, measures, reason, by, at)

    def _parts(self, batch: Batch, case: Case, orders: Iterable[Order], until: int = EVER) -> Parts:
        """Who did what in a case; without acts that orders name and whose copies are erased."""
        queries = self._office.queries.incidents
        parts = queries.parts(batch.connection, case.id, until)
        items = {item for order in orders for item in order.items if not is_thing(item)}
        if not (erased := items - queries.kept(batch.connection, items)):
            return parts
        left = {
            token: {act: at for act, at in acts.items() if act not in erased}
            for token, acts in parts.acts.items()
        }
        return msgspec.structs.replace(parts, acts=left)

    def _object_name(self, batch: Batch, case: Case, orders: Iterable[Order]) -> str:
        """The name of the thing that a case is about, where something is to be done to it."""
        if not any(is_thing(item) for order in orders for item in order.items):
            return ""
        queries = self._office.queries.incidents
        return next(iter(queries.accounts_of(batch.connection, [case.about])), "")

    def _ground(self, ground: str | Ground, acted: int, at: int) -> tuple[Ground, str]:
        """The ground for what was done at `acted` (ms), and why it can't be cited."""
        grounds = self._office.grounds
        if isinstance(ground, Ground):
            return ground, grounds.fault(ground)
        try:
            return grounds.cite(ground, acted, at), ""
        except ValueError as error:
            return Ground(kind="rule", key=ground, version=""), str(error)


def names_somebody(
    office: Office, batch: Batch, text: str, case: Case, people: Iterable[str], but: str = ""
) -> bool:
    """Whether a text that others will read names somebody of a case, or who reported, but one."""
    queries, connection = office.queries, batch.connection
    concerned = {case.about, *people, *queries.reports.reporters(connection, case.id)} - {but}
    accounts = queries.incidents.accounts_of(connection, concerned)
    return any(name in text and mentions(name)(text.encode()) for name in accounts)


def _acted(parts: Parts, orders: Iterable[Order], case: Case) -> int:
    """When the earliest was done that these orders answer (ms): that day's rules apply."""
    targets = (target for order in orders for target in order.targets())
    times = (at for target in targets if (at := parts.acted_at(target)) is not None)
    return min(times, default=case.since)


def _of_orders(orders: Iterable[Order], parts: Parts) -> tuple[str, ...]:
    """Whom orders concern: their subjects, and the authors of their items."""
    author_of = parts.author_lookup()
    targets = {target for order in orders for target in order.targets()}
    return tuple(sorted({s or author_of(item) for s, item in targets} - {""}))
