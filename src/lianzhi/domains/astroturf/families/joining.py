"""Joining: texts that share enough of their shingles are of one family, and so on in chains.

Candidates by MinHash and bands (Broder 1997; Leskovec, Rajaraman and Ullman, Mining of Massive
Datasets, ch. 3): texts that agree in a band are compared with the two before them there, exactly.
So work grows with the number of texts, not with that of pairs. What comes out does not depend on
the order in which texts are given, since they are sorted first.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from lianzhi.domains.astroturf.families.shingles import Hashes, Ints, Shingled

Floats = NDArray[np.float32]
#: Bands, and races of each: of texts that are alike by a half 99.9 % agree in a band, by a quarter
#: 79 %, by a twentieth 6 %.
BANDS, ROWS = 24, 2
#: In a band a text is compared with so many before it.
_NEAR = 2
_SEED = 20261126
#: Pairs that are compared at a time.
_PORTION = 200_000


def families(some: Shingled, weight: Floats, least: float, shortest: int) -> Ints:
    """Number the family of each different text; those of fewer characters than `shortest`, or with
    no shingle, are families of their own.

    Two texts belong together if the weight of what they share is `least` of all that they hold
    (Jaccard, weighted), or a chain of such pairs joins them.
    """
    size = np.diff(some.starts)
    length = np.fromiter(map(len, some.bare), np.int64, len(some.bare))
    asked = np.flatnonzero((size > 0) & (length >= shortest))
    label = np.arange(len(some.bare))
    if asked.size < 2:
        return label
    draw = np.random.default_rng(_SEED)
    one, other = np.zeros(0, np.int64), np.zeros(0, np.int64)
    for _ in range(BANDS):
        key = _band(some, weight, draw)[asked]
        order = np.argsort(key, kind="stable")
        key, text = key[order], asked[order]
        before = one.size
        for back in range(1, _NEAR + 1):
            near = np.flatnonzero(key[back:] == key[:-back])
            a, b = text[near], text[near + back]
            apart = label[a] != label[b]
            a, b = a[apart], b[apart]
            alike = _alike(some, weight, a, b) >= least
            one, other = np.append(one, a[alike]), np.append(other, b[alike])
        if one.size > before:
            label = _components(one, other, len(some.bare))
    return label


def _band(some: Shingled, weight: Floats, draw: np.random.Generator) -> NDArray[np.uint64]:
    """One key of each text: which of its shingles win several races.

    In a race every shingle has an exponential time of arrival, the earlier the more it weighs, so
    that two texts have the same winner as often as they are alike.
    """
    key = np.zeros(some.starts.size - 1, np.uint64)
    held = np.flatnonzero(np.diff(some.starts))
    for _ in range(ROWS):
        by, more = (int(x) for x in draw.integers(1, 1 << 31, 2))
        mixed: Hashes = (some.hashes ^ np.uint32(more)) * np.uint32(by * 2 + 1 & 0xFFFFFFFF)
        mixed ^= mixed >> np.uint32(15)
        mixed *= np.uint32(0x2C1B3C6D)
        mixed ^= mixed >> np.uint32(13)
        arrival = -np.log((mixed + np.float32(1)) / np.float32(2**32 + 1024)) / weight
        first = np.minimum.reduceat(arrival.astype(np.float32), some.starts[held])
        key[held] = key[held] * np.uint64(0x9E3779B97F4A7C15) + first.view(np.uint32)
    return key


def _alike(some: Shingled, weight: Floats, one: Ints, other: Ints) -> NDArray[np.float64]:
    """Weighted Jaccard similarity of pairs of texts."""
    parts = [
        _portion(some, weight, one[first : first + _PORTION], other[first : first + _PORTION])
        for first in range(0, one.size, _PORTION)
    ]
    return np.concatenate(parts) if parts else np.zeros(0)


def _portion(some: Shingled, weight: Floats, one: Ints, other: Ints) -> NDArray[np.float64]:
    pair, place = [], []
    for side in (one, other):
        size = (some.starts[1:] - some.starts[:-1])[side]
        row = np.repeat(np.arange(side.size), size)
        pair.append(row)
        begin = np.repeat(some.starts[side] - (np.cumsum(size) - size), size)
        place.append(np.arange(row.size) + begin)
    row, at = np.concatenate(pair), np.concatenate(place)
    key = (row.astype(np.uint64) << np.uint64(32)) | some.hashes[at]
    order = np.argsort(key, kind="stable")
    key, row, worth = key[order], row[order], weight[at][order].astype(np.float64)
    again = np.flatnonzero(key[1:] == key[:-1]) + 1
    both = np.bincount(row[again], worth[again], one.size)
    whole = np.bincount(row, worth, one.size)
    out: NDArray[np.float64] = both / np.maximum(whole - both, 1e-12)
    return out


def _components(one: Ints, other: Ints, count: int) -> Ints:
    edges = coo_matrix((np.ones(one.size, np.int8), (one, other)), shape=(count, count))
    return np.asarray(connected_components(edges, directed=False)[1], np.int64)
