"""Anomalies of inspections and officers. Each function plants one and returns the ids to be
named.
"""

import datetime as dt
from collections import Counter

from lianzhi.domains.enforcement.town.anomalies.planting import Planting
from lianzhi.domains.enforcement.town.baseline.rows import Inspection, Penalty
from lianzhi.domains.enforcement.town.baseline.work import JOINT

PLANNED = ("random", "risk", "joint")


def strict_inspector(planting: Planting) -> list[str]:
    """An officer in whose presence the odds of a violation are `odds` times as high."""
    officer = _busy(planting)
    for visit in _with(planting, officer):
        usual, strict = _chances(planting, visit)
        if not visit.violations and planting.chance.happens((strict - usual) / (1.0 - usual)):
            planting.change("inspections", visit, violations=_violations(planting, visit))
    planting.spend([officer])
    return [officer]


def lenient_inspector(planting: Planting) -> list[str]:
    """The reverse, with `odds` below 1: violations not found never become cases."""
    officer = _busy(planting)
    for visit in _with(planting, officer):
        usual, lenient = _chances(planting, visit)
        if visit.violations and planting.chance.happens(1.0 - lenient / usual):
            for case in planting.cases_of(visit):
                planting.drop("penalties", case.id)
            planting.change("inspections", visit, violations=())
    planting.spend([officer])
    return [officer]


def expired_certificate(planting: Planting) -> list[str]:
    """A certificate that expired before about `count` of its officer's last visits."""
    officer = _busy(planting)
    visits = sorted(_with(planting, officer), key=lambda visit: (visit.day, visit.id))
    if len(visits) < 2:
        return []
    first = visits[-min(planting.count, len(visits) - 1)]
    until = first.day - dt.timedelta(1)
    row = planting.bench.tables["officers"][officer]
    planting.change("officers", row, certificate_until=until)
    every = [row for row in planting.bench.rows("inspections") if officer in row.officers]
    late = [visit.id for visit in every if visit.day > until]
    planting.spend(late)
    return late


def one_officer(planting: Planting) -> list[str]:
    """Visits by a single officer that nevertheless led to a case."""
    named = []
    for visit in planting.draw(
        "inspections", lambda visit_: len(_untouched(planting, visit_)) == 1
    ):
        case = planting.cases_of(visit)[0]
        alone = case.officers[:1]
        planting.change("inspections", visit, officers=alone)
        planting.change("penalties", case, officers=alone)
        named.append(visit.id)
    return named


def observer_as_officer(planting: Planting) -> list[str]:
    """Visits with an observer in place of the second officer."""
    named = []
    for visit in planting.draw(
        "inspections", lambda visit_: visit_.observers and _quiet(planting, visit_)
    ):
        pair = visit.officers[0], visit.observers[0]
        planting.change("inspections", visit, officers=pair, observers=visit.observers[1:])
        named.append(visit.id)
    return named


def no_scan(planting: Planting) -> list[str]:
    """Visits that were not scanned in at the enterprise."""
    chosen = planting.draw("inspections", lambda visit: True)
    return [planting.change("inspections", visit, scanned_in=False).id for visit in chosen]


def over_cap(planting: Planting) -> list[str]:
    """Enterprises with `least` to `most` more planned visits in the calendar year than the cap."""
    plant, frame, chance = planting.plant, planting.frame, planting.chance
    worked = frame.calendar.between(frame.first, frame.last)
    year = Counter(day.year for day in worked).most_common(1)[0][0]
    worked = tuple(day for day in worked if day.year == year)
    had = Counter(
        row.enterprise
        for row in planting.bench.rows("inspections")
        if row.day.year == year and row.reason in PLANNED
    )
    full = [
        enterprise
        for enterprise in planting.bench.town.enterprises
        if had[enterprise.id] >= frame.settings.work.yearly_cap
        and enterprise.id not in planting.bench.spent
    ]
    named = chance.sample(full, planting.count)
    for party in named:
        squad = planting.bench.staff.field[planting.bench.grids[party.grid].squad]
        usual = [row for row in planting.bench.rows("inspections") if row.enterprise == party.id]
        for _ in range(chance.whole(int(plant.least), int(plant.most))):
            day, like = chance.pick(worked), chance.pick(usual)
            planting.change(
                "inspections",
                like,
                id=planting.number("inspections", "I", day),
                day=day,
                reason="risk",
                officers=tuple(chance.sample(squad, 2)),
                observers=(),
                scanned_in=True,
                violations=(),
            )
    ids = [enterprise.id for enterprise in named]
    planting.spend(ids)
    return ids


def draw_avoids(planting: Planting) -> list[str]:
    """Enterprises that are never drawn: their random visits are removed."""
    drawn: dict[str, list[Inspection]] = {}
    for visit in planting.bench.rows("inspections"):
        if visit.reason == "random":
            drawn.setdefault(visit.enterprise, []).append(visit)
    cases = {row.inspection for row in planting.bench.rows("penalties")}
    spent = planting.bench.spent
    able = [
        name
        for name, visits in sorted(drawn.items())
        if name not in spent
        and planting.bench.parties[name].opened < planting.frame.first
        and not any(visit.id in cases or visit.id in spent or visit.violations for visit in visits)
    ]
    named = planting.chance.sample(able, planting.count)
    for name in named:
        for visit in drawn[name]:
            planting.drop("inspections", visit.id)
    planting.spend(named)
    return named


def _busy(planting: Planting) -> str:
    load = Counter(
        officer for visit in planting.bench.rows("inspections") for officer in visit.officers
    )
    return planting.chance.pick(planting.officers(lambda officer_: load[officer_]))


def _with(planting: Planting, officer: str) -> list[Inspection]:
    return planting.free("inspections", lambda visit: officer in visit.officers)


def _chances(planting: Planting, visit: Inspection) -> tuple[float, float]:
    """Probability of a violation for an ordinary pair, and at `odds` times the odds."""
    usual = planting.bench.town.chances[visit.id]
    odds = planting.plant.odds * usual / (1.0 - usual)
    return usual, odds / (1.0 + odds)


def _violations(planting: Planting, visit: Inspection) -> tuple[str, ...]:
    """One or two items of the visit's list."""
    scope, _, industry = visit.list.partition(".")
    settings = planting.frame.settings
    items = [
        item
        for item in settings.industries[industry].items
        if scope in (JOINT, settings.items[item].department)
    ]
    return tuple(sorted(planting.chance.sample(items, planting.chance.whole(1, 2))))


def _untouched(planting: Planting, visit: Inspection) -> list[Penalty]:
    """The visit's cases, or none if an anomaly has touched any of them."""
    cases = planting.cases_of(visit) if visit.violations else []
    return [] if any(case.id in planting.bench.spent for case in cases) else cases


def _quiet(planting: Planting, visit: Inspection) -> bool:
    """Whether the visit led to no case."""
    return not (visit.violations and planting.cases_of(visit))
