"""Pairs of texts whose sketches share hashes, by an inverted index: linear in the texts."""

import numpy as np
from numpy.typing import NDArray

from lianzhi.domains.dissemination.matching.sketches import EMPTY, Hashes

#: Least hashes of a sketch that are looked up, out of `sketches.SIZE`.
LOOKED_UP = 48
#: Texts before it, of those with the same hash, with which a text is paired; and the first of them.
NEIGHBOURS = 4
#: Shared hashes of a pair that is looked at.
LEAST_SHARED = 2
#: Earlier texts that are looked at for each text.
MOST = 4
Index = NDArray[np.int64]


def candidates(least: Hashes) -> tuple[Index, Index]:
    """Pairs (text, earlier text) that share hashes, at most `MOST` for each text.

    Rows of `least` are in order of time. Each hash pairs a text with the first text that has it and
    with the last few before it, so that a thousand reprints of one text make no million pairs.
    """
    count = len(least)
    values = least[:, :LOOKED_UP].reshape(-1)
    owners = np.repeat(np.arange(count, dtype=np.int64), min(LOOKED_UP, least.shape[1]))
    there = values != EMPTY
    values, owners = values[there], owners[there]
    order = np.argsort(values, kind="stable")
    values, owners = values[order], owners[order]
    begins = np.flatnonzero(np.r_[True, values[1:] != values[:-1]]) if values.size else owners
    run = np.repeat(np.arange(begins.size), np.diff(np.r_[begins, values.size]))
    places = np.arange(values.size)
    keys = []
    for lag in range(1, NEIGHBOURS + 1):
        same = places[lag:][run[lag:] == run[:-lag]]
        keys.append(owners[same] * count + owners[same - lag])
    first = begins[run]
    far = places - first > NEIGHBOURS
    keys.append(owners[far] * count + owners[first[far]])
    pairs, shared = np.unique(np.concatenate(keys), return_counts=True)
    pairs, shared = pairs[shared >= LEAST_SHARED], shared[shared >= LEAST_SHARED]
    later, earlier = np.divmod(pairs, count)
    best = np.lexsort((earlier, -shared, later))
    later, earlier = later[best], earlier[best]
    starts = np.searchsorted(later, later)
    kept = np.arange(later.size) - starts < MOST
    return later[kept], earlier[kept]
