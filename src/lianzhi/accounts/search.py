"""Search for sets of bursts in which the same accounts recur.

Bursts are added to a set one by one; accounts that were in an earlier one *return*. By chance, each
earlier account would be in a burst of s accounts with s times its share of the actions then
(`accounts.chance`); the sum is the expected number of returns, and a Poisson tail gives the P
value. Times the number of possible sets of that size, this is about the expected number of such
sets by chance: the E-value of sequence search (Karlin and Altschul, 1990).

Actions with one content count once: a post with three hashtags meets the others once. A return
counts only with a content with which the account has not been present before.

Pairs of bursts that share more accounts than by chance start a set; it takes in every burst that
lowers its E-value.
"""

from math import lgamma, log
from typing import NamedTuple

import numpy as np
from scipy import sparse

from lianzhi.accounts.bursts import Bursts
from lianzhi.accounts.chance import Chance, Floats, Habits
from lianzhi.accounts.kernel import Ints
from lianzhi.stats.poisson import log_upper_tail

#: Largest log probability of the shared accounts under chance at which a pair of bursts is
#: examined.
_ALIKE = -6.0
#: Most candidates tried for a set, in order of the accounts shared.
_TRIED = 20
#: Most bursts of a set; later ones join the group in a second pass.
_MOST = 24
#: Smallest reduction of `log_e` by which a burst joins a set.
_GAIN = 2.0
#: Bursts paired per batch.
_BLOCK = 2048
#: Most bursts of one account: the cost grows with the square, and very active accounts add no
#: evidence.
_OFTEN = 2000


class BurstSet(NamedTuple):
    """A set of bursts with recurring accounts."""

    bursts: tuple[int, ...]
    returns: int
    expected: float
    """Expected returns by chance."""
    log_e: float
    """Logarithm of the expected number of such sets by chance."""


class Links(NamedTuple):
    """Pairs of bursts that share accounts, the most significant first."""

    first: Ints
    second: Ints


def links(bursts: Bursts, chance: Chance, selected: Ints | None = None) -> Links:
    """Pairs of bursts on different objects that share at least two accounts, beyond chance.

    With `selected` only pairs that include one of these bursts.
    """
    count, size = bursts.size.size, bursts.size.astype(np.float64)
    acts = np.add.reduceat(chance.acts[bursts.account], bursts.bounds[:-1]) if count else size
    account = bursts.account
    seldom = (np.bincount(account, minlength=chance.acts.size) <= _OFTEN)[account]
    bounds = np.concatenate(([0], np.cumsum(seldom)))[bursts.bounds]
    once = np.ones(int(bounds[-1]), np.int32)
    member = sparse.csr_matrix((once, account[seldom], bounds), (count, chance.acts.size))
    across = member.T.tocsr()
    parts: list[tuple[Ints, Ints, Floats]] = []
    wanted = np.arange(count) if selected is None else selected
    among = np.zeros(count, bool)
    among[wanted] = True
    for begin in range(0, wanted.size, _BLOCK):
        rows = wanted[begin : begin + _BLOCK]
        both = member[rows] @ across
        often = np.flatnonzero(both.data >= 2)
        first = rows[both.indptr.searchsorted(often, "right") - 1]
        second, shared = both.indices[often], both.data[often]
        new = (first < second) | ~among[second]
        new &= bursts.object[first] != bursts.object[second]
        first, second, shared = first[new], second[new], shared[new]
        mean = np.maximum(acts[first] * size[second], acts[second] * size[first]) / chance.total
        tail = log_upper_tail(shared, mean)
        close = tail < _ALIKE
        parts.append((first[close], second[close], tail[close]))
    if not parts:
        none = np.zeros(0, np.int64)
        return Links(none, none)
    first, second, tail = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = np.argsort(tail, kind="stable")
    return Links(first[order].astype(np.int64), second[order].astype(np.int64))


class Search:
    """Disjoint sets of the bursts of one window."""

    def __init__(self, bursts: Bursts, chance: Chance, windows: int) -> None:
        """`windows`: the number of windows searched in all."""
        self._bursts, self._chance, self._log_windows = bursts, chance, log(windows)
        self._count = bursts.size.size
        self._since: list[int] = bursts.since.tolist()
        self._objects: list[int] = bursts.object.tolist()
        self._members: dict[int, dict[int, int]] = {}
        self._near: dict[int, set[int]] = {}
        self._used: set[int] = set()

    def run(self, most: float, since: int | None = None) -> list[BurstSet]:
        """All sets with `log_e` at most `most`; with `since` (ms) only those active after it."""
        fresh = None
        if since is not None:
            fresh = np.flatnonzero(self._bursts.since > since - 2 * self._bursts.window)
        begins = pairs = links(self._bursts, self._chance, fresh)
        if not begins.first.size:
            return []
        if fresh is not None:
            pairs = links(self._bursts, self._chance)
        for first, second in zip(pairs.first.tolist(), pairs.second.tolist(), strict=True):
            self._near.setdefault(first, set()).add(second)
            self._near.setdefault(second, set()).add(first)
        seeds: list[BurstSet] = []
        for first, second in zip(begins.first.tolist(), begins.second.tolist(), strict=True):
            if first in self._used or second in self._used:
                continue
            grown = self._grown(first, second)
            if grown.log_e <= most:
                seeds.append(grown)
                self._used.update(grown.bursts)
        return seeds

    def _grown(self, first: int, second: int) -> BurstSet:
        """A pair with every burst that lowers its E-value."""
        there = _GrowingSet(self._chance)
        for burst in sorted((first, second), key=lambda burst: (self._since[burst], burst)):
            self._take(there, burst)
        near = self._near[first] | self._near[second]
        best = self._worth(there.returns, there.expected, 2)
        while len(there.bursts) < _MOST:
            better, chosen = best - _GAIN, None
            for more in self._beside(near, there):
                returns, expected = there.meeting(self._of(more), self._since[more])
                worth = self._worth(
                    there.returns + returns, there.expected + expected, len(there.bursts) + 1
                )
                if worth < better:
                    better, chosen = worth, more
            if chosen is None:
                break
            self._take(there, chosen)
            near |= self._near[chosen]
            best = better
        return BurstSet(tuple(there.bursts), there.returns, there.expected, best)

    def _take(self, there: "_GrowingSet", burst: int) -> None:
        there.take(burst, self._of(burst), self._since[burst], self._objects[burst])

    def _beside(self, near: set[int], there: "_GrowingSet") -> list[int]:
        """Bursts that a set may take in: linked to one of its bursts, and on another object."""
        neighbours = [
            near_burst
            for near_burst in near - self._used
            if self._objects[near_burst] not in there.objects
        ]

        def shared(burst_: int) -> tuple[float, int]:
            mine = self._of(burst_)
            return -sum(account in there.when for account in mine) / len(mine) ** 0.5, burst_

        return sorted(neighbours, key=shared)[:_TRIED]

    def _worth(self, returns: int, expected: float, many: int) -> float:
        """`log_e` of a set of a number of bursts."""
        of = max(self._count, many)
        choices = lgamma(of + 1) - lgamma(many + 1) - lgamma(of - many + 1)
        return _log_tail(returns, expected) + choices + self._log_windows

    def _of(self, burst: int) -> dict[int, int]:
        """Account -> content of a burst."""
        members = self._members.get(burst)
        if members is None:
            begin, end = self._bursts.bounds[burst : burst + 2]
            accounts, contents = self._bursts.account[begin:end], self._bursts.content[begin:end]
            members = self._members[burst] = dict(
                zip(accounts.tolist(), contents.tolist(), strict=True)
            )
        return members


class _GrowingSet:
    """A set under construction: accounts with their times and contents."""

    def __init__(self, chance: Chance) -> None:
        self._chance = chance
        self.when: dict[int, Habits] = {}
        """By account when its bursts were."""
        self.bursts: list[int] = []
        self.objects: set[int] = set()
        """Objects that its bursts are on."""
        self.returns, self.expected = 0, 0.0
        self._contents: dict[int, set[int]] = {}
        """By account the contents that it was there with."""

    def meeting(self, mine: dict[int, int], since: int) -> tuple[int, float]:
        """Number of a burst's accounts that were present before, and the expected number."""
        expected = 0.0
        for account, when in self.when.items():
            share = self._chance.share(account, since, when, here=account in mine)
            expected += min(len(mine) * share, 1.0)
        fresh = (
            content not in self._contents[account]
            for account, content in mine.items()
            if account in self._contents
        )
        return sum(fresh), expected

    def take(self, burst: int, mine: dict[int, int], since: int, object_: int) -> None:
        """Add a burst to the set."""
        returns, expected = self.meeting(mine, since)
        self.returns, self.expected = self.returns + returns, self.expected + expected
        self.bursts.append(burst)
        self.objects.add(object_)
        for account, content in mine.items():
            self.when.setdefault(account, Habits()).add(since)
            self._contents.setdefault(account, set()).add(content)


def _log_tail(count: int, mean: float) -> float:
    """Logarithm of a bound on P(N >= count) for N ~ Poisson(mean), fast for single values.

    The terms from the first on fall at least as fast as a geometric series.
    """
    if count <= mean:
        return 0.0
    first = count * log(max(mean, 1e-300)) - mean - lgamma(count + 1)
    return min(first - log(1 - mean / (count + 1)), 0.0)
