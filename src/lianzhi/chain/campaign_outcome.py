"""Outcome of a campaign: weekly series of the harm, its control and neighbours.

Findings count in weeks from the campaign's first day, in the week in which their incident began.
Some are made weeks later, so the latest weeks may still grow; `delays` tell by how much. The week
that is not over is shown and judged by nobody.
"""

from collections.abc import Mapping, Sequence

import msgspec

from lianzhi.chain.campaign import Terms
from lianzhi.chain.campaign_figures import WEEK_MS

#: Weeks before the start that are looked at, where the record reaches back so far.
WEEKS_BEFORE = 130
#: Weeks from an incident to its finding that are told apart.
LONGEST_DELAY = 12


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
    delays: Sequence[Sequence[int]] = ()
    """Of whole weeks, findings of the harm by weeks from the incident to the finding, from 0 to
    LONGEST_DELAY, where those of more weeks stand too; empty: not counted."""
    control_delays: Sequence[Sequence[int]] = ()

    @property
    def changed_weeks(self) -> tuple[int, ...]:
        """First week under each change: the first that begins with it in force."""
        return tuple(sorted({-((self.since - each.at) // WEEK_MS) for each in self.changes}))


def weeks_of(terms: Terms) -> int:
    """How many weeks a campaign takes, the last one perhaps in part."""
    return -((terms.since - terms.until) // WEEK_MS)
