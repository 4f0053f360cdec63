"""Automation: measures ordered by rules that a person switched on, within limits.

A rule is one proposal of policy: `<kind of case>/<measure>/<role>`. It is born in shadow. Switched
on, it decides by itself where no person is needed; whatever keeps it back is on the record with
its reason: the circuit breaker of the day, a guard that says no or fails, a finding too old.
"""

import hashlib
import logging
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import msgspec

from lianzhi.chain import strike
from lianzhi.chain.case import Case
from lianzhi.chain.guards import severe
from lianzhi.chain.life import IllegalStepError
from lianzhi.chain.measure import MODES, Mode, Order, single
from lianzhi.chain.policy import CasePolicy, Proposal
from lianzhi.chain.strike import Strike
from lianzhi.office.actor import Actor
from lianzhi.office.decisions import DecisionRequest, Decisions
from lianzhi.office.office import Office
from lianzhi.office.ports import Batch
from lianzhi.record.entry import Draft

MINUTE_MS = 60_000

log = logging.getLogger(__name__)


class Rule(msgspec.Struct, frozen=True):
    """One proposal of policy for one kind of case, which a person may switch on."""

    kind: str
    proposal: Proposal

    @property
    def name(self) -> str:
        """`<kind of case>/<measure>/<role>`."""
        return rule_name(self.kind, self.proposal.key, self.proposal.to)

    @property
    def terms(self) -> str:
        """What it stands for, as 64 bits of BLAKE2b: policy that changes it makes it a new rule."""
        # The rule names its kind: a further kind in the domain leaves this rule as it was.
        terms = msgspec.to_builtins(self.proposal)
        del terms["kinds"]
        encoded = msgspec.json.encode(terms, order="deterministic")
        return hashlib.blake2b(encoded, digest_size=8).hexdigest()

    def mode(self, switches: Mapping[str, Mapping[str, Any]]) -> Mode:
        """Its mode: as a person switched it, and in shadow where it was something else then."""
        row = switches.get(self.name)
        if row is None or row["terms"] != self.terms or row["mode"] not in MODES:
            return "shadow"
        mode: Mode = row["mode"]
        return mode


def rule_name(kind: str, key: str, to: str) -> str:
    """Name of the rule that a proposal of policy is."""
    return f"{kind}/{key}/{to}"


def rules_of(policy: CasePolicy) -> dict[str, Rule]:
    """Every rule that may be switched, by name: of cases that detectors find."""
    rules = (
        Rule(kind.kind, proposal)
        for kind in policy.types
        for proposal in policy.proposals
        if kind.kind in proposal.kinds and kind.detected and kind.measures
        if not proposal.key.startswith("protection.")
    )
    return {rule.name: rule for rule in rules}


class Automation:
    """Carries out the measures of rules that a person switched on."""

    def __init__(self, office: Office, decisions: Decisions) -> None:
        self._office, self._decisions = office, decisions

    def switch(self, rule: str, mode: Mode, reason: str, by: Actor, at: int) -> None:
        """Switch a rule on or off. KeyError: policy has no such rule.

        Raises IllegalStepError: only a person switches, and tells why.
        """
        known = rules_of(self._office.policy(at)).get(rule)
        if known is None:
            raise KeyError(rule)
        if mode not in MODES:
            raise ValueError(f"mode {mode!r} is none; use one of {', '.join(MODES)}")
        if not by.person or not reason.strip():
            raise IllegalStepError("rule.switched", mode, rule="reasons_given")
        payload = {"rule": rule, "mode": mode, "terms": known.terms, "by": by.name}
        self._office.ledger.append(
            [Draft("rule.switched", rule, at, payload, {"reason": (reason, ())})]
        )

    def act(self, batch: Batch, case_id: str, found_at: int, since: int, now: int) -> None:
        """Decide what the rules in force order on a case, within the batch of its newest finding:
        one made at `found_at` of an incident that began `since` (ms).

        Whatever goes wrong in a rule keeps its effect back and harms nothing else.
        """
        queries = self._office.queries
        switches = queries.rules.rule_switches(batch.connection)
        if not switches:
            return
        case, policy = self._office.case(batch.connection, case_id), self._office.policy(now)
        rules, parts = rules_of(policy), queries.incidents.parts(batch.connection, case_id)
        for proposed in case.proposals:
            rule = rules.get(rule_name(case.kind, proposed.key, proposed.to))
            if rule is None or (mode := rule.mode(switches)) == "shadow":
                continue
            done = queries.rules.settled(batch.connection, case, since, rule.name, proposed.to)
            subjects = [
                token
                for token in proposed.subjects
                if parts.roles.get(token) == proposed.to and token not in done
            ]
            struck = queries.strikes.strikes(batch.connection, subjects)
            orders = orders_for(struck, policy, rule.proposal, subjects, mode, now)
            fresh = now - found_at <= policy.automation.fresh_minutes * MINUTE_MS
            able, kept = _apart(orders, parts.acts, policy) if fresh else ((), {"stale": orders})
            if able and (why := self._decide(batch, case, rule, able, now)):
                kept[why] = able
            self._keep_back(batch, case, rule, kept, proposed.finding, now)

    def _decide(
        self, batch: Batch, case: Case, rule: Rule, orders: tuple[Order, ...], now: int
    ) -> str:
        """Decide as a rule; why it could not, empty where it has."""
        facts = "\n".join(rule.proposal.facts.values())
        request = DecisionRequest(
            orders=orders, facts=facts, ground=rule.proposal.ground, rule=rule.name
        )
        by = Actor(rule.name, person=False, rule=True)
        try:
            with batch.savepoint():
                self._decisions.decide_in(batch, case, request, by, now)
        except IllegalStepError as error:
            return error.rule
        except Exception:
            log.exception("rule %s failed; it is kept back", rule.name)
            return "failed"
        return ""

    def _keep_back(
        self,
        batch: Batch,
        case: Case,
        rule: Rule,
        kept: Mapping[str, Sequence[Order]],
        finding: str,
        now: int,
    ) -> None:
        """Put on the record what a rule did not do, with the reason; once for each reason."""
        before = self._office.queries.rules.kept_back(batch.connection, case.id, rule.name)
        batch.append(
            [
                _named(draft, finding, why)
                for why, orders in kept.items()
                for order in orders
                for target in order.targets()
                if (order.key, target[0], why) not in before
                for draft in [
                    single(
                        *("measure.suppressed", "", case.id, order, target, now),
                        rule=rule.name,
                        why=why,
                    )
                ]
            ]
        )


def _apart(
    orders: Iterable[Order], acted: Collection[str], policy: CasePolicy
) -> tuple[tuple[Order, ...], dict[str, Sequence[Order]]]:
    """What a rule may order, and by why what it may not: one account's reason is nobody else's."""
    able: list[Order] = []
    kept: dict[str, list[Order]] = {}
    for order in orders:
        if severe(order, policy):
            kept.setdefault("severe_by_person", []).append(order)
            continue
        for chosen, where in (
            ([s for s in order.subjects if s in acted], able),
            ([s for s in order.subjects if s not in acted], kept.setdefault("own_act", [])),
        ):
            if chosen:
                where.append(msgspec.structs.replace(order, subjects=tuple(chosen)))
    return tuple(able), dict(kept)


def orders_for(
    struck: Mapping[str, Sequence[Strike]],
    policy: CasePolicy,
    proposal: Proposal,
    subjects: Iterable[str],
    mode: str,
    at: int,
) -> tuple[Order, ...]:
    """The orders that a proposal comes to, each account on the rung that its strikes reach.

    `struck`: the strikes of each account, removed ones included.
    """
    rungs: dict[tuple[str, int], list[str]] = {}
    for token in subjects:
        step = strike.rung(proposal, strike.total(struck.get(token, ()), at, policy.strikes))
        rungs.setdefault((step.key, step.hours), []).append(token)
    return tuple(
        msgspec.convert(
            {"key": key, "hours": hours, "subjects": tokens, "to": proposal.to, "mode": mode}, Order
        )
        for (key, hours), tokens in sorted(rungs.items())
    )


def _named(draft: Draft, finding: str, why: str) -> Draft:
    """A suppressed measure has no decision: its id is made of finding and reason instead."""
    identity = f"{draft.ref}.{finding[:12]}.{why}"
    return msgspec.structs.replace(
        draft, ref=identity, payload={**draft.payload, "measure": identity}
    )
