"""Early warning: explainable points of a case that may turn into a dispute. Pure.

A case gets points for each fact that policy weighs; the sum gives its level. The weights are data,
and `calibration` shows what they are worth where outcomes are known.
"""

import datetime as dt
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Literal, NamedTuple, get_args

import msgspec

from lianzhi.domains.mediation.case_row import CaseRow
from lianzhi.stats.intervals import Interval, wilson

Key = Literal[
    "objections", "deadline_share", "fine_percentile", "strictness", "issues", "notice_missing",
    "defence_missing", "signature_refused", "earlier_disputes", "overlapping_inspections",
    "days_held", "storage_cost",
]  # fmt: skip
KEYS: tuple[Key, ...] = get_args(Key)
Level = Literal["none", "watch", "act"]
LEVELS: tuple[Level, ...] = get_args(Level)
Positive = Annotated[float, msgspec.Meta(gt=0)]


class Weight(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one fact counts; the TOML file explains the fields."""

    key: Key
    least: float
    weight: Positive
    each: Annotated[float, msgspec.Meta(ge=0)] = 0
    most: Positive | None = None

    def points(self, value: float) -> float:
        """Points of a value; 0 below `least`."""
        if value < self.least:
            return 0.0
        steps = int((value - self.least) / self.each + 1e-9) if self.each else 0
        points = self.weight * (1 + steps)
        return points if self.most is None else min(points, self.most)


class Levels(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Points from which a case is watched, and from which somebody acts."""

    watch: Positive
    act: Positive

    def __post_init__(self) -> None:
        if self.act <= self.watch:
            raise ValueError(f"levels.act is {self.act:g}; make it more than watch")


class WarningPolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One dated version of the weights."""

    least_like_cases: Annotated[int, msgspec.Meta(ge=2)]
    levels: Levels
    points: tuple[Weight, ...]

    def __post_init__(self) -> None:
        keys = [weight.key for weight in self.points]
        if twice := {key for key in keys if keys.count(key) > 1}:
            raise ValueError(f"points has {min(twice)} twice; keep one of them")

    def level(self, points: float) -> Level:
        """The level of a sum of points."""
        if points >= self.levels.act:
            return "act"
        return "watch" if points >= self.levels.watch else "none"


class Point(msgspec.Struct, frozen=True):
    """One reason: a fact, its value, and the points that it counts."""

    key: Key
    value: float
    points: float


class Warned(NamedTuple):
    """What policy says of a case."""

    points: tuple[Point, ...]
    """The most telling first."""
    score: float
    level: Level


def warn(
    case: CaseRow, policy: WarningPolicy, today: dt.date, percentile: float | None = None
) -> Warned:
    """The points of a case on a day; `percentile` is that of its fine among like cases."""
    facts = _facts(case, today, percentile)
    counted = (
        Point(weight.key, float(facts[weight.key]), weight.points(facts[weight.key]))
        for weight in policy.points
        if weight.key in facts
    )
    points = sorted((p for p in counted if p.points), key=lambda p: (-p.points, p.key))
    score = sum(point.points for point in points)
    return Warned(tuple(points), score, policy.level(score))


def _facts(case: CaseRow, today: dt.date, percentile: float | None) -> dict[Key, float]:
    """The value of each fact that is known. Time stops at the decision."""
    until = min(today, case.decided or today)
    facts: dict[Key, float] = {
        "objections": case.objections,
        "issues": len({*case.issues}),
        "notice_missing": case.notice_missing,
        "defence_missing": case.defence_missing,
        "signature_refused": case.signature_refused,
        "earlier_disputes": case.earlier_disputes,
        "overlapping_inspections": case.overlapping_inspections,
    }
    if case.due is not None:
        whole = max((case.due - case.opened).days, 1)
        facts["deadline_share"] = (until - case.opened).days / whole
    if percentile is not None:
        facts["fine_percentile"] = percentile
    if case.strictness is not None:
        facts["strictness"] = case.strictness
    if case.held_since is not None:
        facts["days_held"] = (today - case.held_since).days
    if case.storage_cost is not None:
        facts["storage_cost"] = float(case.storage_cost)
    return facts


class ItemFine(NamedTuple):
    """The fine of a case, in yuan, with the item that it was for."""

    case: str
    item: str
    fine: float


def item_fine(case: CaseRow) -> ItemFine | None:
    """What of a case is compared with like ones; None: it has no item, or no fine."""
    if not case.item or case.fine is None:
        return None
    return ItemFine(case.id, case.item, float(case.fine))


def fine_percentiles(fines: Iterable[ItemFine], least: int) -> dict[str, float]:
    """Mid-rank percentile (0 to 100) of each fine among those of its item, by case id.

    Items with fewer than `least` fines give none.
    """
    by_item: dict[str, list[ItemFine]] = defaultdict(list)
    for fine in fines:
        by_item[fine.item].append(fine)
    percentiles = {}
    for alike in by_item.values():
        if len(alike) < least:
            continue
        ordered = sorted(fine.fine for fine in alike)
        for fine in alike:
            below, upto = bisect_left(ordered, fine.fine), bisect_right(ordered, fine.fine)
            percentiles[fine.case] = 50 * (below + upto) / len(ordered)
    return percentiles


def warn_all(
    cases: Sequence[CaseRow],
    policy: WarningPolicy,
    today: dt.date,
    others: Sequence[ItemFine] = (),
) -> Mapping[str, Warned]:
    """The points of each case by id, fines compared among these cases and some others."""
    fines = (*others, *filter(None, map(item_fine, cases)))
    percentiles = fine_percentiles(fines, policy.least_like_cases)
    return {case.id: warn(case, policy, today, percentiles.get(case.id)) for case in cases}


class Calibrated(NamedTuple):
    """How many cases of a level became disputes, with the Wilson interval (95 %) of the share."""

    level: Level
    cases: int
    disputed: int
    interval: Interval


def calibration(cases: Iterable[CaseRow], warned: Mapping[str, Warned]) -> tuple[Calibrated, ...]:
    """Per level, cases whose outcome is known and those that were disputed."""
    counts = {level: [0, 0] for level in LEVELS}
    for case in cases:
        if case.disputed is not None:
            count = counts[warned[case.id].level]
            count[0] += 1
            count[1] += case.disputed
    return tuple(
        Calibrated(level, known, disputed, wilson(disputed, known))
        for level, (known, disputed) in counts.items()
    )
