"""Contacts: who has dealt with whom in the last 90 days, in bounded memory.

A rolling Bloom filter (Bloom 1970) over (actor, target) pairs: one filter a period of 30 days; a
pair is known when one of the periods that reach back 90 days holds it, so it is remembered for 90
to 120 days. A false positive makes a stranger look like an acquaintance: at most 1 % over all
periods (measured in tests). No identifier is stored; what remains after an erasure could at most
confirm a guess at a pair, wrongly once in a hundred times, until it rolls out.

A period is a list of filters that double in size as they fill (Almeida et al. 2007, scalable
Bloom filters), with an error budget that halves each time.
"""

from collections.abc import Sequence
from hashlib import blake2b

import msgspec
import numpy as np
import numpy.typing as npt

PERIOD_DAYS = 30
PERIODS = 4
FIRST_CAPACITY = 1 << 16
#: Error budget of a period's first filter. All of a period's filters together stay under twice
#: that, and four periods under 1 %.
FIRST_ERROR = 0.00125

Hashes = npt.NDArray[np.uint64]


def pair_hashes(pairs: Sequence[tuple[str, str]]) -> Hashes:
    """64-bit hashes of (actor, target) pairs, shape (n,), the same in every process."""
    joined = b"".join([blake2b(f"{a}\x1f{t}".encode(), digest_size=8).digest() for a, t in pairs])
    return np.frombuffer(joined, dtype="<u8").astype(np.uint64, copy=False)


class Filter(msgspec.Struct):
    """One Bloom filter: `bits` in 64-bit words, `probes` bits a key."""

    words: bytearray
    probes: int
    capacity: int
    count: int = 0

    @classmethod
    def sized(cls, capacity: int, error: float) -> "Filter":
        """An empty filter that holds `capacity` keys with at most `error` false positives."""
        bits = int(np.ceil(-capacity * np.log(error) / np.log(2) ** 2))
        probes = max(1, round(-np.log2(error)))
        return cls(bytearray(8 * (bits // 64 + 1)), probes, capacity)

    def _places(self, keys: Hashes) -> tuple[npt.NDArray[np.int64], Hashes]:
        """Word and mask of each probe, shapes (n, probes): Kirsch-Mitzenmacher double hashing."""
        low = keys & np.uint64(0xFFFFFFFF)
        high = (keys >> np.uint64(32)) | np.uint64(1)
        steps = np.arange(self.probes, dtype=np.uint64)
        mixed = (low[:, None] + steps * high[:, None] + steps * steps) * np.uint64(
            0x9E3779B97F4A7C15
        )
        places = (mixed >> np.uint64(16)) % np.uint64(len(self.words) * 8)
        return (places >> np.uint64(6)).astype(np.int64), np.uint64(1) << (places & np.uint64(63))

    def add(self, keys: Hashes) -> None:
        """Insert keys; duplicates count twice against the capacity."""
        words, masks = self._places(keys)
        np.bitwise_or.at(np.frombuffer(self.words, dtype=np.uint64), words, masks)
        self.count += len(keys)

    def has(self, keys: Hashes) -> npt.NDArray[np.bool_]:
        """Which keys may have been inserted."""
        words, masks = self._places(keys)
        bits = np.frombuffer(self.words, dtype=np.uint64)[words] & masks
        return np.asarray((bits != 0).all(axis=1))


class Contacts(msgspec.Struct):
    """The rolling filter; days are whole days of event time since 1970."""

    periods: dict[int, list[Filter]] = {}
    pending: bytearray = msgspec.field(default_factory=bytearray)
    """Hashes of contacts made today, packed; they count from tomorrow."""
    day: int = 0

    def roll(self, day: int) -> None:
        """Begin a new day: yesterday's contacts become known, periods out of reach are dropped."""
        if self.pending:
            keys = np.unique(np.frombuffer(self.pending, dtype=np.uint64))
            self._insert(keys, self.day // PERIOD_DAYS)
            self.pending = bytearray()
        self.day = day
        oldest = day // PERIOD_DAYS - PERIODS + 1
        self.periods = {period: f for period, f in self.periods.items() if period >= oldest}

    def note(self, keys: Hashes) -> None:
        """Remember contacts of today."""
        self.pending += keys.tobytes()

    def known(self, keys: Hashes) -> npt.NDArray[np.bool_]:
        """Which pairs had contact on an earlier day, within the last 90 days.

        May be asked by other threads while the owner rolls and notes.
        """
        known = np.zeros(len(keys), dtype=np.bool_)
        for filters in list(self.periods.values()):
            for part in filters:
                known |= part.has(keys)
        return known

    def _insert(self, keys: Hashes, period: int) -> None:
        filters = self.periods.setdefault(period, [])
        for part in filters:
            keys = keys[~part.has(keys)]
        while len(keys):
            if not filters or filters[-1].count >= filters[-1].capacity:
                size = FIRST_CAPACITY << len(filters)
                filters.append(Filter.sized(size, FIRST_ERROR / (1 << len(filters))))
            room = filters[-1].capacity - filters[-1].count
            filters[-1].add(keys[:room])
            keys = keys[room:]
