"""Records: of which words guesses are right, as far as is known beforehand.

Some words are guessed rightly time and again (智障), others hardly ever, since what sounds like
them is on everybody's lips (说话). What a language model says of a place knows nothing of that.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import NamedTuple

import numpy as np

from lianzhi.text.arrays import arrays
from lianzhi.text.unveil.language import Floats


class Records(NamedTuple):
    """How well guesses at words did in the comments that `weighing` is fitted to."""

    odds: Mapping[str, float]
    """By word, log-odds that a guess at it is right, nearer to the mean the less often it was
    guessed."""
    untried: float
    """Those of a word that was never guessed: the mean of all words."""

    def of(self, words: Sequence[str]) -> Floats:
        """The record of each word."""
        return np.array([self.odds.get(word, self.untried) for word in words], np.float32)


@cache
def load() -> Records:
    """Load the shipped records. Raises ValueError where there are none."""
    data = arrays("weighing")
    if "records" not in data:
        raise ValueError("model/weighing.npz has no records; run tools/train_weighing.py anew")
    odds = dict(zip(data["words"].tolist(), data["records"].tolist(), strict=True))
    return Records(odds, float(data["untried"]))
