"""Search: sets of bursts in which the same accounts are again and again.

Of a set of bursts in order of time, accounts that were in an earlier one *return*. Given who was
there before, chance would bring each back to a burst of s accounts with the probability of
`Chance.rate`; the sum of these is how many returns are expected, and a Poisson tail bounds how
likely it is to see so many. Times the number of sets of that size that there are, this is how many
sets so striking chance would show: the E-value of sequence search (Karlin and Altschul, 1990).

Pairs of bursts that share more accounts than chance would have them are where sets begin; a set
takes in whatever burst makes it more striking.
"""

from math import lgamma, log
from typing import NamedTuple

import numpy as np
from scipy import sparse

from lianzhi.accounts.bursts import Bursts
from lianzhi.accounts.chance import Chance, Floats
from lianzhi.accounts.kernel import Ints
from lianzhi.stats.poisson import log_upper_tail

#: Log-probability of sharing so many accounts by chance, at most, for two bursts to be looked at.
_ALIKE = -8.0
#: Bursts that a set may take in are tried in the order of how much they share, so many at most.
_TRIED = 20
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
    row, account = bursts.row, bursts.account
    seldom = (np.bincount(account, minlength=chance.acts.size) <= _OFTEN)[account]
    shape = (count, chance.acts.size)
    ones = np.ones(int(seldom.sum()), np.int32)
    member = sparse.csr_matrix((ones, (row[seldom], account[seldom])), shape)
    across = member.T.tocsr()
    parts: list[tuple[Ints, Ints, Floats]] = []
    asked = np.arange(count) if some is None else some
    among = np.zeros(count, bool)
    among[asked] = True
    for begin in range(0, asked.size, _BLOCK):
        rows = asked[begin : begin + _BLOCK]
        both = (member[rows] @ across).tocoo()
        one, two, shared = rows[both.row], both.col, both.data
        new = (one < two) | ~among[two]
        new &= (shared >= 2) & (bursts.object[one] != bursts.object[two])
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
        self._bursts, self._chance, self._log_windows = bursts, chance, float(np.log(windows))
        self._count = bursts.size.size
        self._since: list[int] = bursts.since.tolist()
        self._things: list[int] = bursts.object.tolist()
        self._members: dict[int, frozenset[int]] = {}
        self._acts: list[float] = []
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
        self._acts = self._chance.acts.tolist()
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
        best = self._scored((one, two))
        while True:
            tries = (self._scored((*best.bursts, more)) for more in self._beside(best.bursts))
            better = min(tries, key=lambda found: found.log_e, default=best)
            if better.log_e > best.log_e - _GAIN:
                return best
            best = better

    def _beside(self, bursts: tuple[int, ...]) -> list[int]:
        """Bursts that a set may take in: on other objects, and alike to one of it."""
        things = {self._thing(one) for one in bursts}
        some = set[int]().union(*(self._near[one] for one in bursts)) - self._taken
        there = frozenset[int]().union(*map(self._of, bursts))
        some = {one for one in some if self._thing(one) not in things}

        def shared(one: int) -> tuple[float, int]:
            mine = self._of(one)
            return -len(mine & there) / len(mine) ** 0.5, one

        return sorted(some, key=shared)[:_TRIED]

    def _scored(self, bursts: tuple[int, ...]) -> Found:
        ordered = sorted(bursts, key=lambda one: (self._since[one], one))
        there = set(self._of(ordered[0]))
        acts = sum(self._acts[account] for account in there)
        returns, expected = 0, 0.0
        for one in ordered[1:]:
            mine = self._of(one)
            expected += len(mine) * acts / self._chance.total
            new = mine - there
            returns += len(mine) - len(new)
            acts += sum(self._acts[account] for account in new)
            there |= new
        choices = self._choices(len(bursts)) + self._log_windows
        return Found(bursts, returns, expected, _log_tail(returns, expected) + choices)

    def _choices(self, many: int) -> float:
        """Logarithm of how many sets of so many bursts there are.

        Spans overlap, so that what happened once is there twice.
        """
        of = max(self._count / 2, many)
        return lgamma(of + 1) - lgamma(many + 1) - lgamma(of - many + 1)

    def _thing(self, burst: int) -> int:
        return self._things[burst]

    def _of(self, burst: int) -> frozenset[int]:
        """Who is in a burst."""
        found = self._members.get(burst)
        if found is None:
            begin, end = self._bursts.bounds[burst : burst + 2]
            found = self._members[burst] = frozenset(self._bursts.account[begin:end].tolist())
        return found


def _log_tail(count: int, mean: float) -> float:
    """Logarithm of a bound on P(N >= count) for N ~ Poisson(mean), quick for one at a time.

    The terms from the first on fall at least as fast as a geometric series.
    """
    if count <= mean:
        return 0.0
    first = count * log(max(mean, 1e-300)) - mean - lgamma(count + 1)
    return min(first - log(1 - mean / (count + 1)), 0.0)
