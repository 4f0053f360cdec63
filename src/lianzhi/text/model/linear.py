"""The linear model: a weight per hashed n-gram, summed over a text, scaled by its length.

Weights are small integers, so that sums are exact and a text scores the same alone and in a batch.
"""

from dataclasses import dataclass
from functools import cache, lru_cache
from math import sqrt
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from lianzhi.text.arrays.archive import load_arrays
from lianzhi.text.arrays.batch import Batch
from lianzhi.text.arrays.memory import in_large_pages
from lianzhi.text.model.ngrams import ngram_means

Floats = NDArray[np.float64]
#: Figures of many texts or of one: a plain number is faster than an array of one.
Figures = TypeVar("Figures", float, Floats)


@dataclass(frozen=True, slots=True, eq=False)
class Ngrams:
    """A fitted linear model. `weights` has 2**bits entries, each times `unit`."""

    weights: NDArray[np.int8]
    longest: int
    unit: float
    bias: float

    def logit(self, batch: Batch) -> Floats:
        """Return each text's score before calibration: shape [texts]."""
        means = ngram_means(batch, self.weights[:, None], self.longest)[:, 0]
        return means * self.unit + self.bias


@dataclass(frozen=True, slots=True, eq=False)
class Linear(Ngrams):
    """The model of offence, and its calibration together with the other models."""

    blend: tuple[float, float, float, float]
    """Calibration: offset, and the factors of the logit, of the patterns' and of the lexicon's
    harm."""
    reach: tuple[float, float]
    """Bounds to which the logit and that of the patterns are bent: many n-grams of the same sort
    are worth less than their sum."""
    sure: float
    """Absolute logit from which on patterns are not asked."""

    def probability(self, logit: Figures, patterns: Figures, harm: Figures) -> Figures:
        """Calibrate: probability that a text is offensive, from all that is known of it.

        That is both models' logits and the strength of its strongest kind.
        """
        offset, by_logit, by_patterns, by_harm = self.blend
        logit, patterns = bend(logit, self.reach[0]), bend(patterns, self.reach[1])
        total = offset + by_logit * logit + by_patterns * patterns + by_harm * harm
        out: Figures = 1.0 / (1.0 + np.exp(-total))
        return out


def logits(batch: Batch, ngrams: Ngrams, other: Ngrams) -> tuple[Floats, Floats]:
    """Return each text's score by both models; n-grams are hashed once where both allow it."""
    if (ngrams.longest, ngrams.weights.size) != (other.longest, other.weights.size):
        return ngrams.logit(batch), other.logit(batch)
    weights, unit, bias = _side_by_side(ngrams, other)
    both = ngram_means(batch, weights, ngrams.longest) * unit + bias
    return both[:, 0], both[:, 1]


@lru_cache(maxsize=4)
def _side_by_side(ngrams: Ngrams, other: Ngrams) -> tuple[NDArray[np.int8], Floats, Floats]:
    weights = in_large_pages(np.stack((ngrams.weights, other.weights), axis=1))
    return weights, np.array((ngrams.unit, other.unit)), np.array((ngrams.bias, other.bias))


def bend(logit: Figures, reach: float) -> Figures:
    """Bend a logit to within its reach, leaving small ones nearly alone."""
    share = logit / reach
    square = 1.0 + share * share
    out: Figures = logit / (sqrt(square) if isinstance(square, float) else np.sqrt(square))
    return out


@cache
def load() -> Linear:
    """Load the shipped model."""
    data = load_arrays(__package__, "weights")
    offset, by_logit, by_patterns, by_harm = data["blend"].tolist()
    return Linear(
        weights=data["weights"],
        longest=int(data["longest"]),
        unit=float(data["unit"]),
        bias=float(data["bias"]),
        blend=(offset, by_logit, by_patterns, by_harm),
        reach=(float(data["reach"][0]), float(data["reach"][1])),
        sure=float(data["sure"]),
    )
