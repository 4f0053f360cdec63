"""Year on year: what a change of counts says, per group and per unit of effort.

Intervals are exact for independent events. Pests that come in clusters, such as several of one
consignment, vary more: count consignments in place of pests then.
"""

from collections.abc import Sequence
from typing import NamedTuple

from lianzhi.domains.biosecurity.figure_tables import PeriodCount
from lianzhi.stats.multiplicity import holm
from lianzhi.stats.rate_change import RateChange, rate_change


class GroupChange(NamedTuple):
    """The change of one group, or of all together."""

    group: str
    """Empty: all groups together."""
    change: RateChange
    adjusted_p: float | None
    """p-value after Holm's correction for the number of groups; None where there is one only."""


def changes(
    rows: Sequence[PeriodCount], before: str, after: str, level: float = 0.95
) -> list[GroupChange]:
    """All groups together, then each group where there are several, in order of their names.

    `before` and `after` are periods, or their beginnings: `2025` takes in `2025-03`. A group that
    has no row in a period counts 0 there. Effort of a group is known where each of its rows has it.
    Raises ValueError where a period has no rows, or the two have different months.
    """
    early = [row for row in rows if row.period.startswith(before)]
    late = [row for row in rows if row.period.startswith(after)]
    for period, matching in ((before, early), (after, late)):
        if not matching:
            raise ValueError(f"no row has the period {period}; the file has {_known(rows)}")
    _check_alike(early, late, before, after)
    total = _change(early, late, level)
    groups = sorted({row.group for row in [*early, *late]})
    if len(groups) == 1:
        return [GroupChange(groups[0], total, None)]
    single = [
        _change([r for r in early if r.group == g], [r for r in late if r.group == g], level)
        for g in groups
    ]
    adjusted = holm([change.judged.p for change in single])
    return [
        GroupChange("", total, None),
        *map(GroupChange, groups, single, map(float, adjusted)),
    ]


def last_two_years(rows: Sequence[PeriodCount]) -> tuple[str, str]:
    """The last two years that the periods begin with. Raises ValueError where there is one."""
    years = sorted({row.period[:4] for row in rows})
    if len(years) < 2:
        raise ValueError(f"the file has the year {years[0]} only; give a year to compare with")
    return years[-2], years[-1]


def _change(early: Sequence[PeriodCount], late: Sequence[PeriodCount], level: float) -> RateChange:
    before, after = _effort(early), _effort(late)
    effort = None if before is None or after is None else (before, after)
    return rate_change(sum(r.count for r in early), sum(r.count for r in late), effort, level)


def _effort(rows: Sequence[PeriodCount]) -> float | None:
    efforts = [row.effort for row in rows if row.effort is not None]
    return sum(efforts) if rows and len(efforts) == len(rows) else None


def _check_alike(
    early: Sequence[PeriodCount], late: Sequence[PeriodCount], before: str, after: str
) -> None:
    """Raise ValueError where one period has parts, such as months, that the other lacks."""
    parts = {row.period.removeprefix(before) for row in early}
    later = {row.period.removeprefix(after) for row in late}
    for period, missing in ((after, parts - later), (before, later - parts)):
        if missing:
            names = ", ".join(f"{period}{part}" for part in sorted(missing)[:5])
            raise ValueError(f"there is no row for {names}; give one, with 0 if nothing was found")


def _known(rows: Sequence[PeriodCount]) -> str:
    periods = sorted({row.period for row in rows})
    return ", ".join(periods[:5]) + (", ..." if len(periods) > 5 else "")
