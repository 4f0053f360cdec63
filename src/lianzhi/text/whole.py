"""Kinds of harm by a text as a whole: a linear model of each over hashed n-grams.

What lists of wordings cannot foresee has tendencies still: who is spoken to, when, with what
particles. A model says so little alone that it counts only where it is fairly sure, and then as a
frame does: guards heed it, and it joins what else was found. See `model/KINDS.md`.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from lianzhi.text.arrays import arrays
from lianzhi.text.folding import Batch
from lianzhi.text.ngrams import ngram_means

Floats = NDArray[np.float64]
#: Logits beyond are as good as certain.
_SURE = 30.0
#: The kinds that models are fitted for: those that no public data are about.
LEARNT = ("threat", "doxxing", "self_harm_urging", "incitement", "coercion")


@dataclass(frozen=True, slots=True)
class Whole:
    """Fitted models. A sum of weights over the root of the n-grams' number is worth `unit`."""

    weights: NDArray[np.int8]
    """Shape [2**bits, models]; models are of the kinds `LEARNT`."""
    longest: int
    unit: Floats
    """Shape [models], as all that follow."""
    bias: Floats

    def strength(self, batch: Batch) -> Floats:
        """How strongly each text speaks for each model's kind, 0 to 1: shape [texts, models].

        From 0.5 on it is clear; the same alone and in a batch, since sums are of integers.
        """
        logit = ngram_means(batch, self.weights, self.longest) * self.unit + self.bias
        out: Floats = 1 / (1 + np.exp(-np.minimum(np.maximum(logit, -_SURE), _SURE)))
        return out


@cache
def load() -> Whole:
    """Load the shipped models."""
    data = arrays("kinds")
    return Whole(
        weights=data["weights"],
        longest=int(data["longest"]),
        unit=data["unit"],
        bias=data["bias"],
    )
