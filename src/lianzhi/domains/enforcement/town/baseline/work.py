"""Inspections, day by day: enterprises and reasons, officers, and violations found."""

import datetime as dt
from collections import deque
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec

from lianzhi.domains.enforcement.town.baseline.chance import Chance, total
from lianzhi.domains.enforcement.town.baseline.people import Staff
from lianzhi.domains.enforcement.town.baseline.rows import (
    Enterprise,
    Grid,
    Inspection,
    Observer,
    Reason,
)
from lianzhi.domains.enforcement.town.baseline.rows import Request as Report
from lianzhi.domains.enforcement.town.baseline.settings import Frame
from lianzhi.domains.enforcement.town.baseline.workdays import day_of, month_after

JOINT = "joint"


class Visit(NamedTuple):
    """A planned visit with its reason."""

    enterprise: str
    reason: Reason
    scope: str
    """A department, `joint` for all of them, or empty for any."""


class SimulatedInspections(msgspec.Struct, frozen=True):
    """Inspections, and the probability that an ordinary pair finds a violation in each."""

    inspections: tuple[Inspection, ...]
    chances: dict[str, float]


def inspections(
    frame: Frame,
    enterprises: Sequence[Enterprise],
    all_grids: Sequence[Grid],
    staff: Staff,
    observers: Sequence[Observer],
    risks: Mapping[str, float],
    reports: Sequence[Report],
) -> SimulatedInspections:
    """All inspections of the town's months; violations lead to revisits and to lower risk."""
    chance = frame.chance("inspections")
    visits = planned(frame, enterprises, risks)
    for day, visit in _after_reports(frame, reports):
        visits.setdefault(day, []).append(visit)
    squad = _Squad(frame, chance, enterprises, all_grids, staff, observers, risks)
    inspections: list[Inspection] = []
    for day in frame.calendar.between(frame.first, frame.last):
        for number, visit in enumerate(visits.get(day, ())):
            inspection = squad.inspect(f"I{day:%Y%m%d}-{number + 1:02}", day, visit)
            inspections.append(inspection)
            if inspection.violations and chance.happens(frame.settings.work.revisited):
                soon = day + dt.timedelta(chance.whole(*frame.settings.work.revisit_days))
                back = frame.calendar.on_or_after(soon)
                scope = inspection.list.partition(".")[0]
                visits.setdefault(back, []).append(Visit(inspection.enterprise, "revisit", scope))
    return SimulatedInspections(tuple(inspections), squad.chances)


def planned(
    frame: Frame, enterprises: Sequence[Enterprise], risks: Mapping[str, float]
) -> dict[dt.date, list[Visit]]:
    """Random, risk-based and joint visits, month by month, within the yearly cap."""
    work, plan = frame.settings.work, _Plan(frame, enterprises)
    ranked = sorted(enterprises, key=lambda enterprise: (-risks[enterprise.id], enterprise.id))
    for month in range(frame.size.months):
        first, after = month_after(frame.first, month), month_after(frame.first, month + 1)
        worked = frame.calendar.between(first, after - dt.timedelta(1))
        plan.by_lot(worked, plan.chance.about(len(enterprises) * work.random))
        for _ in range(plan.chance.about(len(enterprises) * work.risk)):
            plan.add(worked, _high(plan.chance, ranked), "risk")
        for _ in range(plan.chance.about(len(enterprises) * work.joint)):
            plan.add(worked, _high(plan.chance, ranked), "joint", JOINT)
    return plan.visits


def _high(chance: Chance, ranked: Sequence[Enterprise]) -> Enterprise:
    """An enterprise, more likely from the head of the ranking."""
    place = chance.uniform()
    return ranked[int(place * place * len(ranked))]


class _Plan:
    """The visits of all months, and the number of each enterprise's visits per year."""

    def __init__(self, frame: Frame, enterprises: Sequence[Enterprise]) -> None:
        self.chance, self.cap = frame.chance("plans"), frame.settings.work.yearly_cap
        self.enterprises = enterprises
        self.deck: deque[Enterprise] = deque()
        self.had: dict[tuple[str, int], int] = {}
        self.visits: dict[dt.date, list[Visit]] = {}

    def add(
        self, worked: Sequence[dt.date], enterprise: Enterprise, reason: Reason, scope: str = ""
    ) -> bool:
        """Plan a visit on one of these days, if the enterprise may have another that year."""
        year = enterprise.id, worked[0].year
        if enterprise.opened >= worked[0] or self.had.get(year, 0) >= self.cap:
            return False
        self.had[year] = self.had.get(year, 0) + 1
        self.visits.setdefault(self.chance.pick(worked), []).append(
            Visit(enterprise.id, reason, scope)
        )
        return True

    def by_lot(self, worked: Sequence[dt.date], count: int) -> None:
        """Plan random visits from a shuffled deck of all enterprises, so that none is drawn twice
        before every other was. An enterprise that cannot be visited this month is put back on top.
        """
        back: list[Enterprise] = []
        while count and len(back) < len(self.enterprises):
            if not self.deck:
                self.deck.extend(self.chance.order(self.enterprises))
            enterprise = self.deck.popleft()
            if self.add(worked, enterprise, "random"):
                count -= 1
            else:
                back.append(enterprise)
        self.deck.extendleft(reversed(back))


def _after_reports(frame: Frame, reports: Sequence[Report]) -> list[tuple[dt.date, Visit]]:
    """Visits after reports about an enterprise, on a working day soon after."""
    chance, requested = frame.chance("asked"), []
    for report in reports:
        if report.enterprise is None or report.outcome in ("declined", "transferred"):
            continue
        if chance.happens(frame.settings.work.asked):
            day = frame.calendar.after(day_of(report.received_at), chance.whole(0, 2))
            department = frame.settings.categories[report.category].department
            requested.append((day, Visit(report.enterprise, "request", department)))
    return requested


class _Squad:
    """Sends pairs of officers, tracks rectifications, and finds violations."""

    def __init__(
        self,
        frame: Frame,
        chance: Chance,
        enterprises: Sequence[Enterprise],
        all_grids: Sequence[Grid],
        staff: Staff,
        observers: Sequence[Observer],
        risks: Mapping[str, float],
    ) -> None:
        self.frame, self.chance, self.staff, self.risks = frame, chance, staff, risks
        self.enterprises = {enterprise.id: enterprise for enterprise in enterprises}
        self.squads = {grid.id: grid.squad for grid in all_grids}
        self.volunteers = [observer.id for observer in observers if observer.kind == "volunteer"]
        self.rectified: dict[str, dt.date] = {}
        self.chances: dict[str, float] = {}

    def inspect(self, name: str, day: dt.date, visit: Visit) -> Inspection:
        """The inspection for a planned visit."""
        chance, work = self.chance, self.frame.settings.work
        party = self.enterprises[visit.enterprise]
        lines = self.lines(party.industry, visit.scope)
        scope, department = visit.scope, self.frame.settings.items[min(lines)].department
        if scope != JOINT:
            scope = department
        pair = tuple(chance.sample(self.staff.field[self.squads[party.grid]], 2))
        odds = self.odds(party.id, day, visit.reason)
        lean = total(self.staff.strictness[officer] for officer in pair) / 2.0
        violations = []
        clean = 1.0
        for item in sorted(lines):
            usual = odds * lines[item] / (1.0 - lines[item])
            clean /= 1.0 + usual
            if chance.happens(lean * usual / (1.0 + lean * usual)):
                violations.append(item)
        self.chances[name] = 1.0 - clean
        if violations:
            self.rectified[party.id] = day
        return Inspection(
            id=name,
            enterprise=party.id,
            day=day,
            department=department,
            list=f"{scope}.{party.industry}",
            reason=visit.reason,
            officers=pair,
            observers=self.along(party.grid, scope),
            scanned_in=True,
            minutes=chance.whole(*work.minutes) + work.minutes_per_line * len(lines),
            violations=tuple(violations),
        )

    def lines(self, industry: str, scope: str) -> dict[str, float]:
        """Items of one department's list, or of all departments if it has none."""
        items, known = self.frame.settings.industries[industry].items, self.frame.settings.items
        if scope == JOINT:
            return items
        own = {key: base for key, base in items.items() if known[key].department == scope}
        if own:
            return own
        department = known[self.chance.pick(tuple(items))].department
        return {key: base for key, base in items.items() if known[key].department == department}

    def odds(self, enterprise: str, day: dt.date, reason: Reason) -> float:
        """The enterprise's risk, reduced for a while after a rectification."""
        work = self.frame.settings.work
        odds = self.risks[enterprise]
        if before := self.rectified.get(enterprise):
            waited = (day - before).days
            back = waited / (waited + work.recovery_days)
            odds *= work.after_rectification + (1.0 - work.after_rectification) * back
        if reason == "risk":
            odds *= work.risk_reason_odds
        return odds * work.request_odds if reason == "request" else odds

    def along(self, grid: str, scope: str) -> tuple[str, ...]:
        """The accompanying observers: the grid's worker, or a volunteer."""
        work = self.frame.settings.work
        workers = [f"W{grid[1:]}"] if self.chance.happens(work.grid_worker_share) else []
        if scope in work.volunteer_departments and self.chance.happens(work.volunteer_share * 2):
            workers.append(self.chance.pick(self.volunteers))
        return tuple(workers)
