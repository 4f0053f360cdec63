"""Gaps: signs inside words that folding leaves.

Folding leaves marks that end clauses and signs beside a lone character, since most of them hide
nothing. Where the characters on both sides belong together strongly, they are gaps.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lianzhi.text.arrays.batch import Batch
from lianzhi.text.fold.signs import clause_marks
from lianzhi.text.unveil.compiled_search import CompiledSearch
from lianzhi.text.unveil.language import EDGE, Floats, Language
from lianzhi.text.unveil.scored_batch import ScoredBatch
from lianzhi.text.unveil.vocabulary import Vocabulary

Index = NDArray[np.int64]
#: The most signs between two characters: …… folds to six.
MOST = 6
#: Least log-probability of a character after the one before it, and how much likelier than alone it
#: must be: across signs that end no clause, and across those that do.
LIKELY, BOUND = (-5.0, -4.0), (2.0, 3.5)
#: Across signs that end a clause, both must be bound to each other twice as much as either is to
#: its other neighbour: 信号弱，智能锁 hides no 弱智. A pair of a lexicon need not be likely if
#: neither is bound to its other neighbour by more than this.
FREE = 1.0


class Gaps(NamedTuple):
    """Runs of characters of a plain batch with signs between some of them: [start, end)."""

    start: Index
    end: Index
    odds: Floats
    """How much likelier the characters are side by side than apart, in nats."""


def gaps(
    batch: Batch,
    scored: ScoredBatch,
    words: Vocabulary,
    language: Language,
    compiled: CompiledSearch | None,
) -> Gaps:
    """Return the gaps of a batch."""
    close = compiled.close(batch, scored) if compiled else _close(batch, scored, words, language)
    at, bound = close
    if not at.size:
        return Gaps(at, at, bound)
    new = np.concatenate(([True], np.diff(at) > 1))
    first = new.nonzero()[0]
    last = np.append(first[1:] - 1, at.size - 1)
    return Gaps(at[first], at[last] + 2, np.add.reduceat(bound, first))


def _close(
    batch: Batch, scored: ScoredBatch, words: Vocabulary, language: Language
) -> tuple[Index, Floats]:
    """Return the characters before gaps, and how bound they are to the next, in nats."""
    place, ids, pair = scored.plain.place, scored.ids, scored.pair
    apart = np.diff(place)
    inside = (ids[:-1] != EDGE) & (ids[1:] != EDGE)
    at = ((apart > 1) & (apart <= MOST + 1) & inside).nonzero()[0]
    bound = pair[at] - language.one[ids[at + 1]]
    ends = np.concatenate(([0], np.cumsum(clause_marks()[batch.codes])))
    hard = (ends[place[at + 1]] > ends[place[at] + 1]).astype(np.int64)
    close = (pair[at] > np.array(LIKELY)[hard]) & (bound > np.array(BOUND)[hard])
    pairs, listed = words.holds_pair(ids[at], ids[at + 1])
    alone = (apart > 1) | ~inside
    beside = np.maximum(
        *(
            np.where(alone[neighbour], -np.inf, pair[neighbour] - language.one[ids[neighbour + 1]])
            for neighbour in (at - 1, at + 1)
        )
    )
    # Between two letters no clause ends, but one word and another begins, unless the letters beside
    # them belong to them as well.
    latin = (scored.plain.codes >= ord("a")) & (scored.plain.codes <= ord("z"))
    close &= (hard == 0) | (2 * beside < bound)
    free = (beside < FREE) & (bound > BOUND[1])
    close = close & pairs | listed & ((hard == 0) | free | latin[at] & latin[at + 1])
    at, bound = at[close], bound[close]
    whole = ~(latin[at] & latin[at + 1])
    within = np.ones(at.size, bool)
    for neighbour in (at - 1, at + 1):
        joined = latin[neighbour] & latin[neighbour + 1] & (apart[neighbour] == 1)
        within &= ~joined | words.holds_pair(ids[neighbour], ids[neighbour + 1])[0]
    whole |= within
    return at[whole], bound[whole]
