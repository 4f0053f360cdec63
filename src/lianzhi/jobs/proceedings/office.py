"""Office: what every proceeding needs: the record, policy, grounds, the post, and who acts."""

from collections.abc import Callable, Collection, Mapping
from typing import Any, Protocol

import msgspec
from sqlalchemy import Connection

from lianzhi.chain.case import Case
from lianzhi.chain.decision import Ground
from lianzhi.chain.guards import Asked, check
from lianzhi.chain.notice import Kind
from lianzhi.chain.policy import CasePolicy
from lianzhi.record.entry import Text
from lianzhi.store import desk, lookups, process_lookups
from lianzhi.store.ledger import Batch, Ledger


class Actor(msgspec.Struct, frozen=True):
    """Who takes a step: a person by user name, a program by its key's label, or a rule."""

    name: str
    person: bool = True
    may_severe: bool = False
    rule: bool = False
    """A rule of policy, which waits for nobody's lease."""


class Grounds(Protocol):
    """On what decisions may rest."""

    def cite(self, key: str, acted: int, at: int) -> Ground:
        """The ground of this key for a decision at `at` about an act of `acted` (ms).

        Raises ValueError saying why it can't be cited.
        """
        ...

    def words(self, ground: Ground) -> dict[str, str]:
        """Its title by language, as people read it."""
        ...


class Post(Protocol):
    """How the platform and people are told; what is put joins the batch's transaction."""

    @property
    def reachable(self) -> bool:
        """Whether there is a platform to carry measures out."""
        ...

    def measure(self, batch: Batch, said: Mapping[str, Any], sequence: int, at: int) -> None:
        """Tell the platform of a measure: sequence 1 that it begins, 2 that it has ended."""
        ...

    def signal(
        self,
        batch: Batch,
        topic: str,
        signal: str,
        index: int,
        at: int,
        but: Collection[str] = (),
    ) -> None:
        """Tell other platforms, but some, what an entry of the record says of a signal."""
        ...

    def notify(
        self,
        batch: Batch,
        kind: Kind,
        person: str,
        ref: str,
        params: Mapping[str, Any],
        texts: Mapping[str, Text],
        at: int,
    ) -> None:
        """Tell a person (a vault token) what concerns them."""
        ...


class Office(msgspec.Struct, frozen=True):
    """The means of one node."""

    ledger: Ledger
    policy: Callable[[int], CasePolicy]
    grounds: Grounds
    post: Post

    def case(self, connection: Connection, case_id: str) -> Case:
        """A case as it stands. KeyError: there is none."""
        found = lookups.case_by_id(connection, case_id)
        if found is None:
            raise KeyError(case_id)
        return found

    def rests(self, connection: Connection, user: str, at: int) -> bool:
        """Whether somebody has used up the day's cases, or a rest is due."""
        policy = self.policy(at)
        offset = policy.automation.utc_offset_hours
        return desk.rest_until(connection, user, at, policy.desk, offset) is not None

    def hold(
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
        """Hold a step against the guards of the case's type. Raises IllegalStepError.

        `leased` is what the person works on, where that is not the case itself: an appeal, or a
        decision that is judged again.
        """
        facts |= process_lookups.waits(connection, case.id)
        if not actor.rule:
            holder = desk.holder(connection, leased or case.id, at)
            facts["leased_to"] = None if holder == actor.name else holder
        if actor.person:
            facts["spent"] = self.rests(connection, actor.name, at)
        facts["reachable"] = self.post.reachable
        facts |= {"by": actor.name, "person": actor.person, "may_severe": actor.may_severe}
        check(Asked(step=step, case=case, policy=self.policy(at), at=at, **facts))
