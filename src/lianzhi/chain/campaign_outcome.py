"""Outcome of a campaign: weekly series of the harm, its control and neighbours, and what they show.

Findings count in weeks from the campaign's first day. The week that is not over is shown and judged
by nobody.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from lianzhi.chain.campaign import Terms
from lianzhi.chain.campaign_figures import WEEK_MS
from lianzhi.chain.policy import load_policy
from lianzhi.stats.campaign.policy import JudgingPolicy

if TYPE_CHECKING:
    from lianzhi.stats.campaign.displacement import Displacement
    from lianzhi.stats.campaign.layout import Window
    from lianzhi.stats.campaign.verdict import Judgement
    from lianzhi.stats.campaign.weekly import Weekly

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
    # SciPy takes a second to load, and most pages do without.
    from lianzhi.stats.campaign.displacement import displacement  # noqa: PLC0415
    from lianzhi.stats.campaign.verdict import judge  # noqa: PLC0415

    if not 0 < series.start < series.whole:
        return None
    policy = _policy()
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
    from lianzhi.stats.campaign.rebound import ReboundWatch, watch  # noqa: PLC0415

    result = judged(series, terms)
    if result is None or result.judgement.detected != "fell":
        return None
    counts, window = _weeks(series, terms)
    if window.end is None or window.end >= series.whole:
        return None
    seen = watch(counts, window, _policy())
    if not isinstance(seen, ReboundWatch) or seen.alarm is None:
        return None
    return Return(seen.alarm - window.end + 1, series.harm[seen.alarm])


def _policy() -> JudgingPolicy:
    return load_policy("lianzhi.stats.campaign", JudgingPolicy).latest()[1]


def _weeks(series: WeeklySeries, terms: Terms) -> tuple[Weekly, Window]:
    """The weeks that are over, and when the campaign was among them."""
    from lianzhi.stats.campaign.layout import Window  # noqa: PLC0415
    from lianzhi.stats.campaign.weekly import weekly  # noqa: PLC0415

    whole, end = series.whole, series.start + weeks_of(terms)
    counts = weekly(
        series.harm[:whole],
        control=series.control[:whole] or None,
        neighbours={name: each[:whole] for name, each in series.neighbours.items()},
    )
    changes = tuple(week for week in series.changed_weeks if week < whole)
    return counts, Window(series.start, end if end <= whole else None, changes)
