"""Search: sets of bursts in which the same accounts are again and again.

Bursts are taken into a set one by one; accounts that were in an earlier one *return*. Given who was
there before, chance would bring each back to a burst of s accounts with s times its share of what
is done then (`accounts.chance`); the sum of these is how many returns are expected, and a Poisson
tail says how likely it is to see so many. Times the number of sets of that size that there are,
this is about how many sets so striking chance would show: the E-value of sequence search (Karlin
and Altschul, 1990).

What is done with one content is done once: whoever posts a link with three hashtags meets the
others once. A return counts only with a content that the account has not been there with before.

Pairs of bursts that share more accounts than chance would have them are where sets begin; a set
takes in whatever burst makes it more striking.
"""

from math import lgamma, log
from typing import NamedTuple

import numpy as np
from scipy import sparse

from lianzhi.accounts.bursts import Bursts
from lianzhi.accounts.chance import Chance, Floats, Habits
from lianzhi.accounts.kernel import Ints
from lianzhi.stats.poisson import log_upper_tail

#: Log-probability of sharing so many accounts by chance, at most, for two bursts to be looked at.
_ALIKE = -6.0
#: Bursts that a set may take in are tried in the order of how much they share, so many at most.
_TRIED = 20
#: Bursts of a set, at most: beyond it nothing more is to be shown, and others join the group later.
_MOST = 24
#: By so much, at least, a burst must lower `log_e` to be taken in.
_GAIN = 2.0
#: Bursts whose pairs are found at a time.
_BLOCK = 2048
#: Bursts of one account at most: who acts more proves nothing by being there, and costs the square.
_OFTEN = 2000


class Found(NamedTuple):
    """A set of bursts."""

    bursts: tuple[int, ...]
    returns: int
    expected: float
    """Returns that chance would bring."""
    log_e: float
    """Logarithm of how many sets so striking chance would show."""


class Links(NamedTuple):
    """Pairs of bursts that share accounts, the most striking first."""

    one: Ints
    two: Ints


def links(bursts: Bursts, chance: Chance, some: Ints | None = None) -> Links:
    """Find pairs of bursts on different objects that share two accounts or more, beyond chance.

    With `some` only those pairs of which one is among these bursts.
    """
    count, size = bursts.size.size, bursts.size.astype(np.float64)
    acts = np.add.reduceat(chance.acts[bursts.account], bursts.bounds[:-1]) if count else size
    account = bursts.account
    seldom = (np.bincount(account, minlength=chance.acts.size) <= _OFTEN)[account]
    bounds = np.concatenate(([0], np.cumsum(seldom)))[bursts.bounds]
    ones = np.ones(int(bounds[-1]), np.int32)
    member = sparse.csr_matrix((ones, account[seldom], bounds), (count, chance.acts.size))
    across = member.T.tocsr()
    parts: list[tuple[Ints, Ints, Floats]] = []
    asked = np.arange(count) if some is None else some
    among = np.zeros(count, bool)
    among[asked] = True
    for begin in range(0, asked.size, _BLOCK):
        rows = asked[begin : begin + _BLOCK]
        both = member[rows] @ across
        often = np.flatnonzero(both.data >= 2)
        one = rows[both.indptr.searchsorted(often, "right") - 1]
        two, shared = both.indices[often], both.data[often]
        new = (one < two) | ~among[two]
        new &= bursts.object[one] != bursts.object[two]
        one, two, shared = one[new], two[new], shared[new]
        mean = np.maximum(acts[one] * size[two], acts[two] * size[one]) / chance.total
        tail = log_upper_tail(shared, mean)
        close = tail < _ALIKE
        parts.append((one[close], two[close], tail[close]))
    if not parts:
        none = np.zeros(0, np.int64)
        return Links(none, none)
    one, two, tail = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = np.argsort(tail, kind="stable")
    return Links(one[order].astype(np.int64), two[order].astype(np.int64))


class Search:
    """Sets of the bursts of one window; no burst is in two of them."""

    def __init__(self, bursts: Bursts, chance: Chance, windows: int) -> None:
        """`windows`: how many are searched, all together."""
        self._bursts, self._chance, self._log_windows = bursts, chance, log(windows)
        self._count = bursts.size.size
        self._since: list[int] = bursts.since.tolist()
        self._things: list[int] = bursts.object.tolist()
        self._members: dict[int, dict[int, int]] = {}
        self._near: dict[int, set[int]] = {}
        self._taken: set[int] = set()

    def run(self, most: float, since: int | None = None) -> list[Found]:
        """All sets whose `log_e` is at most so much; of those that went on `since` then (ms)."""
        fresh = None
        if since is not None:
            fresh = np.flatnonzero(self._bursts.since > since - 2 * self._bursts.window)
        begins = pairs = links(self._bursts, self._chance, fresh)
        if not begins.one.size:
            return []
        if fresh is not None:
            pairs = links(self._bursts, self._chance)
        for one, two in zip(pairs.one.tolist(), pairs.two.tolist(), strict=True):
            self._near.setdefault(one, set()).add(two)
            self._near.setdefault(two, set()).add(one)
        found: list[Found] = []
        for one, two in zip(begins.one.tolist(), begins.two.tolist(), strict=True):
            if one in self._taken or two in self._taken:
                continue
            grown = self._grown(one, two)
            if grown.log_e <= most:
                found.append(grown)
                self._taken.update(grown.bursts)
        return found

    def _grown(self, one: int, two: int) -> Found:
        """A pair with whatever makes it more striking."""
        there = _There(self._chance)
        for burst in sorted((one, two), key=lambda burst: (self._since[burst], burst)):
            self._take(there, burst)
        near = self._near[one] | self._near[two]
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
        return Found(tuple(there.bursts), there.returns, there.expected, best)

    def _take(self, there: "_There", burst: int) -> None:
        there.take(burst, self._of(burst), self._since[burst], self._things[burst])

    def _beside(self, near: set[int], there: "_There") -> list[int]:
        """Bursts that a set may take in: alike to one of it, and on another object than all."""
        some = [one for one in near - self._taken if self._things[one] not in there.things]

        def shared(one: int) -> tuple[float, int]:
            mine = self._of(one)
            return -sum(account in there.when for account in mine) / len(mine) ** 0.5, one

        return sorted(some, key=shared)[:_TRIED]

    def _worth(self, returns: int, expected: float, many: int) -> float:
        """`log_e` of a set of so many bursts."""
        of = max(self._count, many)
        choices = lgamma(of + 1) - lgamma(many + 1) - lgamma(of - many + 1)
        return _log_tail(returns, expected) + choices + self._log_windows

    def _of(self, burst: int) -> dict[int, int]:
        """Who is in a burst, and with what."""
        found = self._members.get(burst)
        if found is None:
            begin, end = self._bursts.bounds[burst : burst + 2]
            who, what = self._bursts.account[begin:end], self._bursts.content[begin:end]
            found = self._members[burst] = dict(zip(who.tolist(), what.tolist(), strict=True))
        return found


class _There:
    """A set in the making: who was there, when and with what."""

    def __init__(self, chance: Chance) -> None:
        self._chance = chance
        self.when: dict[int, Habits] = {}
        """By account when its bursts were."""
        self.bursts: list[int] = []
        self.things: set[int] = set()
        """Objects that its bursts are on."""
        self.returns, self.expected = 0, 0.0
        self._what: dict[int, set[int]] = {}
        """By account the contents that it was there with."""

    def meeting(self, mine: dict[int, int], since: int) -> tuple[int, float]:
        """How many of a burst have been there before, and how many chance would bring back."""
        expected = 0.0
        for account, when in self.when.items():
            share = self._chance.share(account, since, when, here=account in mine)
            expected += min(len(mine) * share, 1.0)
        fresh = (
            what not in self._what[account]
            for account, what in mine.items()
            if account in self._what
        )
        return sum(fresh), expected

    def take(self, burst: int, mine: dict[int, int], since: int, thing: int) -> None:
        """Take a burst in."""
        returns, expected = self.meeting(mine, since)
        self.returns, self.expected = self.returns + returns, self.expected + expected
        self.bursts.append(burst)
        self.things.add(thing)
        for account, what in mine.items():
            self.when.setdefault(account, Habits()).add(since)
            self._what.setdefault(account, set()).add(what)


def _log_tail(count: int, mean: float) -> float:
    """Logarithm of a bound on P(N >= count) for N ~ Poisson(mean), quick for one at a time.

    The terms from the first on fall at least as fast as a geometric series.
    """
    if count <= mean:
        return 0.0
    first = count * log(max(mean, 1e-300)) - mean - lgamma(count + 1)
    return min(first - log(1 - mean / (count + 1)), 0.0)
