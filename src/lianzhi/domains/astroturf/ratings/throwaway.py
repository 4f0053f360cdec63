"""Throw-away accounts: accounts with hardly any other ratings, whose ratings of an item differ.

Accounts without history rate slightly differently everywhere. Their expected ratings are therefore
those of the item's other accounts, times the usual odds between the two, estimated as a median over
items, so that no item's own accounts determine them.
"""

from typing import NamedTuple

import numpy as np

from lianzhi.domains.astroturf.policy.ratings import ThrowawaySettings
from lianzhi.domains.astroturf.ratings.excess import Excess, Tail, excess, log_tail, tails
from lianzhi.domains.astroturf.ratings.table import Floats, Mask, Ratings


class Throwaway(NamedTuple):
    """Accounts without history on one item."""

    item: int
    tail: Tail
    log_e: float
    """Logarithm of the expected number of such items by chance."""
    excess: Excess


def throwaways(ratings: Ratings, settings: ThrowawaySettings, open_: Mask) -> list[Throwaway]:
    """Items whose accounts without history rate unlike the others. `open_`: rows that count."""
    if ratings.levels.size < 2:
        return []
    thin = ratings.history <= settings.history
    seen, others = (_counts(ratings, open_ & part) for part in (thin, ~thin))
    odds = _odds(seen, others)
    usual = others.sum(0) / max(others.sum(), 1)
    inside, rest = seen.sum(1), others.sum(1)
    sides = tails(ratings.levels.size)
    log_e = np.zeros((len(sides), inside.size))
    for side, tail in enumerate(sides):
        marked = seen[:, tail.first : tail.last].sum(1)
        rest_marked = others[:, tail.first : tail.last].sum(1)
        bound = log_tail(inside, marked, inside + rest, marked + rest_marked)
        log_e[side] = bound + np.log(len(sides) * max(int((inside > 0).sum()), 1))
    results = []
    for item in np.flatnonzero(log_e.min(0, initial=0) < np.log(settings.by_chance)):
        side = int(log_e[:, item].argmin())
        excess_ = excess(seen[item], others[item] * odds, usual * odds, sides[side])
        if excess_.share >= settings.share:
            results.append(Throwaway(int(item), sides[side], float(log_e[side, item]), excess_))
    return results


def _counts(ratings: Ratings, rows: Mask) -> Floats:
    count = ratings.levels.size
    place = ratings.item[rows] * count + ratings.level[rows]
    counted: Floats = np.bincount(place, minlength=ratings.size.size * count).astype(np.float64)
    return counted.reshape(-1, count)


def _odds(seen: Floats, others: Floats) -> Floats:
    """Odds of each level with the first accounts against the others, over all items."""
    both = (seen.sum(1) > 0) & (others.sum(1) > 0)
    if not both.any():
        return np.ones(seen.shape[1])
    observed, rest = seen[both], others[both]
    # An item's contribution is capped at its usual number, so that one attack does not set the odds
    # for all.
    most = 2 * float(np.median(observed.sum(1)))
    observed = observed * np.minimum(1, most / observed.sum(1))[:, None]
    rest = rest / rest.sum(1)[:, None] * observed.sum(1)[:, None]
    ratio: Floats = (observed.sum(0) + 1) / (rest.sum(0) + 1)
    return ratio
