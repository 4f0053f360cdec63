"""Weights and means of items' ratings, with the reason for each reduced weight."""

from typing import Literal, NamedTuple

import numpy as np

from lianzhi.domains.astroturf.policy import newest
from lianzhi.domains.astroturf.policy.ratings import RatingPolicy
from lianzhi.domains.astroturf.ratings.bursts import Burst, bursts
from lianzhi.domains.astroturf.ratings.corating import Corating, coratings
from lianzhi.domains.astroturf.ratings.excess import Excess
from lianzhi.domains.astroturf.ratings.means import Means, means
from lianzhi.domains.astroturf.ratings.table import Floats, Ints, Ratings
from lianzhi.domains.astroturf.ratings.throwaway import Throwaway, throwaways

Kind = Literal["before_release", "burst", "throwaway", "group", "crowd"]


class Reason(NamedTuple):
    """Why some of an item's ratings count less. A `crowd` is reported, and counts in full."""

    kind: Kind
    item: int
    rows: Ints
    weight: Floats
    """Weight of each row, 0 to 1."""
    evidence: Burst | Throwaway | Corating | None


class Assessed(NamedTuple):
    """Weights, reasons and means of all items."""

    weight: Floats
    """Weight of each rating: the least of its reasons."""
    reasons: tuple[Reason, ...]
    """By item, in order of `Kind`."""
    means: Means


def assess(
    ratings: Ratings, released: Ints | None = None, settings: RatingPolicy | None = None
) -> Assessed:
    """Weigh all ratings. `released`: release time by item, Unix milliseconds; -1 where unknown.

    `settings`: by default those of the newest policy.
    """
    settings = settings or newest().ratings
    early = np.zeros(ratings.item.size, bool)
    if released is not None:
        early = ratings.time < released[ratings.item]
    open_ = ~early
    reasons = [
        Reason("before_release", item, rows, np.zeros(rows.size), None)
        for item in np.unique(ratings.item[early]).tolist()
        for rows in (_rows(ratings, item)[early[_rows(ratings, item)]],)
    ]
    calm = open_.copy()
    for burst in bursts(ratings, settings.bursts, open_):
        rows = np.arange(burst.begin, burst.end)
        if burst.crowded(settings.bursts):
            # Many raters of a burst are new accounts; they are compared with the burst's other
            # raters.
            calm[rows] = False
            reasons.append(Reason("crowd", burst.item, rows, np.ones(rows.size), burst))
        else:
            reasons.append(_reason("burst", ratings, rows[open_[rows]], burst))
    thin = ratings.history <= settings.throwaway.history
    for part in (calm, open_ & ~calm):
        for throwaway in throwaways(ratings, settings.throwaway, part):
            rows = _rows(ratings, throwaway.item)
            reasons.append(_reason("throwaway", ratings, rows[(thin & part)[rows]], throwaway))
    for group in coratings(ratings, settings.corating, open_):
        for item in np.unique(ratings.item[group.rows]).tolist():
            rows = group.rows[ratings.item[group.rows] == item]
            # A coordinated group counts as a single rating.
            reasons.append(Reason("group", item, rows, np.full(rows.size, 1 / rows.size), group))
    weight, unsure = np.ones(ratings.item.size), np.zeros(ratings.size.size)
    for reason in reasons:
        weight[reason.rows] = np.minimum(weight[reason.rows], reason.weight)
        if isinstance(reason.evidence, Burst | Throwaway) and reason.kind != "crowd":
            unsure[reason.item] += _unsure(ratings, reason, reason.evidence.excess)
    reasons.sort(key=lambda reason: reason.item)
    return Assessed(weight, tuple(reasons), means(ratings, weight, unsure))


def _rows(ratings: Ratings, item: int) -> Ints:
    return np.arange(ratings.bounds[item], ratings.bounds[item + 1])


def _reason(kind: Kind, ratings: Ratings, rows: Ints, evidence: Burst | Throwaway) -> Reason:
    """A reason over the rows on levels with an excess."""
    weight = evidence.excess.weight[ratings.level[rows]]
    less = weight < 1
    return Reason(kind, evidence.item, rows[less], weight[less], evidence)


def _unsure(ratings: Ratings, reason: Reason, excess: Excess) -> float:
    """Variance of the sum of ratings due to the Poisson count of those that would have come
    anyway.
    """
    mean = ratings.rating[_rows(ratings, reason.item)].mean()
    inside = excess.weight < 1
    rating = np.array([ratings.rating[reason.rows[ratings.level[reason.rows] == level]].mean()
                       for level in np.flatnonzero(inside)])  # fmt: skip
    return float(((excess.expected[inside] + 1) * (rating - mean) ** 2).sum())
