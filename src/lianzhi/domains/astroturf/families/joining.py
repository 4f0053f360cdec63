"""Families of texts that share enough shingles, directly or through a chain of texts.

Candidates by MinHash and bands (Broder 1997; Leskovec, Rajaraman and Ullman, Mining of Massive
Datasets, ch. 3): texts that agree in a band are compared exactly with the two before them there, so
that work grows with the number of texts, not of pairs. Texts are sorted first; the result does not
depend on their order.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from lianzhi.domains.astroturf.families.shingles import Hashes, Ints, Shingled

Floats = NDArray[np.float32]
#: LSH bands, and rows (races) per band: texts of Jaccard similarity 1/2 share a band with
#: probability 99.9 %, of 1/4 with 79 %, of 1/20 with 6 %.
BANDS, ROWS = 24, 2
#: Each text is compared with this many before it in a band.
_NEAR = 2
_SEED = 20261126
#: Pairs compared per batch.
_PORTION = 200_000


def families(shingled: Shingled, weight: Floats, least: float, shortest: int) -> Ints:
    """Family number of each different text; texts shorter than `shortest` characters, or without
    shingles, are families of their own.

    Two texts belong together if the weighted Jaccard similarity of their shingles is at least
    `least`, or a chain of such pairs joins them.
    """
    size = np.diff(shingled.starts)
    length = np.fromiter(map(len, shingled.bare), np.int64, len(shingled.bare))
    candidates = np.flatnonzero((size > 0) & (length >= shortest))
    label = np.arange(len(shingled.bare))
    if candidates.size < 2:
        return label
    draw = np.random.default_rng(_SEED)
    left, other = np.zeros(0, np.int64), np.zeros(0, np.int64)
    for _ in range(BANDS):
        key = _band(shingled, weight, draw)[candidates]
        order = np.argsort(key, kind="stable")
        key, text = key[order], candidates[order]
        before = left.size
        for back in range(1, _NEAR + 1):
            near = np.flatnonzero(key[back:] == key[:-back])
            a, b = text[near], text[near + back]
            apart = label[a] != label[b]
            a, b = a[apart], b[apart]
            alike = _alike(shingled, weight, a, b) >= least
            left, other = np.append(left, a[alike]), np.append(other, b[alike])
        if left.size > before:
            label = _components(left, other, len(shingled.bare))
    return label


def _band(shingled: Shingled, weight: Floats, draw: np.random.Generator) -> NDArray[np.uint64]:
    """A band key of each text: which of its shingles win several races.

    In a race every shingle has an exponential arrival time whose rate is its weight, so that two
    texts have the same winner with a probability equal to their similarity.
    """
    key = np.zeros(shingled.starts.size - 1, np.uint64)
    nonempty = np.flatnonzero(np.diff(shingled.starts))
    for _ in range(ROWS):
        by, more = (int(x) for x in draw.integers(1, 1 << 31, 2))
        mixed: Hashes = (shingled.hashes ^ np.uint32(more)) * np.uint32(by * 2 + 1 & 0xFFFFFFFF)
        mixed ^= mixed >> np.uint32(15)
        mixed *= np.uint32(0x2C1B3C6D)
        mixed ^= mixed >> np.uint32(13)
        arrival = -np.log((mixed + np.float32(1)) / np.float32(2**32 + 1024)) / weight
        first = np.minimum.reduceat(arrival.astype(np.float32), shingled.starts[nonempty])
        key[nonempty] = key[nonempty] * np.uint64(0x9E3779B97F4A7C15) + first.view(np.uint32)
    return key


def _alike(shingled: Shingled, weight: Floats, left: Ints, other: Ints) -> NDArray[np.float64]:
    """Weighted Jaccard similarity of pairs of texts."""
    parts = [
        _portion(shingled, weight, left[first : first + _PORTION], other[first : first + _PORTION])
        for first in range(0, left.size, _PORTION)
    ]
    return np.concatenate(parts) if parts else np.zeros(0)


def _portion(shingled: Shingled, weight: Floats, left: Ints, other: Ints) -> NDArray[np.float64]:
    pair, place = [], []
    for side in (left, other):
        size = (shingled.starts[1:] - shingled.starts[:-1])[side]
        row = np.repeat(np.arange(side.size), size)
        pair.append(row)
        begin = np.repeat(shingled.starts[side] - (np.cumsum(size) - size), size)
        place.append(np.arange(row.size) + begin)
    row, at = np.concatenate(pair), np.concatenate(place)
    key = (row.astype(np.uint64) << np.uint64(32)) | shingled.hashes[at]
    order = np.argsort(key, kind="stable")
    key, row, worth = key[order], row[order], weight[at][order].astype(np.float64)
    again = np.flatnonzero(key[1:] == key[:-1]) + 1
    both = np.bincount(row[again], worth[again], left.size)
    whole = np.bincount(row, worth, left.size)
    out: NDArray[np.float64] = both / np.maximum(whole - both, 1e-12)
    return out


def _components(left: Ints, other: Ints, count: int) -> Ints:
    edges = coo_matrix((np.ones(left.size, np.int8), (left, other)), shape=(count, count))
    return np.asarray(connected_components(edges, directed=False)[1], np.int64)
