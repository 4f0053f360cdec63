"""Against prejudice: what takes offence off a text that condemns what others attack with.

Who speaks against prejudice uses its words, so n-grams that were fitted to labels take one for the
other. A third model, fitted to second readings (`tools/readings`), knows what condemning has of its
own; the likelier it holds a text for that, the more it lowers the log-odds of offence, to a point
(`model/AGAINST.md`). Kinds of harm are left as they are: abuse stays abuse, whatever it is used
against.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np

from lianzhi.text.arrays.archive import load_arrays
from lianzhi.text.model.linear import Ngrams, Some


@dataclass(frozen=True, slots=True, eq=False)
class Against(Ngrams):
    """The model of speaking against prejudice, and what it is worth."""

    above: float
    """From this logit on it counts ..."""
    worth: float
    """... and lowers log-odds of offence by so much for each unit beyond."""
    most: float
    """They are lowered by this at most: fair words that are put behind an attack excuse no more."""

    def relieved(self, logit: Some, probability: Some) -> Some:
        """Return probabilities of offence, lower for texts that speak against prejudice, of which
        `logit` tells."""
        above = logit > self.above
        if not (above if isinstance(above, bool) else above.any()):
            return probability
        beyond = np.maximum(logit - self.above, 0.0)
        fall = np.exp(np.minimum(self.worth * beyond, self.most))
        out: Some = probability / (probability + (1 - probability) * fall)
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
