"""Word boundaries 跨词: matches that span the end of one word and the beginning of the next.

Nothing divides the words of 流沙比较细, and 沙比 stands in it as it does in 你这沙比. So the
characters of an entry of harm are weighed as a word of their own against the words of a dictionary
that cross its edges.
"""

import numpy as np
from numpy.typing import NDArray

from lianzhi.text.arrays import compiled
from lianzhi.text.arrays.batch import Codes, Index
from lianzhi.text.lexicon import dictionary
from lianzhi.text.lexicon.dictionary import ENTRY, LONGEST, NEVER, PARTS, Costs

Mask = NDArray[np.bool_]
#: Characters on either side that are taken into account.
REACH = 5
#: How much likelier a crossing word must make the stretch, in `PARTS` of a nat.
MARGIN = 4 * PARTS


def crosses_boundary(codes: Codes, start: Index, end: Index) -> Mask:
    """Return which stretches [start, end) of a batch lie across a word boundary.

    False for stretches of other than two to `LONGEST` Chinese characters.
    """
    words = dictionary.load()
    if fast := compiled.twin("lexicon._boundaries"):
        crossing: Mask = fast.crosses_boundary(codes, start, end, words)
        return crossing
    around = dictionary.around(codes, start, end, REACH, LONGEST)
    size = np.clip(end - start, 2, LONGEST)
    there = around[:, REACH : REACH + LONGEST] > 0
    fit = (size == end - start) & (there | (np.arange(LONGEST) >= size[:, None])).all(axis=1)
    costs = dictionary.costs(around, words)
    own = np.minimum(costs[np.arange(size.size), REACH, size - 1], ENTRY)
    out: Mask = fit & _crossed(costs, size, own)
    return out


def _crossed(costs: Costs, size: Index, own: Costs) -> Mask:
    """Return whether the best segmentation with a word across an edge of the stretch costs less,
    by more than `MARGIN`, than the best one in which the stretch is a word."""
    intervals, columns = costs.shape[:2]
    last = REACH + size
    plain, crossed, kept = (np.full((intervals, columns + 1), NEVER) for _ in range(3))
    plain[:, 0] = 0
    for end in range(1, columns + 1):
        entry = end == last
        kept[entry, end] = plain[entry, REACH] + own[entry]
        for begin in range(max(0, end - LONGEST), end):
            cost = costs[:, begin, end - begin - 1]
            over = (begin < REACH < end) & (end < last)
            over |= (begin > REACH) & (begin < last) & (last < end)
            step = plain[:, begin] + cost
            plain[:, end] = np.minimum(plain[:, end], np.where(over, NEVER, step))
            crossed[:, end] = np.minimum(crossed[:, end], np.where(over, step, NEVER))
            for ways in (crossed, kept):
                ways[:, end] = np.minimum(ways[:, end], ways[:, begin] + cost)
    out: Mask = kept[:, -1] - crossed[:, -1] > MARGIN
    return out
