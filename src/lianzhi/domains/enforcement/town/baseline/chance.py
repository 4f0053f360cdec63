"""Draws that are the same on every platform.

Everything is made of the raw bits of PCG64, which NumPy promises to keep (its distributions it does
not, NEP 19), by the four operations, which IEEE 754 rounds alike everywhere: no logarithm, power or
exponential of a C library takes part, nor Python's `sum`, which rounds otherwise from 3.12 on.
"""

import zlib
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from functools import reduce
from itertools import accumulate
from operator import add
from typing import TypeVar

import numpy as np

T = TypeVar("T")
_BLOCK = 4096


class Chance:
    """One stream of draws; streams of one seed under different names are independent."""

    def __init__(self, seed: int, name: str) -> None:
        roots = np.random.SeedSequence([seed, zlib.crc32(name.encode())])
        self._bits = np.random.PCG64(roots)
        self._left: list[float] = []

    def uniform(self) -> float:
        """In [0, 1)."""
        if not self._left:
            self._left = ((self._bits.random_raw(_BLOCK) >> np.uint64(11)) / 2.0**53).tolist()
        return self._left.pop()

    def within(self, low: float, high: float) -> float:
        """In [low, high)."""
        return low + (high - low) * self.uniform()

    def whole(self, low: int, high: int) -> int:
        """A whole number from low to high, both included."""
        return low + int(self.uniform() * (high - low + 1))

    def happens(self, share: float) -> bool:
        """True in that share of the draws."""
        return self.uniform() < share

    def bell(self) -> float:
        """Nearly a standard normal, never beyond 6: twelve uniforms, less six (Irwin-Hall)."""
        return total(self.uniform() for _ in range(12)) - 6.0

    def odds(self, spread: float) -> float:
        """A factor around 1, as often above as below; `spread` 1 is about half to twice it."""
        lean = max(-0.9, min(0.9, spread * self.bell() / 6.0))
        factor = (1.0 + lean) / (1.0 - lean)
        return factor * factor

    def about(self, mean: float) -> int:
        """A count whose mean is `mean` and whose variance is nearly so too, as Poisson's is."""
        parts = int(mean * 8) + 1
        return sum(self.uniform() * parts < mean for _ in range(parts))

    def pick(self, some: Sequence[T]) -> T:
        """One of them, each as likely."""
        return some[int(self.uniform() * len(some))]

    def weighted(self, some: Sequence[T], weights: Sequence[float]) -> T:
        """One of them by weight."""
        return self.by_sums(some, tuple(accumulate(weights)))

    def by_sums(self, some: Sequence[T], sums: Sequence[float]) -> T:
        """One of them by running sums of the weights, for those who draw often."""
        return some[min(bisect_right(sums, self.uniform() * sums[-1]), len(some) - 1)]

    def order(self, some: Sequence[T]) -> list[T]:
        """All of them in an order by lot (Fisher-Yates)."""
        lot = list(some)
        for last in range(len(lot) - 1, 0, -1):
            other = int(self.uniform() * (last + 1))
            lot[last], lot[other] = lot[other], lot[last]
        return lot

    def some(self, of: Sequence[T], count: int) -> list[T]:
        """So many different ones, or all where there are fewer."""
        return self.order(of)[:count]


def total(some: Iterable[float]) -> float:
    """Their sum, added one by one."""
    return reduce(add, some, 0.0)
