"""Parting: what a dictionary says of a guess.

Who hides 歧视 as 其视 writes what is no word, and its neighbours part more easily once the word is
put in; who writes 犯罪 or 私自 means just that. A language model of comments has seen too few words
to know.
"""

from collections.abc import Sequence

import numpy as np

from lianzhi.text import dictionary
from lianzhi.text.dictionary import ENTRY, LONE, NEVER, PARTS
from lianzhi.text.folding import Codes, Index
from lianzhi.text.unveil.language import Floats

#: Characters on either side that are looked at, and those of the longest stretch.
REACH, LONGEST = 4, 8
#: What a stretch costs as a word where it is none.
NO_WORD = 30 * PARTS


def own(words: Sequence[str]) -> Floats:
    """What each word costs as one, in nats; what the dictionary lacks as much as abuse."""
    most = np.array([ENTRY if len(word) > 1 else LONE for word in words])
    out: Floats = (np.minimum(dictionary.costs_of(words), most) / PARTS).astype(np.float32)
    return out


def parting(codes: Codes, start: Index, end: Index, meant: Floats) -> tuple[Floats, Floats]:
    """Of stretches [start, end) of a batch, in nats: how much dearer it is to part the characters
    there with the word that is meant in a stretch's place, which costs as much as `meant`; and what
    the stretch costs as one word.

    Of a stretch that has other than Chinese characters, or more than `LONGEST`, nothing is known:
    0, and no word.
    """
    size = np.clip(end - start, 1, LONGEST)
    row = np.arange(size.size)
    window = dictionary.around(codes, start, end, REACH, LONGEST)
    fit = (size == end - start) & (window[row, REACH + size - 1] > 0)
    behind = np.take_along_axis(window, REACH + size[:, None] + np.arange(REACH), axis=1)
    words = dictionary.load()
    costs = dictionary.costs(window, words)
    apart = dictionary.cheapest(costs[:, :REACH])
    apart += dictionary.cheapest(dictionary.costs(behind, words))
    as_written = ((dictionary.cheapest(costs) - apart) / PARTS).astype(np.float32)
    short = np.minimum(size, dictionary.LONGEST)
    alone = np.where(short == size, costs[row, REACH, short - 1], NEVER)
    as_word = np.where(fit, np.minimum(alone, NO_WORD), NO_WORD)
    return np.where(fit, meant - as_written, 0), (as_word / PARTS).astype(np.float32)
