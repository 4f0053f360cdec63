"""Word records: how often guesses at each word were right in the comments of training.

Guesses at some words are nearly always right (智障), at others hardly ever, since what sounds like
them is common (说话). The language model, which sees one place, does not know that.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import NamedTuple

import numpy as np

from lianzhi.text.arrays.archive import load_arrays
from lianzhi.text.unveil.language import Floats


class WordRecords(NamedTuple):
    """How guesses at words did in the comments that `unveil/trees.py` is fitted to."""

    odds: Mapping[str, float]
    """By word, log-odds that a guess at it is right, shrunk to the mean where guesses were few."""
    untried: float
    """Log-odds for a word that was never guessed: the mean of all words."""

    def of(self, words: Sequence[str]) -> Floats:
        """Return the log-odds of each word."""
        return np.array([self.odds.get(word, self.untried) for word in words], np.float32)


@cache
def load() -> WordRecords:
    """Load the shipped records. Raises ValueError where there are none."""
    data = load_arrays(__package__, "weighing")
    if "records" not in data:
        raise ValueError("unveil/weighing.npz has no records; run tools/train_weighing.py")
    odds = dict(zip(data["words"].tolist(), data["records"].tolist(), strict=True))
    return WordRecords(odds, float(data["untried"]))
