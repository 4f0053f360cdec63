"""What the weekly series of a campaign show: the verdict, where the harm moved, a rebound."""

from typing import NamedTuple

import msgspec

from lianzhi.chain.campaign import Terms
from lianzhi.chain.campaign_outcome import WeeklySeries, weeks_of
from lianzhi.chain.policy import load_policy
from lianzhi.stats.campaign.displacement import Displacement, displacement
from lianzhi.stats.campaign.layout import Window
from lianzhi.stats.campaign.policy import JudgingPolicy
from lianzhi.stats.campaign.rebound import ReboundWatch, watch
from lianzhi.stats.campaign.verdict import Judgement, judge
from lianzhi.stats.campaign.weekly import Weekly, weekly


class Judged(NamedTuple):
    """The verdict on whole weeks, and whether the harm moved to neighbours where it fell."""

    judgement: Judgement
    moved: Displacement | None
    level: float
    """Coverage of the intervals."""


def judged(series: WeeklySeries, terms: Terms) -> Judged | None:
    """What whole weeks show.

    None before the first week is over, and where the record has no week before the campaign.
    """
    if not 0 < series.start < series.whole:
        return None
    policy = _policy(terms)
    counts, window = _weeks(series, terms)
    result = judge(counts, window, policy)
    moved = None
    if result.detected == "fell" and result.layout and result.change:
        moved = displacement(result.layout, result.change, policy)
    return Judged(result, moved, policy.level)


class Return(msgspec.Struct, frozen=True):
    """A week after the end in which the findings are known to have come back up."""

    week: int
    """Weeks since the end, from 1."""
    count: int
    """Findings of that week."""


def returned(series: WeeklySeries, terms: Terms) -> Return | None:
    """Where the findings that fell came back up after the end, see `stats.campaign.rebound`.

    None where they did not, where they had not fallen, and where the weeks bear no watch.
    """
    result = judged(series, terms)
    if result is None or result.judgement.detected != "fell":
        return None
    counts, window = _weeks(series, terms)
    if window.end is None or window.end >= series.whole:
        return None
    seen = watch(counts, window, _policy(terms))
    if not isinstance(seen, ReboundWatch) or seen.alarm is None:
        return None
    return Return(seen.alarm - window.end + 1, series.harm[seen.alarm])


def _policy(terms: Terms) -> JudgingPolicy:
    """The yardstick in force on the first day of a campaign: none that came later is put to it."""
    return load_policy("lianzhi.stats.campaign", JudgingPolicy).at(terms.since)[1]


def _weeks(series: WeeklySeries, terms: Terms) -> tuple[Weekly, Window]:
    """The weeks that are over, and when the campaign was among them."""
    whole, end = series.whole, series.start + weeks_of(terms)
    counts = weekly(
        series.harm[:whole],
        control=series.control[:whole] or None,
        neighbours={name: each[:whole] for name, each in series.neighbours.items()},
    )
    changes = tuple(week for week in series.changed_weeks if week < whole)
    return counts, Window(series.start, end if end <= whole else None, changes)
