"""Against prejudice: relief for texts that condemn what others attack with.

Who speaks against prejudice uses its words, so n-grams fitted to labels confuse the two. A third
model, fitted to second readings (`tools/readings`), knows the words of condemning; the higher its
logit, the more it lowers the log-odds of offence, up to a bound (`AGAINST.md`). Kinds of harm are
not changed: abuse stays abuse, whatever it is used against.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np

from lianzhi.text.arrays.archive import load_arrays
from lianzhi.text.model.linear import Figures, Ngrams


@dataclass(frozen=True, slots=True, eq=False)
class Against(Ngrams):
    """The model of speaking against prejudice, and how much it relieves."""

    above: float
    """Logit above which it counts ..."""
    worth: float
    """... and by how much it lowers the log-odds of offence for each unit beyond."""
    most: float
    """The most that it lowers them: fair words after an attack excuse no more."""

    def relieved(self, logit: Figures, probability: Figures) -> Figures:
        """Return probabilities of offence, lowered for texts that speak against prejudice.

        `logit` is what this model says of them.
        """
        above = logit > self.above
        if not (above if isinstance(above, bool) else above.any()):
            return probability
        beyond = np.maximum(logit - self.above, 0.0)
        fall = np.exp(np.minimum(self.worth * beyond, self.most))
        out: Figures = probability / (probability + (1 - probability) * fall)
        return out


@cache
def load() -> Against:
    """Load the shipped model."""
    data = load_arrays(__package__, "against")
    return Against(
        weights=data["weights"],
        longest=int(data["longest"]),
        **{name: float(data[name]) for name in ("unit", "bias", "above", "worth", "most")},
    )
