"""Outcome of a campaign: weekly series of the harm, its control and neighbours, and what they show.

Findings count in weeks from the campaign's first day. The week that is not over is shown and judged
by nobody.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec

from lianzhi.chain.campaign import Terms
from lianzhi.chain.campaign_figures import WEEK_MS
from lianzhi.chain.policy import load_policy
from lianzhi.chain.revisit import rebound
from lianzhi.stats.campaign.policy import JudgingPolicy

if TYPE_CHECKING:
    from lianzhi.stats.campaign.verdict import Judgement

#: Weeks before the start that are looked at, where the record reaches back so far.
WEEKS_BEFORE = 130


class Changed(msgspec.Struct, frozen=True):
    """A change of lexicon, rule or policy by which findings are made."""

    at: int
    index: int
    kind: str


class WeeklySeries(msgspec.Struct, frozen=True, kw_only=True):
    """Counts by week, oldest first; all of the same weeks."""

    since: int
    """When the first week begins, Unix ms."""
    start: int
    """The campaign's first week."""
    whole: int
    """How many of the weeks are over."""
    harm: Sequence[int]
    control: Sequence[int] = ()
    """Empty: there is none."""
    neighbours: Mapping[str, Sequence[int]] = {}
    changes: Sequence[Changed] = ()

    @property
    def changed_weeks(self) -> tuple[int, ...]:
        """First week under each change: the first that begins with it in force."""
        return tuple(sorted({-((self.since - each.at) // WEEK_MS) for each in self.changes}))


def weeks_of(terms: Terms) -> int:
    """How many weeks a campaign takes, the last one perhaps in part."""
    return -((terms.since - terms.until) // WEEK_MS)


def judgement(series: WeeklySeries, terms: Terms) -> tuple[Judgement, float] | None:
    """The verdict on whole weeks with the level of its intervals.

    None before the first week is over, and where the record has no week before the campaign.
    """
    # SciPy takes a second to load, and most pages do without.
    from lianzhi.stats.campaign.layout import Window  # noqa: PLC0415
    from lianzhi.stats.campaign.verdict import judge  # noqa: PLC0415
    from lianzhi.stats.campaign.weekly import weekly  # noqa: PLC0415

    whole, start = series.whole, series.start
    if not 0 < start < whole:
        return None
    end = start + weeks_of(terms)
    policy = load_policy("lianzhi.stats.campaign", JudgingPolicy).latest()[1]
    counts = weekly(
        series.harm[:whole],
        control=series.control[:whole] or None,
        neighbours={name: each[:whole] for name, each in series.neighbours.items()},
    )
    changes = tuple(week for week in series.changed_weeks if week < whole)
    window = Window(start, end if end <= whole else None, changes)
    return judge(counts, window, policy), policy.level


class Return(msgspec.Struct, frozen=True):
    """A week after the end with more findings than the campaign's own weeks let expect."""

    week: int
    """Weeks since the end, from 1."""
    count: int
    bound: float


def returned(series: WeeklySeries, terms: Terms) -> Return | None:
    """The first whole week after the end that is a rebound, until the watch ends.

    A week is one above the 1 - alpha / (weeks of the watch) quantile of what the campaign's own
    weeks predict for a Poisson count. Counts that vary more than that raise false alarms more
    often.
    """
    end = series.start + weeks_of(terms)
    calm = series.harm[series.start : end]
    policy = load_policy("lianzhi.stats.campaign", JudgingPolicy).latest()[1]
    alpha = policy.rebound.alpha / terms.watch_weeks
    last = min(series.whole, end + terms.watch_weeks)
    for week in range(end, last):
        watch = rebound(calm, (), (series.harm[week],), alpha)
        if watch.alarms[0]:
            return Return(week - end + 1, series.harm[week], watch.upperbound)
    return None
