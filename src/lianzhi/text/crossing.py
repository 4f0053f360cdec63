"""Crossing 跨词: what looks like an entry is the end of one word and the beginning of the next.

Nothing parts the words of 流沙比较细, and 沙比 stands in it as it does in 你这沙比. So what an
entry of harm stands for is weighed against what the characters around it are likelier to be: words
of a dictionary, one of which goes on beyond the entry or has begun before it.
"""

import numpy as np
from numpy.typing import NDArray

from lianzhi.text import compiled, dictionary
from lianzhi.text.dictionary import ENTRY, LONGEST, NEVER, PARTS, Costs
from lianzhi.text.folding import Codes, Index

Mask = NDArray[np.bool_]
#: Characters on either side that are looked at.
REACH = 5
#: By how much likelier, in nats, others have to be.
MARGIN = 4 * PARTS


def crossing(codes: Codes, start: Index, end: Index) -> Mask:
    """Which stretches [start, end) of a batch are parted otherwise; of two to `LONGEST` Chinese
    characters each, since others never are."""
    words = dictionary.load()
    if fast := compiled.part("crossing"):
        found: Mask = fast.crossing(codes, start, end, words)
        return found
    around = dictionary.around(codes, start, end, REACH, LONGEST)
    size = np.clip(end - start, 2, LONGEST)
    there = around[:, REACH : REACH + LONGEST] > 0
    fit = (size == end - start) & (there | (np.arange(LONGEST) >= size[:, None])).all(axis=1)
    costs = dictionary.costs(around, words)
    own = np.minimum(costs[np.arange(size.size), REACH, size - 1], ENTRY)
    out: Mask = fit & _crossed(costs, size, own)
    return out


def _crossed(costs: Costs, size: Index, own: Costs) -> Mask:
    """Whether a way in which a word crosses an edge of its stretch costs less than the cheapest in
    which the stretch is a word, by more than `MARGIN`."""
    stretches, columns = costs.shape[:2]
    last = REACH + size
    plain, crossed, kept = (np.full((stretches, columns + 1), NEVER) for _ in range(3))
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
