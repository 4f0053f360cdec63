"""Anomalies of inspections and of officers. Each plants, and returns what a monitor should name."""

import datetime as dt
from collections import Counter

from lianzhi.domains.enforcement.town.anomalies.planting import Planting
from lianzhi.domains.enforcement.town.baseline.rows import Inspection, Penalty
from lianzhi.domains.enforcement.town.baseline.work import JOINT

PLANNED = ("random", "risk", "joint")


def strict_inspector(planting: Planting) -> list[str]:
    """An officer in whose presence the odds of finding something are `odds` times as high."""
    officer = _busy(planting)
    for visit in _with(planting, officer):
        usual, strict = _chances(planting, visit)
        if not visit.violations and planting.chance.happens((strict - usual) / (1.0 - usual)):
            planting.change("inspections", visit, violations=_found(planting, visit))
    planting.spend([officer])
    return [officer]


def lenient_inspector(planting: Planting) -> list[str]:
    """The reverse, with `odds` below 1: what they let pass never becomes a case."""
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
    """A certificate that ran out before about `count` of its officer's last visits."""
    officer = _busy(planting)
    visits = sorted(_with(planting, officer), key=lambda one: (one.day, one.id))
    if len(visits) < 2:
        return []
    first = visits[-min(planting.count, len(visits) - 1)]
    until = first.day - dt.timedelta(1)
    row = planting.bench.tables["officers"][officer]
    planting.change("officers", row, certificate_until=until)
    every = [one for one in planting.bench.rows("inspections") if officer in one.officers]
    late = [one.id for one in every if one.day > until]
    planting.spend(late)
    return late


def one_officer(planting: Planting) -> list[str]:
    """Visits by one officer alone that became a case nevertheless."""
    named = []
    for visit in planting.draw("inspections", lambda one: len(_untouched(planting, one)) == 1):
        case = planting.cases_of(visit)[0]
        alone = case.officers[:1]
        planting.change("inspections", visit, officers=alone)
        planting.change("penalties", case, officers=alone)
        named.append(visit.id)
    return named


def observer_as_officer(planting: Planting) -> list[str]:
    """An observer stands in the place of the second officer."""
    named = []
    for visit in planting.draw("inspections", lambda one: one.observers and _quiet(planting, one)):
        pair = visit.officers[0], visit.observers[0]
        planting.change("inspections", visit, officers=pair, observers=visit.observers[1:])
        named.append(visit.id)
    return named


def no_scan(planting: Planting) -> list[str]:
    """Visits that were not scanned in at the enterprise."""
    some = planting.draw("inspections", lambda one: True)
    return [planting.change("inspections", one, scanned_in=False).id for one in some]


def over_cap(planting: Planting) -> list[str]:
    """Enterprises with `least` to `most` planned visits more in the calendar year than others."""
    plant, frame, chance = planting.plant, planting.frame, planting.chance
    worked = frame.calendar.between(frame.first, frame.last)
    year = Counter(day.year for day in worked).most_common(1)[0][0]
    worked = tuple(day for day in worked if day.year == year)
    had = Counter(
        one.enterprise
        for one in planting.bench.rows("inspections")
        if one.day.year == year and one.reason in PLANNED
    )
    full = [
        one
        for one in planting.bench.town.enterprises
        if had[one.id] >= frame.settings.work.yearly_cap and one.id not in planting.bench.spent
    ]
    named = chance.some(full, planting.count)
    for party in named:
        squad = planting.bench.staff.field[planting.bench.grids[party.grid].squad]
        usual = [one for one in planting.bench.rows("inspections") if one.enterprise == party.id]
        for _ in range(chance.whole(int(plant.least), int(plant.most))):
            day, like = chance.pick(worked), chance.pick(usual)
            planting.change(
                "inspections",
                like,
                id=planting.number("inspections", "I", day),
                day=day,
                reason="risk",
                officers=tuple(chance.some(squad, 2)),
                observers=(),
                scanned_in=True,
                violations=(),
            )
    ids = [one.id for one in named]
    planting.spend(ids)
    return ids


def draw_avoids(planting: Planting) -> list[str]:
    """Enterprises that the lot never meets: their random visits did not take place."""
    drawn: dict[str, list[Inspection]] = {}
    for visit in planting.bench.rows("inspections"):
        if visit.reason == "random":
            drawn.setdefault(visit.enterprise, []).append(visit)
    cases = {one.inspection for one in planting.bench.rows("penalties")}
    spent = planting.bench.spent
    able = [
        name
        for name, visits in sorted(drawn.items())
        if name not in spent
        and planting.bench.parties[name].opened < planting.frame.first
        and not any(one.id in cases or one.id in spent or one.violations for one in visits)
    ]
    named = planting.chance.some(able, planting.count)
    for name in named:
        for visit in drawn[name]:
            planting.drop("inspections", visit.id)
    planting.spend(named)
    return named


def _busy(planting: Planting) -> str:
    """One of the busier officers in the field."""
    load = Counter(one for visit in planting.bench.rows("inspections") for one in visit.officers)
    return planting.chance.pick(planting.officers(lambda one: load[one]))


def _with(planting: Planting, officer: str) -> list[Inspection]:
    return planting.free("inspections", lambda one: officer in one.officers)


def _chances(planting: Planting, visit: Inspection) -> tuple[float, float]:
    """How likely an ordinary pair finds something, and one with `odds` times the odds."""
    usual = planting.bench.town.chances[visit.id]
    odds = planting.plant.odds * usual / (1.0 - usual)
    return usual, odds / (1.0 + odds)


def _found(planting: Planting, visit: Inspection) -> tuple[str, ...]:
    """One or two items of the visit's list."""
    scope, _, industry = visit.list.partition(".")
    settings = planting.frame.settings
    items = [
        item
        for item in settings.industries[industry].items
        if scope in (JOINT, settings.items[item].department)
    ]
    return tuple(sorted(planting.chance.some(items, planting.chance.whole(1, 2))))


def _untouched(planting: Planting, visit: Inspection) -> list[Penalty]:
    """The visit's cases, if no anomaly touches any."""
    cases = planting.cases_of(visit) if visit.violations else []
    return [] if any(one.id in planting.bench.spent for one in cases) else cases


def _quiet(planting: Planting, visit: Inspection) -> bool:
    """Whether no case came of the visit."""
    return not (visit.violations and planting.cases_of(visit))
