"""Co-rating groups: accounts that again and again rate the same within the same hours or days, and
otherwise than everybody else does."""

from typing import NamedTuple

import numpy as np

from lianzhi.accounts.groups import Group, groups
from lianzhi.accounts.groups import Settings as GroupSettings
from lianzhi.accounts.kernel import Actions
from lianzhi.domains.astroturf.ratings.table import Ints, Mask, Ratings

HOUR = 3_600_000


class CoratingSettings(NamedTuple):
    """What counts as a co-rating group. Fitted as `BurstSettings`."""

    windows: tuple[int, ...] = (HOUR, 6 * HOUR, 48 * HOUR)
    """Milliseconds within which joint ratings are looked for."""
    false: float = 0.05
    """Part of the groups told that chance may have made, at most."""
    pull: float = 1.0
    """By how many standard deviations of an item's other ratings the group's are off on average, at
    least, all of its items together: who shares a taste is off to both sides."""
    sure: float = 4.0
    """By how many of its standard errors that is."""


class Corating(NamedTuple):
    """A group, and the rows of its joint ratings."""

    group: Group
    rows: Ints
    pull: float
    """Mean distance of its ratings from those of others, in standard deviations."""


def coratings(ratings: Ratings, settings: CoratingSettings, open_: Mask) -> list[Corating]:
    """Groups that rate together and pull items their way."""
    rows = np.flatnonzero(open_)
    if not rows.size:
        return []
    count = ratings.levels.size
    what = ratings.item[rows] * count + ratings.level[rows]
    actions = Actions(ratings.account[rows], what, np.arange(rows.size), ratings.time[rows])
    found = groups(actions, GroupSettings(settings.windows, settings.false))
    told = [_pulling(ratings, group, open_) for group in found]
    return [
        one
        for one in told
        if abs(one.pull) >= settings.pull and abs(one.pull) * one.rows.size**0.5 >= settings.sure
    ]


def _pulling(ratings: Ratings, group: Group, open_: Mask) -> Corating:
    mine: list[int] = []
    off: list[float] = []
    sure = np.array([one.account for one in group.members])
    for joint in group.joint:
        item = joint.object // ratings.levels.size
        rows = np.arange(ratings.bounds[item], ratings.bounds[item + 1])
        rows = rows[open_[rows]]
        inside = np.isin(ratings.account[rows], np.intersect1d(sure, joint.members))
        others = ratings.rating[rows[~inside]]
        if others.size > 1 and others.std() > 0:
            mine += rows[inside].tolist()
            off += ((ratings.rating[rows[inside]] - others.mean()) / others.std()).tolist()
    return Corating(group, np.unique(mine).astype(np.int64), float(np.mean(off)) if off else 0.0)
