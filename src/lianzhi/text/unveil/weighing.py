"""Weighing: whether what decoding guessed is meant, by all that speaks for and against it at once.

A noisy channel adds up what is likely, and knows nothing of how far its parts can be trusted: a
word of one character restored by sound is wrong far more often than one of three restored by
letters, at the same odds. Nor does it know what else stands in a text: who hides one word so hides
others so. Trees fitted to cloaked comments and to ordinary ones (gradient boosting: Friedman,
Annals of Statistics 29, 2001) know both. See `model/UNVEIL.md`.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from lianzhi.text import compiled
from lianzhi.text.arrays import arrays
from lianzhi.text.unveil.channel import WAYS
from lianzhi.text.unveil.decode import Chosen
from lianzhi.text.unveil.guesses import Guesses
from lianzhi.text.unveil.known import Known
from lianzhi.text.unveil.language import EDGE, Floats
from lianzhi.text.unveil.parting import parting
from lianzhi.text.unveil.vocabulary import Vocabulary

Index = NDArray[np.int64]
#: Log-odds from which on a guess is taken to be meant: to miss one is a little worse than to err.
MARGIN = -0.2
#: Nothing else in the text is restored, or nothing in the same ways.
NOTHING = -8.0
#: What trees are told of a guess: the columns of `signs`.
SIGNS = (
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
    "parted",  # how much dearer a dictionary parts what stands there with it in its place
    "word",  # what the stretch costs as one word of a dictionary
    *WAYS[:-1],  # which of these were used; gaps are found elsewhere
)

#: The signs of no guesses.
UNTOLD: Floats = np.zeros((0, len(SIGNS)), np.float32)


@dataclass(frozen=True, slots=True)
class Trees:
    """Fitted trees, whole ones: node n leads to 2n + 1, or to 2n + 2 where a sign is greater."""

    sign: NDArray[np.uint8]
    """Shape [trees, nodes]: the sign that each node asks."""
    bound: Floats
    """Shape [trees, nodes]: what it is compared with."""
    leaves: NDArray[np.int16]
    """Shape [trees, nodes + 1]: what a tree adds, in parts of one."""
    parts: int
    bias: int
    """What all add to, in the same parts."""

    def odds(self, signs: Floats) -> Floats:
        """Log-odds of each row of signs: shape [n]; sums are of integers, and so are exact."""
        if fast := compiled.part("sums"):
            total = fast.trees(signs, self.sign, self.bound, self.leaves)
        else:
            total = self._leaves(signs).sum(axis=1, dtype=np.int64)
        out: Floats = ((total + self.bias) / self.parts).astype(np.float32)
        return out

    def _leaves(self, signs: Floats) -> NDArray[np.int16]:
        """The leaf of each tree that rows of signs come to: shape [n, trees]."""
        nodes = self.sign.shape[1]
        row, tree = np.arange(signs.shape[0])[:, None], np.arange(self.sign.shape[0])
        node = np.zeros((signs.shape[0], tree.size), np.int64)
        for _ in range(nodes.bit_length()):
            on = signs[row, self.sign[tree, node]] > self.bound[tree, node]
            node = 2 * node + 1 + on
        leaves: NDArray[np.int16] = self.leaves[tree, node - nodes]
        return leaves


@cache
def load() -> Trees:
    """Load the shipped trees. Raises ValueError where they ask for other signs than there are."""
    data = arrays("weighing")
    if (asked := tuple(data["signs"].tolist())) != SIGNS:
        raise ValueError(f"model/weighing.npz asks for {asked}; run tools/train_weighing.py anew")
    return Trees(data["sign"], data["bound"], data["leaves"], int(data["parts"]), int(data["bias"]))


def signs(known: Known, some: Guesses, picked: Chosen, words: Vocabulary) -> Floats:
    """What speaks for and against the guesses `some` that were `picked`: shape [n, len(SIGNS)].

    `some` in order and apart.
    """
    if not some.start.size:
        return UNTOLD
    ids, pair, before = known.ids, known.pair, known.before
    start, end = some.start, some.end
    edges = (ids == EDGE).nonzero()[0]
    text = edges.searchsorted(start)
    inner = np.empty((start.size, 2), np.int64)
    # Of each stretch the pairs inside it; what stands before it where it is of one character.
    inner[:, 0] = np.where(end - start > 1, start, start - 1)
    inner[:, 1] = np.maximum(end - 1, start)
    weakest = np.minimum.reduceat(pair, inner.ravel())[::2]
    others, several = _others(text, picked.alone)
    same = np.full(text.size, NOTHING, np.float32)
    ways = [some.ways >> way & 1 for way in range(len(WAYS) - 1)]
    for used in map(np.flatnonzero, ways):
        if used.size:
            same[used] = np.maximum(same[used], _others(text[used], picked.alone[used])[0])
    parted, as_word = parting(known.plain.codes, start, end, words.own[some.word])
    columns = (
        picked.alone,
        picked.odds,
        some.cost,
        words.size[some.word],
        end - start,
        words.known[some.word],
        before[end] - before[start],
        weakest,
        pair[start - 1],
        pair[end - 1],
        others,
        same,
        several,
        np.diff(edges)[text - 1] - 1,
        words.likely[some.word],
        words.bonus[some.word],
        words.record[some.word],
        parted,
        as_word,
        *ways,
    )
    return np.stack([column.astype(np.float32) for column in columns], axis=1)


def _others(group: Index, odds: Floats) -> tuple[Floats, Index]:
    """Of each row the greatest odds of the others in its group, and how many these are."""
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
