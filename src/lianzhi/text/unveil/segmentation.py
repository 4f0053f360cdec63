"""Segmentation: what a dictionary says of a guess.

Who hides 歧视 as 其视 writes no word, and the text segments more easily once the word is put in;
who writes 犯罪 or 私自 means just that. The language model has seen too few words to know.
"""

from collections.abc import Sequence

import numpy as np

from lianzhi.text.arrays.batch import Codes, Index
from lianzhi.text.lexicon import dictionary
from lianzhi.text.lexicon.dictionary import ENTRY, LONE, NEVER, PARTS
from lianzhi.text.unveil.language import Floats

#: Characters on either side that are taken into account, and those of the longest stretch.
REACH, LONGEST = 4, 8
#: Cost of a stretch that is no word.
NO_WORD = 30 * PARTS


def word_costs(words: Sequence[str]) -> Floats:
    """Return the cost of each word, in nats; at most that of words that people may abuse by."""
    most = np.array([ENTRY if len(word) > 1 else LONE for word in words])
    out: Floats = (np.minimum(dictionary.costs_of(words), most) / PARTS).astype(np.float32)
    return out


def segmentation_gain(
    codes: Codes, start: Index, end: Index, intended: Floats
) -> tuple[Floats, Floats]:
    """Return for stretches [start, end) of a batch, in nats: how much more segmentation costs with
    the word that is meant in their place, which costs `intended`; and the cost of each as one word.

    0 and `NO_WORD` for stretches with other than Chinese characters or more than `LONGEST`.
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
    return np.where(fit, intended - as_written, 0), (as_word / PARTS).astype(np.float32)
