"""A town as its files tell it, and what breaks the rules in them: written apart from the simulator,
with `chinese_calendar` for working days.
"""

import csv
import datetime as dt
import io
import json
from collections import Counter, defaultdict
from functools import cache
from types import SimpleNamespace

import chinese_calendar

from lianzhi.domains.enforcement.town.writing import documents

DAYS = {
    *("opened", "certificate_until", "day", "act_day", "filed", "noticed", "hearing_requested"),
    *("heard", "reviewed", "decided", "served", "paid", "published", "closed", "reconsideration"),
    *("applied", "accepted"),
}
STEPS = ("filed", "noticed", "hearing_requested", "heard", "reviewed", "decided", "served")


def read(town):
    """Name of the file -> its rows, as dictionaries with days and times."""
    files = documents(town)
    tables = {
        name.removesuffix(".csv"): [
            SimpleNamespace(**{key: value(key, text) for key, text in row.items()})
            for row in csv.DictReader(io.StringIO(content.decode()))
        ]
        for name, content in files.items()
        if name.endswith(".csv")
    }
    return SimpleNamespace(**tables, grids=json.loads(files["grids.geojson"])["features"])


def value(key, text):
    if key in ("officers", "observers", "violations"):
        return text.split(";") if text else []
    if not text:
        return None
    if key.endswith("_at"):
        assert text.endswith("+08:00")
        return dt.datetime.fromisoformat(text)
    if key in DAYS:
        return dt.date.fromisoformat(text)
    if key in ("fine", "amount_paid", "staff", "minutes", "fine_least", "fine_most"):
        return int(text)
    if key in ("lon", "lat"):
        return float(text)
    if key == "facts":
        return json.loads(text)
    return {"true": True, "false": False}.get(text, text)


@cache
def worked(day):
    return chinese_calendar.is_workday(day)


@cache
def working_days(after, until):
    """Days worked after one day, up to and with another."""
    ordinals = range(after.toordinal() + 1, until.toordinal() + 1)
    return sum(worked(dt.date.fromordinal(day)) for day in ordinals)


def named(rows, test):
    return {row.id for row in rows if test(row)}


def two_years_before(day):
    return day.replace(year=day.year - 2, day=min(day.day, 28))


def breaches(files):
    """Anomaly -> the ids that break its rule, for all rules that a single look decides."""
    until = {row.id: row.certificate_until for row in files.officers}
    most = {row.id: row.fine_most for row in files.items}
    visits, cases, asked = files.inspections, files.penalties, files.requests
    acts, years, drawn = defaultdict(list), Counter(), set()
    for case in cases:
        acts[case.enterprise, case.item, case.act_day].append(case.id)
    for visit in visits:
        if visit.reason in ("random", "risk", "joint"):
            years[visit.enterprise, visit.day.year] += 1
        if visit.reason == "random":
            drawn.add(visit.enterprise)
    old = min((visit.day for visit in visits), default=dt.date.min)
    grids = {grid["id"] for grid in files.grids}
    return {
        "one_officer": named(visits, lambda v: len(v.officers) < 2),
        "observer_as_officer": named(visits, lambda v: any(o not in until for o in v.officers)),
        "expired_certificate": named(
            visits, lambda v: any(until.get(o, v.day) < v.day for o in v.officers)
        ),
        "no_scan": named(visits, lambda v: not v.scanned_in),
        "over_cap": {who for (who, _), count in years.items() if count > 2},
        "draw_avoids": {e.id for e in files.enterprises if e.opened < old} - drawn,
        "no_legal_review": named(cases, lambda c: c.decided and not c.reviewed),
        "decided_early": named(
            cases,
            lambda c: c.decided and not c.heard and working_days(c.noticed, c.decided) <= 5,
        ),
        "decided_late": named(cases, lambda c: c.decided and (c.decided - c.filed).days > 90),
        "served_late": named(cases, lambda c: c.served and working_days(c.decided, c.served) > 7),
        "published_late": named(
            cases, lambda c: c.published and working_days(c.decided, c.published) > 7
        ),
        "fine_above_most": named(cases, lambda c: c.fine and c.fine > most[c.item]),
        "limitation_over": named(cases, lambda c: c.act_day < two_years_before(c.filed)),
        "double_fine": {one for ids in acts.values() if len(ids) > 1 for one in ids},
        "closed_unpaid": named(
            cases, lambda c: c.closed and c.fine and not c.paid and not c.overturned
        ),
        "disposed_before_accepted": named(
            asked, lambda r: r.disposed_at and r.accepted_at and r.disposed_at < r.accepted_at
        ),
        "undispatched_grid": grids - {r.grid for r in asked if r.dispatched_at},
    }
