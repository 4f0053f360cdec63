"""Co-rating groups: accounts that repeatedly rate the same items high, or low, within the same
hours or days, and unlike everyone else.
"""

from typing import NamedTuple

import numpy as np

from lianzhi.accounts.groups import Group, groups
from lianzhi.accounts.groups import Settings as GroupSettings
from lianzhi.accounts.kernel import Actions
from lianzhi.domains.astroturf.policy.ratings import CoratingSettings
from lianzhi.domains.astroturf.ratings.table import Floats, Ints, Mask, Ratings

#: Prior of an account's leaning: this many additional neutral ratings.
_LEANING = 3
#: Largest correction for an account's leaning, in standard deviations: accounts that only attack
#: have one as well.
_MOST = 0.5


class Corating(NamedTuple):
    """A co-rating group, and the rows of its joint ratings."""

    group: Group
    rows: Ints
    pull: float
    """Mean deviation of its ratings from those of others, in standard deviations."""


def coratings(ratings: Ratings, settings: CoratingSettings, open_: Mask) -> list[Corating]:
    """Groups that rate together and pull items their way. `open_`: rows that count."""
    off = _off(ratings, open_)
    rows = np.flatnonzero(open_ & (np.abs(off) >= settings.pull))
    if not rows.size:
        return []
    sides = 2 * ratings.item[rows] + (off[rows] > 0)
    actions = Actions(ratings.account[rows], sides, np.arange(rows.size), ratings.time[rows])
    out = []
    for group in groups(actions, GroupSettings(settings.windows, settings.false)):
        mine = _joint(ratings, group, rows, off)
        pull = float(off[mine].mean()) if mine.size else 0.0
        if abs(pull) >= settings.pull and abs(pull) * mine.size**0.5 >= settings.sure:
            out.append(Corating(group, mine, pull))
    return out


def _off(ratings: Ratings, open_: Mask) -> Floats:
    """Deviation of each rating from its item's mean in standard deviations, less its account's mean
    deviation; 0 for rows that do not count.
    """
    weight = open_.astype(np.float64)
    count = np.maximum(np.bincount(ratings.item, weight, ratings.size.size), 1)
    mean = np.bincount(ratings.item, weight * ratings.rating, count.size) / count
    off = weight * (ratings.rating - mean[ratings.item])
    deviation = np.sqrt(np.bincount(ratings.item, off**2, count.size) / count)
    off /= np.maximum(deviation, 1e-9)[ratings.item]
    leaning = np.bincount(ratings.account, off) / (np.bincount(ratings.account, weight) + _LEANING)
    leaning = np.clip(leaning, -_MOST, _MOST)
    out: Floats = weight * (off - leaning[ratings.account])
    return out


def _joint(ratings: Ratings, group: Group, rows: Ints, off: Floats) -> Ints:
    sure = np.array([member.account for member in group.members])
    mine: list[int] = []
    for joint in group.joint:
        item, up = divmod(joint.object, 2)
        rows_ = rows[slice(*np.searchsorted(rows, ratings.bounds[item : item + 2]))]
        rows_ = rows_[(off[rows_] > 0) == up]
        mine += rows_[np.isin(ratings.account[rows_], np.intersect1d(sure, joint.members))].tolist()
    return np.unique(mine).astype(np.int64)
