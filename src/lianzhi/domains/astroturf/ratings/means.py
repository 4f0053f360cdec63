"""Means of weighted ratings, shrunken towards the mean of all items, with 95 % intervals."""

from typing import NamedTuple

import numpy as np

from lianzhi.domains.astroturf.ratings.table import Floats, Ratings

_Z = 1.959964


class Means(NamedTuple):
    """Means by item; nan where it has no ratings."""

    ratings: Floats
    """Number of ratings."""
    plain: Floats
    counted: Floats
    """Sum of the weights."""
    robust: Floats
    lo: Floats
    hi: Floats


class Prior(NamedTuple):
    """Prior of an item's mean, from all items."""

    mean: float
    worth: float
    """Weight of the prior in ratings: the variance within items over that between them."""
    within: float


def prior(ratings: Ratings, weight: Floats) -> Prior:
    """Estimate the prior by moments (empirical Bayes; Efron and Morris, J. Am. Stat. Assoc. 70,
    1975).
    """
    total, mean = _sums(ratings, weight)
    repeated = total > 1
    if repeated.sum() < 2:
        return Prior(float(np.average(ratings.rating)) if ratings.rating.size else 0.0, 1.0, 1.0)
    off = weight * (ratings.rating - mean[ratings.item]) ** 2
    spread = np.bincount(ratings.item, off, total.size)
    within = max(float(spread[repeated].sum() / (total[repeated] - 1).sum()), 1e-9)
    sampled = float((within / total[repeated]).mean())
    between = max(float(mean[repeated].var(ddof=1)) - sampled, 1e-3 * within)
    return Prior(float(mean[repeated].mean()), within / between, within)


def means(ratings: Ratings, weight: Floats, unsure: Floats) -> Means:
    """Plain and robust means. `unsure`: variance of the sum of an item's ratings about their mean
    due to the reduction.
    """
    total, mean = _sums(ratings, weight)
    usual = prior(ratings, weight)
    robust = (total * np.nan_to_num(mean) + usual.worth * usual.mean) / (total + usual.worth)
    off = weight * (ratings.rating - robust[ratings.item]) ** 2
    spread = np.bincount(ratings.item, off, total.size) + usual.worth * usual.within
    variance = spread / (total + usual.worth)
    half = _Z * np.sqrt(variance / (total + usual.worth) + unsure / (total + usual.worth) ** 2)
    count, plain = _sums(ratings, np.ones_like(weight))
    low, high = ratings.rating.min(initial=np.inf), ratings.rating.max(initial=-np.inf)
    lo, hi = np.maximum(robust - half, low), np.minimum(robust + half, high)
    none = count == 0
    return Means(
        count, plain, total, *(np.where(none, np.nan, values) for values in (robust, lo, hi))
    )


def _sums(ratings: Ratings, weight: Floats) -> tuple[Floats, Floats]:
    total: Floats = np.bincount(ratings.item, weight, ratings.size.size).astype(np.float64)
    with np.errstate(invalid="ignore"):
        mean: Floats = np.bincount(ratings.item, weight * ratings.rating, total.size) / total
    return total, mean
