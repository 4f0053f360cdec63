"""Features of a guess: all that speaks for and against its being meant.

A noisy channel adds up what is likely and ignores how far its parts can be trusted: a word of one
character restored by sound is wrong far more often than one of three restored by letters, at the
same odds. Nor does it see the rest of the text: who hides one word so hides others so. Trees
(`unveil/trees.py`) weigh both.
"""

import numpy as np
from numpy.typing import NDArray

from lianzhi.text.unveil.channel import WAYS
from lianzhi.text.unveil.decode import Chosen
from lianzhi.text.unveil.guesses import Guesses
from lianzhi.text.unveil.language import EDGE, Floats
from lianzhi.text.unveil.scored_batch import ScoredBatch
from lianzhi.text.unveil.segmentation import segmentation_gain
from lianzhi.text.unveil.vocabulary import Vocabulary

Index = NDArray[np.int64]
#: Nothing else in the text is restored, or nothing in the same ways.
NOTHING = -8.0
#: The columns of `features_of`.
FEATURES = (
    "alone",  # its log-odds, all around it as it is written
    "window",  # log-odds of all that is guessed near it, it included
    "cost",
    "characters",  # of the word
    "places",  # of the stretch
    "listed",  # whether the word is a lexicon's
    "written",  # log-probability of what is written
    "weakest",  # of the characters written in the stretch the least likely after the one before it
    "before",  # log-probability of the stretch's first character after what stands before it
    "after",  # and of what follows after the stretch's last one
    "others",  # log-odds of the surest other guess in the same text ...
    "same",  # ... and of the surest one that is written in one of the same ways
    "several",  # other guesses in the text
    "text",  # its length
    "likely",  # log-probability of the word, whatever stands before it
    "worth",  # what makes it as likely as what is worth hiding
    "record",  # log-odds that guesses at it are right
    "parted",  # how much more segmentation costs with the word in its place
    "word",  # the cost of the stretch as one word of a dictionary
    *WAYS[:-1],  # which of these were used; gaps are found elsewhere
)

#: The features of no guesses.
NO_FEATURES: Floats = np.zeros((0, len(FEATURES)), np.float32)


def features_of(scored: ScoredBatch, guesses: Guesses, picked: Chosen, words: Vocabulary) -> Floats:
    """Return the features of guesses, shape [n, len(FEATURES)].

    `guesses` are those that were `picked`, in order and disjoint.
    """
    if not guesses.start.size:
        return NO_FEATURES
    ids, pair, before = scored.ids, scored.pair, scored.before
    start, end = guesses.start, guesses.end
    edges = (ids == EDGE).nonzero()[0]
    text = edges.searchsorted(start)
    inner = np.empty((start.size, 2), np.int64)
    # Of each stretch the pairs inside it; what stands before it where it is of one character.
    inner[:, 0] = np.where(end - start > 1, start, start - 1)
    inner[:, 1] = np.maximum(end - 1, start)
    weakest = np.minimum.reduceat(pair, inner.ravel())[::2]
    others, several = _others(text, picked.alone)
    same = np.full(text.size, NOTHING, np.float32)
    ways = [guesses.ways >> way & 1 for way in range(len(WAYS) - 1)]
    for used in map(np.flatnonzero, ways):
        if used.size:
            same[used] = np.maximum(same[used], _others(text[used], picked.alone[used])[0])
    gain, as_word = segmentation_gain(scored.plain.codes, start, end, words.own[guesses.word])
    columns = (
        picked.alone,
        picked.odds,
        guesses.cost,
        words.size[guesses.word],
        end - start,
        words.known[guesses.word],
        before[end] - before[start],
        weakest,
        pair[start - 1],
        pair[end - 1],
        others,
        same,
        several,
        np.diff(edges)[text - 1] - 1,
        words.likely[guesses.word],
        words.bonus[guesses.word],
        words.record[guesses.word],
        gain,
        as_word,
        *ways,
    )
    return np.stack([column.astype(np.float32) for column in columns], axis=1)


def _others(group: Index, odds: Floats) -> tuple[Floats, Index]:
    """Return for each row the greatest odds of the others in its group, and their number."""
    order = np.lexsort((-odds, group))
    group, odds = group[order], odds[order]
    new = np.ones(group.size, bool)
    new[1:] = group[1:] != group[:-1]
    first = np.flatnonzero(new)
    size = np.diff(np.append(first, group.size))
    second = np.full(first.size, NOTHING, np.float32)
    second[size > 1] = odds[first[size > 1] + 1]
    best = np.where(new, np.repeat(second, size), np.repeat(odds[first], size))
    out, several = np.empty_like(best), np.empty(group.size, np.int64)
    out[order], several[order] = np.maximum(best, NOTHING), np.repeat(size - 1, size)
    return out, several
