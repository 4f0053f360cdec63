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
    """How often guesses were right in the comments that `weighing` is fitted to."""

    odds: Mapping[str, float]
    """By word, log-odds, nearer to those of all words the less often it was guessed."""
    untried: float
    """Log-odds of all words together."""

    def of(self, words: Sequence[str]) -> Floats:
        """The record of each word; of one that was never guessed, that of all words."""
        return np.array([self.odds.get(word, self.untried) for word in words], np.float32)


@cache
def load() -> Records:
    """Load the shipped records."""
    data = arrays("weighing")
    odds = dict(zip(data["words"].tolist(), data["records"].tolist(), strict=True))
    return Records(odds, float(data["untried"]))
