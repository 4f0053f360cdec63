"""Office: what every proceeding needs: the record, policy, grounds, messages, query ports."""

from collections.abc import Callable
from typing import Any

import msgspec
from sqlalchemy import Connection

from lianzhi.chain.case import Case
from lianzhi.chain.decision import Decision
from lianzhi.chain.guards import Attempt, check
from lianzhi.chain.policy import CasePolicy
from lianzhi.office.actor import Actor
from lianzhi.office.ports import Grounds, Ledger, Post
from lianzhi.office.queries import Queries, Row


class Office(msgspec.Struct, frozen=True):
    """The means of one node."""

    ledger: Ledger
    policy: Callable[[int], CasePolicy]
    grounds: Grounds
    post: Post
    queries: Queries

    def case(self, connection: Connection, case_id: str) -> Case:
        """A case as it stands. KeyError: there is none."""
        case = self.queries.cases.case_by_id(connection, case_id)
        if case is None:
            raise KeyError(case_id)
        return case

    def decision(self, connection: Connection, identity: str) -> tuple[Row, Decision]:
        """A decision: its row, and the whole of it. KeyError: there is none."""
        stored = self.queries.decisions.decision_by_id(connection, identity)
        if stored is None:
            raise KeyError(identity)
        return stored

    def announces(self, mode: str) -> bool:
        """Whether other systems hear of measures of this mode: a platform, to carry them out; those
        of an authority, so that they know, which carries nothing out."""
        return mode == "queued" or (mode == "authority" and self.post.reachable)

    def of_party(self, case: Case, at: int) -> bool:
        """Whether a case is an authority's against a party, which its domain alone decides."""
        return self.policy(at).type_of(case.kind).about == "party"

    def is_spent(self, connection: Connection, user: str, at: int) -> bool:
        """Whether a person has judged as many cases as the day allows, or a rest is due."""
        policy = self.policy(at)
        offset = policy.automation.utc_offset_hours
        return self.queries.leases.rest_until(connection, user, at, policy.desk, offset) is not None

    def check_step(
        self,
        connection: Connection,
        step: str,
        case: Case,
        actor: Actor,
        at: int,
        *,
        leased: str | None = None,
        **facts: Any,
    ) -> None:
        """Check a step by the guards of the case's type. Raises IllegalStepError.

        `leased` is what the person works on, where that is not the case itself: an appeal, or a
        decision that is judged again.
        """
        facts |= self.queries.incidents.waits(connection, case.id)
        if not actor.rule:
            holder = self.queries.leases.holder(connection, leased or case.id, at)
            facts["leased_to"] = None if holder == actor.name else holder
        if actor.person:
            facts["spent"] = self.is_spent(connection, actor.name, at)
        facts["reachable"] = self.post.reachable
        facts |= {"by": actor.name, "person": actor.person, "may_severe": actor.may_severe}
        facts["desk"] = actor.desk
        check(Attempt(step=step, case=case, policy=self.policy(at), at=at, **facts))
