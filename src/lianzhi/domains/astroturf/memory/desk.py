"""Desk of the group memory: shared state, and operations for people and erasures."""

import logging
from collections.abc import Collection

import msgspec

from lianzhi.accounts.memory.posterior import Policy as Rules
from lianzhi.accounts.memory.traces import Traces
from lianzhi.chain.life import IllegalStepError
from lianzhi.config import ConfigError
from lianzhi.domains.astroturf import policy as policies
from lianzhi.domains.astroturf.memory import queries
from lianzhi.domains.astroturf.memory.keys import load
from lianzhi.domains.astroturf.memory.queries import Group
from lianzhi.domains.astroturf.policy import Policy, Returning
from lianzhi.domains.astroturf.returning import policy as returning
from lianzhi.domains.astroturf.returning.streamed import hashes_of, traced
from lianzhi.domains.domain import Means
from lianzhi.office.ports import Batch
from lianzhi.record.entry import ERASED, Draft

#: Kind of the findings whose groups are remembered, and of those that report a similar group.
COORDINATION, RETURNING = "astroturf.coordination", "astroturf.returning"
DAY_MS = 86_400_000

log = logging.getLogger(__name__)


class Seen(msgspec.Struct, frozen=True):
    """Actions of accounts in a period, with a sample of all other accounts."""

    traces: Traces | None
    """None where there were no actions."""
    since: int
    """Time of the first stored event of any account."""


class Desk:
    """Shared state of the group memory. Thread-safe."""

    def __init__(self, means: Means) -> None:
        self.office, self._sample = means.office, means.sample
        self.home, self.now = means.home, means.now
        self._policy = policies.load(means.policy)
        self.rules: Rules = returning.policy()
        self.version = returning.IN_FORCE.removesuffix(".toml")
        self.erasures = 0
        """How many people were erased. Who reads events and then writes down what it saw in them
        looks whether somebody was erased in between."""

    def policy_at(self, at: int) -> Policy:
        """The domain's policy in force at a time (ms), the operator's own where there is one."""
        return self._policy.at(at)[1]

    def policy(self, at: int) -> Returning:
        """What holds for groups that return, at a time (ms)."""
        return self.policy_at(at).returning

    def look(self, accounts: Collection[str], since: int, until: int, others: int) -> Seen:
        """Actions of the accounts in a period, with a share of all others."""
        sample = self._sample(accounts, since, until, others)
        whole = traced(sample.events) if sample.events else None
        return Seen(whole, until if sample.since is None else sample.since)

    def forget(self, case: str, reason: str, by: str, at: int) -> None:
        """Forget the group of a case for good, with a reason.

        Raises KeyError for an unknown case, and IllegalStepError where it is not remembered.
        """
        with self.office.ledger.batch() as batch:
            about = self.office.case(batch.connection, case).about
            group = queries.of_case(batch.connection, case)
            if group is None or group.status != "remembered":
                status = group.status if group else "unknown"
                raise IllegalStepError(queries.FORGOTTEN, status, frozenset({"remembered"}))
            forget_in(batch, group, "person", at, by, (reason, (about,)))

    def erased(self, account: str) -> list[str]:
        """Note an erasure from the events; returns hashes that may name the account in what is
        remembered of others, for erasure as well.
        """
        self.erasures += 1
        try:
            return hashes_of(account, load(self.home))
        except ConfigError as error:  # an erasure must not fail here
            log.warning(
                "what is remembered of groups was not searched for an erased name: %s", error
            )
            return []

    def readable(self, group: Group) -> bool:
        """Whether the key of a group's hashes still exists, so that it can be compared."""
        return group.key in load(self.home)


def forget_in(
    batch: Batch,
    group: Group,
    why: str,
    at: int,
    by: str | None = None,
    reason: tuple[str, tuple[str, ...]] | None = None,
) -> None:
    """Forget a group within a batch, erasing its stored texts."""
    payload = {"case": group.case, "group": group.group, "why": why} | ({"by": by} if by else {})
    texts = {"reason": reason} if reason else {}
    drafts = [Draft(queries.FORGOTTEN, group.case, at, payload, texts)]
    if group.kept is not None and (dropped := queries.drop(batch.connection, group.kept)):
        drafts.append(Draft(ERASED, queries.MEMORY, at, {"erased": dropped, "copies": []}))
    batch.append(drafts)
