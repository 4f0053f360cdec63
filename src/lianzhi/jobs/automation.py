"""Automation: what rules that a person has switched on do with a finding, within their bounds.

A rule is one proposal of policy: `<kind of case>/<measure>/<role>`. It is born in shadow. Switched
on, it decides by itself where no person is needed; whatever keeps it back is on the record with
its reason: the circuit breaker of the day, a guard that says no or fails, a finding too old.
"""

import logging
from collections.abc import Iterable

import msgspec
from sqlalchemy import Connection

from lianzhi.chain import strike
from lianzhi.chain.case import Case, ProposedMeasure
from lianzhi.chain.guards import severe
from lianzhi.chain.life import IllegalStepError
from lianzhi.chain.measure import MODES, Mode, Order, single
from lianzhi.chain.policy import CasePolicy, Proposal
from lianzhi.chain.protection import DAY_MS
from lianzhi.jobs.deciding import Asking, Deciding
from lianzhi.jobs.office import Actor, Office
from lianzhi.record.entry import Draft
from lianzhi.store import process_lookups as lookups
from lianzhi.store.ledger import Batch

HOUR_MS, MINUTE_MS = 3_600_000, 60_000

log = logging.getLogger(__name__)


def rule_name(kind: str, key: str, to: str) -> str:
    """Name of the rule that a proposal of policy is."""
    return f"{kind}/{key}/{to}"


def rules_of(policy: CasePolicy, kinds: Iterable[str]) -> dict[str, Proposal]:
    """Every rule that may be switched, by name."""
    return {
        rule_name(kind, proposal.key, proposal.to): proposal
        for kind in kinds
        for proposal in policy.proposals
        if not proposal.key.startswith("protection.") and policy.type_of(kind).measures
    }


def day_begins(policy: CasePolicy, now: int) -> int:
    """When the day of `now` began, where the deployment is."""
    shift = int(policy.automation.utc_offset_hours * HOUR_MS)
    return (now + shift) // DAY_MS * DAY_MS - shift


class Automation:
    """See module."""

    def __init__(self, office: Office, deciding: Deciding) -> None:
        self._office, self._deciding = office, deciding

    def switch(self, rule: str, mode: Mode, reason: str, by: Actor, at: int) -> None:
        """Switch a rule on or off. KeyError: policy has no such rule.

        Raises IllegalStepError: only a person switches, and tells why.
        """
        policy = self._office.policy(at)
        if rule not in rules_of(policy, (one.kind for one in policy.types)):
            raise KeyError(rule)
        if mode not in MODES:
            raise ValueError(f"mode {mode!r} is none; use one of {', '.join(MODES)}")
        if not by.person or not reason.strip():
            raise IllegalStepError("rule.switched", mode, rule="reasons_given")
        said = {"rule": rule, "mode": mode, "by": by.name}
        self._office.ledger.append(
            [Draft("rule.switched", rule, at, said, {"reason": (reason, ())})]
        )

    def act(self, batch: Batch, case_id: str, found_at: int, now: int) -> None:
        """Decide what the rules in force order on a case, within the batch that proposed it.

        Whatever goes wrong in a rule keeps its effect back and harms nothing else.
        """
        modes = lookups.rule_modes(batch.connection)
        if not modes:
            return
        case, policy = self._office.case(batch.connection, case_id), self._office.policy(now)
        for proposed in case.proposals:
            rule = rule_name(case.kind, proposed.key, proposed.to)
            mode = modes.get(rule, "shadow")
            if mode == "shadow" or mode not in MODES:
                continue
            proposal = policy.proposal(proposed.key, proposed.to)
            if proposal is None:
                continue
            with_mode = msgspec.structs.replace(proposed, mode=mode)
            self._run(batch, case, policy, rule, proposal, with_mode, found_at, now)

    def _run(
        self,
        batch: Batch,
        case: Case,
        policy: CasePolicy,
        rule: str,
        proposal: Proposal,
        proposed: ProposedMeasure,
        found_at: int,
        now: int,
    ) -> None:
        already = lookups.settled(batch.connection, case.id, rule)
        new = [token for token in proposed.subjects if token not in already]
        if not new:
            return
        orders = orders_for(batch.connection, policy, proposal, new, proposed.mode, now)
        why = self._kept_back(batch, policy, rule, orders, len(new), found_at, now)
        if not why:
            facts = "\n".join(proposal.facts.values())
            asking = Asking(orders=orders, facts=facts, ground=proposal.ground, rule=rule)
            point = batch.connection.begin_nested()
            tree = batch.tree
            try:
                self._deciding.decide_in(
                    batch, case, asking, Actor(rule, person=False, rule=True), now
                )
                point.commit()
                return
            except IllegalStepError as error:
                why = error.rule
            except Exception:
                log.exception("rule %s failed; it is kept back", rule)
                why = "failed"
            point.rollback()
            batch.tree = tree
        before = lookups.kept_back(batch.connection, case.id, rule)
        kept = [
            single("measure.suppressed", "", case.id, order, target, now, rule=rule, why=why)
            for order in orders
            for target in order.targets()
            if (order.key, target[0], why) not in before  # tried again, and told once
        ]
        batch.append([_named(one, proposed.finding, why) for one in kept])

    def _kept_back(
        self,
        batch: Batch,
        policy: CasePolicy,
        rule: str,
        orders: tuple[Order, ...],
        count: int,
        found_at: int,
        now: int,
    ) -> str:
        """Why the rule does nothing this time; empty: it may."""
        bounds = policy.automation
        if now - found_at > bounds.fresh_minutes * MINUTE_MS:
            return "stale"
        if any(severe(order, policy) for order in orders):
            return "severe_by_person"
        ordered = lookups.ordered_since(batch.connection, rule, day_begins(policy, now))
        return "breaker" if ordered + count > bounds.most_per_day else ""


def orders_for(
    connection: Connection,
    policy: CasePolicy,
    proposal: Proposal,
    subjects: Iterable[str],
    mode: str,
    at: int,
) -> tuple[Order, ...]:
    """The orders that a proposal comes to, each account on the rung that its strikes reach."""
    chosen = list(subjects)
    struck = lookups.strikes(connection, chosen)
    rungs: dict[tuple[str, int], list[str]] = {}
    for token in chosen:
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
