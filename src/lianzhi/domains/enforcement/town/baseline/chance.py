"""Random draws that are identical on every platform.

They use the raw bits of PCG64, which NumPy guarantees to keep (unlike its distributions, NEP 19),
and the four basic operations, which IEEE 754 rounds alike everywhere: no logarithm, power or
exponential of a C library, nor Python's `sum`, whose rounding changed in 3.12.
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
    """A random stream; streams of one seed under different names are independent."""

    def __init__(self, seed: int, name: str) -> None:
        roots = np.random.SeedSequence([seed, zlib.crc32(name.encode())])
        self._bits = np.random.PCG64(roots)
        self._left: list[float] = []

    def uniform(self) -> float:
        """A uniform number in [0, 1)."""
        if not self._left:
            self._left = ((self._bits.random_raw(_BLOCK) >> np.uint64(11)) / 2.0**53).tolist()
        return self._left.pop()

    def within(self, low: float, high: float) -> float:
        """A uniform number in [low, high)."""
        return low + (high - low) * self.uniform()

    def whole(self, low: int, high: int) -> int:
        """A uniform integer from low to high, both included."""
        return low + int(self.uniform() * (high - low + 1))

    def happens(self, share: float) -> bool:
        """True with the given probability."""
        return self.uniform() < share

    def bell(self) -> float:
        """Approximately standard normal, never beyond 6: twelve uniforms, less six (Irwin-Hall)."""
        return total(self.uniform() for _ in range(12)) - 6.0

    def odds(self, spread: float) -> float:
        """A factor around 1, as often above as below; `spread` 1 is about half to twice it."""
        lean = max(-0.9, min(0.9, spread * self.bell() / 6.0))
        factor = (1.0 + lean) / (1.0 - lean)
        return factor * factor

    def about(self, mean: float) -> int:
        """A count with mean `mean` and nearly that variance, like Poisson's."""
        parts = int(mean * 8) + 1
        return sum(self.uniform() * parts < mean for _ in range(parts))

    def pick(self, items: Sequence[T]) -> T:
        """An item, uniformly at random."""
        return items[int(self.uniform() * len(items))]

    def weighted(self, items: Sequence[T], weights: Sequence[float]) -> T:
        """An item at random, by weight."""
        return self.by_sums(items, tuple(accumulate(weights)))

    def by_sums(self, items: Sequence[T], sums: Sequence[float]) -> T:
        """An item at random, by running sums of the weights, which is faster for repeated draws."""
        return items[min(bisect_right(sums, self.uniform() * sums[-1]), len(items) - 1)]

    def order(self, items: Sequence[T]) -> list[T]:
        """The items in random order (Fisher-Yates)."""
        lot = list(items)
        for last in range(len(lot) - 1, 0, -1):
            other = int(self.uniform() * (last + 1))
            lot[last], lot[other] = lot[other], lot[last]
        return lot

    def sample(self, of: Sequence[T], count: int) -> list[T]:
        """`count` different items at random, or all where there are fewer."""
        return self.order(of)[:count]


def total(values: Iterable[float]) -> float:
    """The sum of the values, added in order."""
    return reduce(add, values, 0.0)
