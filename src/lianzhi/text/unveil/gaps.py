"""Signs inside words: marks that end clauses, or stand beside one character alone, hide nothing as
such, and folding leaves them. Where what they part belongs together very much, they are gaps."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lianzhi.text.folding import Batch
from lianzhi.text.unveil.fast import Fast
from lianzhi.text.unveil.known import Known
from lianzhi.text.unveil.language import EDGE, Floats, Language
from lianzhi.text.unveil.plain import clause_marks
from lianzhi.text.unveil.vocabulary import Vocabulary

Index = NDArray[np.int64]
#: Signs between two characters, at most: …… folds to six.
MOST = 6
#: How likely a character is after the one before it, and how much likelier than alone, at least:
#: across signs that end no clause, and across those that do.
LIKELY, BOUND = (-5.0, -4.0), (2.0, 3.5)
#: Across those that do, both must be bound twice as much to one another as either is to what stands
#: on its other side: 信号弱，智能锁 hides no 弱智. Where a lexicon has the pair, it need not be
#: likely if neither is so much likelier there than alone.
FREE = 1.0


class Gaps(NamedTuple):
    """Runs of characters of a plain batch with signs between some of them: [start, end)."""

    start: Index
    end: Index
    odds: Floats
    """How much likelier the characters are side by side than apart, in nats."""


def gaps(
    batch: Batch, known: Known, words: Vocabulary, language: Language, fast: Fast | None
) -> Gaps:
    """Find the gaps of a batch, by what is compiled where that is there."""
    close = fast.close(batch, known) if fast else _close(batch, known, words, language)
    at, bound = close
    if not at.size:
        return Gaps(at, at, bound)
    new = np.concatenate(([True], np.diff(at) > 1))
    first = new.nonzero()[0]
    last = np.append(first[1:] - 1, at.size - 1)
    return Gaps(at[first], at[last] + 2, np.add.reduceat(bound, first))


def _close(
    batch: Batch, known: Known, words: Vocabulary, language: Language
) -> tuple[Index, Floats]:
    """Characters behind which signs stand that part what belongs together, and how bound they are
    to the next."""
    place, ids, pair = known.plain.place, known.ids, known.pair
    apart = np.diff(place)
    inside = (ids[:-1] != EDGE) & (ids[1:] != EDGE)
    at = ((apart > 1) & (apart <= MOST + 1) & inside).nonzero()[0]
    bound = pair[at] - language.one[ids[at + 1]]
    ends = np.concatenate(([0], np.cumsum(clause_marks()[batch.codes])))
    hard = (ends[place[at + 1]] > ends[place[at] + 1]).astype(np.int64)
    close = (pair[at] > np.array(LIKELY)[hard]) & (bound > np.array(BOUND)[hard])
    some, listed = words.holds_pair(ids[at], ids[at + 1])
    alone = (apart > 1) | ~inside
    beside = np.maximum(
        *(
            np.where(alone[one], -np.inf, pair[one] - language.one[ids[one + 1]])
            for one in (at - 1, at + 1)
        )
    )
    # Between two letters no clause ends, but one word and another begins, unless the letters beside
    # them belong to them as well.
    latin = (known.plain.codes >= ord("a")) & (known.plain.codes <= ord("z"))
    close &= (hard == 0) | (2 * beside < bound)
    free = (beside < FREE) & (bound > BOUND[1])
    close = close & some | listed & ((hard == 0) | free | latin[at] & latin[at + 1])
    at, bound = at[close], bound[close]
    whole = ~(latin[at] & latin[at + 1])
    within = np.ones(at.size, bool)
    for one in (at - 1, at + 1):
        joined = latin[one] & latin[one + 1] & (apart[one] == 1)
        within &= ~joined | words.holds_pair(ids[one], ids[one + 1])[0]
    whole |= within
    return at[whole], bound[whole]
