"""Throw-away accounts: who has rated hardly anything else, and rates one item as others don't.

Accounts without a past rate a little otherwise everywhere (who comes once is moved to it). What
they would give is therefore told by the others of the same item, times the usual odds between the
two; each item's own accounts without a past leave these odds alone in the median.
"""

from typing import NamedTuple

import numpy as np

from lianzhi.domains.astroturf.policy.ratings import ThrowawaySettings
from lianzhi.domains.astroturf.ratings.excess import Excess, Tail, excess, log_tail, tails
from lianzhi.domains.astroturf.ratings.table import Floats, Mask, Ratings


class Throwaway(NamedTuple):
    """Accounts without a past at one item."""

    item: int
    tail: Tail
    log_e: float
    """Logarithm of how many items so striking chance would show."""
    excess: Excess


def throwaways(ratings: Ratings, settings: ThrowawaySettings, open_: Mask) -> list[Throwaway]:
    """Items that accounts without a past rate otherwise than others do. `open_`: what counts."""
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
    found = []
    for item in np.flatnonzero(log_e.min(0, initial=0) < np.log(settings.by_chance)):
        side = int(log_e[:, item].argmin())
        held = excess(seen[item], others[item] * odds, usual * odds, sides[side])
        if held.share >= settings.share:
            found.append(Throwaway(int(item), sides[side], float(log_e[side, item]), held))
    return found


def _counts(ratings: Ratings, rows: Mask) -> Floats:
    """Ratings of each item on each level."""
    count = ratings.levels.size
    place = ratings.item[rows] * count + ratings.level[rows]
    counted: Floats = np.bincount(place, minlength=ratings.size.size * count).astype(np.float64)
    return counted.reshape(-1, count)


def _odds(seen: Floats, others: Floats) -> Floats:
    """By how much each level is more usual with the first than with the others, all items alike."""
    both = (seen.sum(1) > 0) & (others.sum(1) > 0)
    if not both.any():
        return np.ones(seen.shape[1])
    some, rest = seen[both], others[both]
    # An item counts by at most as many as it usually has, lest one attack set the odds for all.
    most = 2 * float(np.median(some.sum(1)))
    some = some * np.minimum(1, most / some.sum(1))[:, None]
    rest = rest / rest.sum(1)[:, None] * some.sum(1)[:, None]
    ratio: Floats = (some.sum(0) + 1) / (rest.sum(0) + 1)
    return ratio
