"""Desk of the memory: what its parts share, and what people and erasures do with it."""

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

#: Findings whose groups are remembered, and what a group that acts like one is.
COORDINATION, RETURNING = "astroturf.coordination", "astroturf.returning"
DAY_MS = 86_400_000

log = logging.getLogger(__name__)


class Seen(msgspec.Struct, frozen=True):
    """What was done in a stretch of time; of most accounts, a share."""

    traces: Traces | None
    """None: nothing was."""
    since: int
    """When the first event happened, of whatever account."""


class Desk:
    """See module. Thread-safe."""

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
        """What accounts did in a stretch of time, beside a share of all others."""
        found = self._sample(accounts, since, until, others)
        whole = traced(found.events) if found.events else None
        return Seen(whole, until if found.since is None else found.since)

    def forget(self, case: str, reason: str, by: str, at: int) -> None:
        """Forget the group of a case for good, with a reason. KeyError: there is no such case.

        Raises IllegalStepError where it is not remembered.
        """
        with self.office.ledger.batch() as batch:
            about = self.office.case(batch.connection, case).about
            group = queries.of_case(batch.connection, case)
            if group is None or group.status != "remembered":
                status = group.status if group else "unknown"
                raise IllegalStepError(queries.FORGOTTEN, status, frozenset({"remembered"}))
            forget_in(batch, group, "person", at, by, (reason, (about,)))

    def erased(self, account: str) -> list[str]:
        """Note that somebody was erased from the events; returns what may name them in what is
        remembered of others, to be erased too."""
        self.erasures += 1
        try:
            return hashes_of(account, load(self.home))
        except ConfigError as error:  # an erasure goes on
            log.warning(
                "what is remembered of groups was not searched for an erased name: %s", error
            )
            return []

    def readable(self, group: Group) -> bool:
        """Whether a group can be compared: the key of its hashes is still there."""
        return group.key in load(self.home)


def forget_in(
    batch: Batch,
    group: Group,
    why: str,
    at: int,
    by: str | None = None,
    reason: tuple[str, tuple[str, ...]] | None = None,
) -> None:
    """Forget a group within a batch: what was kept of it is erased."""
    said = {"case": group.case, "group": group.group, "why": why} | ({"by": by} if by else {})
    texts = {"reason": reason} if reason else {}
    drafts = [Draft(queries.FORGOTTEN, group.case, at, said, texts)]
    if group.kept is not None and (gone := queries.drop(batch.connection, group.kept)):
        drafts.append(Draft(ERASED, queries.MEMORY, at, {"erased": gone, "copies": []}))
    batch.append(drafts)
