"""Supervision: what the monitors ask, unlike treatment drawn, certificates, and review of files."""

import datetime as dt
from typing import Annotated, Any, NamedTuple

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from lianzhi.domains.enforcement.desk.reviews import KINDS, hands
from lianzhi.domains.enforcement.desk.watch import Standing, Watched
from lianzhi.domains.enforcement.inspection.like_cases import Pair
from lianzhi.domains.enforcement.nouns.penalty import Penalty
from lianzhi.domains.enforcement.nouns.register import Officer
from lianzhi.domains.enforcement.nouns.visit import Permit
from lianzhi.domains.enforcement.queries import tables, views
from lianzhi.domains.enforcement.supervision import funnel_plot
from lianzhi.domains.enforcement.supervision.alert import Alert
from lianzhi.domains.enforcement.supervision.look import GAPS
from lianzhi.domains.enforcement.supervision.monitors import MONITORS
from lianzhi.domains.enforcement.supervision.sample import days_of, may_review, quarter
from lianzhi.domains.enforcement.supervision.sheets import Average, Kind, average
from lianzhi.domains.enforcement.web.page import Desk, Leader, Supervisor, Watcher, show
from lianzhi.kit.form_values import Typed, prefixed
from lianzhi.kit.page import Cursor, Given, Look, done, missing, or_missing

router = APIRouter(prefix="/supervision")
ROWS = 50
#: Certificates that end within so many days are told.
SOON = 60
_PAIRS = 6
Short = Annotated[str, Typed, Form(max_length=80)]
#: Where the pages of nouns are; the others have none of their own.
PLACES = {
    "penalty": "/enforcement/penalties/{}",
    "inspection": "/enforcement/inspections/{}",
    "request": "/enforcement/requests/{}",
    "permit": "/enforcement/supervision/files/permit/{}",
}


class Lapse(NamedTuple):
    """An officer whose certificate is missing, over or ends soon."""

    officer: Officer
    days: int | None
    """Days that it is still good, below 0 since it ended; None: there is none."""


@router.get("")
def overview(request: Request, desk: Desk, user: Watcher) -> Response:
    """Everything at a glance."""
    standing = desk.watch.last()
    with desk.office.reading() as connection:
        officers = views.officers(connection)
    lapses = _lapses(officers, desk.office.today())
    samples = desk.reviews.samples()
    context = {
        **_asked(standing),
        "lapses": lapses,
        "today": desk.office.today(),
        "good": len(officers) - len(lapses),
        "samples": [(one, _marks(desk, one.kind, one.picked)) for one in samples],
        "quarters": _quarters(desk.office.today(), {(one.kind, one.quarter) for one in samples}),
    }
    return show(request, "supervision.html", **context)


@router.post("/anew")
def anew(desk: Desk, user: Supervisor) -> Response:
    """Run the monitors now."""
    desk.watch.last(recompute=True)
    return done("/enforcement/supervision", "anew")


@router.post("/certificates")
def certify(
    desk: Desk,
    user: Leader,
    officer: Short,
    certificate: Short,
    until: Annotated[dt.date, Form()],
) -> Response:
    """Renew the certificate of an officer."""
    with or_missing():
        desk.registers.certify(officer, certificate, until, user.name)
    return done("/enforcement/supervision", "certified")


@router.get("/computing")
def computing(desk: Desk, user: Watcher) -> Response:
    """For a page that waits: nothing while it is computed, then to load again."""
    there = desk.watch.last().watched is not None
    return Response(status_code=204, headers={"HX-Refresh": "true"} if there else {})


@router.get("/monitors/{monitor}")
def monitor(
    *,
    request: Request,
    desk: Desk,
    user: Watcher,
    look: Look,
    monitor: str,
    cursor: Cursor = "",
) -> Response:
    """The questions of one monitor, those furthest out first."""
    if all(one.__name__ != monitor for one in MONITORS):
        raise missing()
    standing = desk.watch.last()
    if standing.watched is None:
        return show(request, "computing.html")
    watched = standing.watched
    told = next(one for one in watched.report.monitors if one.monitor == monitor)
    start = int(cursor) if cursor.isdecimal() and len(cursor) < 8 else 0
    alerts = told.alerts[start : start + ROWS]
    parties = [name for one in alerts if one.noun == "enterprise" for name in one.ids]
    look("supervision", [name for one in alerts for name in one.ids])
    context = {
        **_watched(watched, standing.computing),
        "told": told,
        "asked": watched.look.policy.monitors[monitor],
        "alerts": alerts,
        "names": views.named(desk.office.ledger, parties),
        "cursor": f"{start + ROWS}" if start + ROWS < len(told.alerts) else "",
        "places": PLACES,
    }
    return show(request, "_alerts.html" if start else "monitor.html", **context)


# -- review of files ---------------------------------------------------------------------------


@router.post("/samples")
def draw(desk: Desk, user: Supervisor, kind: Short, quarter: Short) -> Response:
    """Draw the files of a quarter."""
    made = desk.reviews.draw(_kind(kind), quarter, user.name)
    return done(f"/enforcement/supervision/samples/{made.kind}/{made.quarter}", "drawn")


@router.get("/samples/{kind}/{quarter}")
def sample(
    request: Request, desk: Desk, user: Watcher, look: Look, kind: str, quarter: str
) -> Response:
    """The files of a sample, what they got, and the averages."""
    found = desk.reviews.drawn(_kind(kind), quarter)
    if found is None:
        raise missing()
    files = [desk.reviews.file(found.kind, identity) for identity in found.picked]
    look("supervision", [one.id for one in files])
    sheet = desk.reviews.sheet(found.kind)
    context = {
        "one": found,
        "files": files,
        "sheet": sheet,
        "items": {
            one.item: desk.office.rules.named(one.item, desk.office.today()) for one in files
        },
        "own": {one.id for one in files if not may_review(user.name, hands(one))},
        "averages": _averages(files),
        "departments": desk.office.rules.power(desk.office.today()).departments,
    }
    return show(request, "sample.html", **context)


@router.get("/files/{kind}/{file}")
def file(request: Request, desk: Desk, user: Watcher, look: Look, kind: str, file: str) -> Response:
    """A file beside its sheet; a form for who may review it."""
    one = _file(desk, _kind(kind), file)
    look("supervision", [one.id])
    party = one.party if isinstance(one, Penalty) else one.enterprise
    day = desk.office.today()
    standing = desk.watch.last()
    if standing.watched is None:
        return show(request, "computing.html")
    watched, report = standing.watched, standing.watched.report
    story = views.story(desk.office.ledger, one.id)
    context = {
        **_watched(watched, standing.computing),
        "kind": kind,
        "one": one,
        "name": views.named(desk.office.ledger, [party])[party],
        "item": desk.office.rules.named(one.item, day),
        "departments": desk.office.rules.power(day).departments,
        "sheet": desk.reviews.sheet(_kind(kind)),
        "shown": desk.reviews.shown(_kind(kind), one, report),
        "alerts": [alert for alert in report.alerts if one.id in alert.ids],
        "reviews": [step for step in story if step.kind == f"{kind}.file_reviewed"],
        "hand": not may_review(user.name, hands(one)),
        "over": not isinstance(one, Penalty) or one.status in ("closed", "archived"),
        "back": _sample_of(one),
    }
    return show(request, "sheet.html", **context)


@router.post("/files/{kind}/{file}")
def mark(desk: Desk, user: Supervisor, kind: str, file: str, form: Given) -> Response:
    """Mark a file."""
    _file(desk, _kind(kind), file)
    lost = {
        name: int(value)
        for name, value in prefixed(form, "lost.").items()
        if value.isdecimal() and len(value) < 4
    }
    desk.reviews.mark(_kind(kind), file, lost, user.name, str(form.get("words", "")))
    return done(f"/enforcement/supervision/files/{kind}/{file}", "marked")


def _kind(kind: str) -> Kind:
    found = next((one for one in KINDS if one == kind), None)
    if found is None:
        raise missing()
    return found


def _file(desk: Desk, kind: Kind, identity: str) -> Penalty | Permit:
    with or_missing():
        found: Penalty | Permit = desk.reviews.file(kind, identity)
    return found


def _asked(standing: Standing) -> dict[str, Any]:
    """What the monitors ask, and unlike treatment; nothing where it is being computed."""
    watched = standing.watched
    if watched is None:
        return {"computing": True}
    found = watched.report.monitors
    return {
        **_watched(watched, standing.computing),
        "loud": [one for one in found if one.alerts],
        "quiet": [one for one in found if not one.alerts],
        "most": max((len(one.alerts) for one in found), default=0),
        "funnel": funnel_plot.funnel(_inspectors(watched)),
        "pairs": _pairs(watched),
    }


def _watched(watched: Watched, computing: bool) -> dict[str, Any]:
    terms = watched.look.policy
    return {
        "computing": computing,
        "at": watched.at,
        "entries": watched.entries,
        "terms": terms.monitors,
        "say": lambda alert, language: _said(watched, alert, language),
    }


def _said(watched: Watched, alert: Alert, language: str) -> str:
    return watched.look.policy.question(alert, language)


def _inspectors(watched: Watched) -> tuple[Any, ...]:
    try:
        return watched.look.strictness.compared
    except GAPS:
        return ()


def _pairs(watched: Watched) -> tuple[Pair, ...]:
    try:
        return watched.look.fines.pairs[:_PAIRS]
    except ValueError:
        return ()


def _lapses(officers: list[Officer], today: dt.date) -> list[Lapse]:
    told = [Lapse(one, None if one.until is None else (one.until - today).days) for one in officers]
    some = [one for one in told if one.days is None or one.days <= SOON]
    return sorted(some, key=lambda one: (one.days is not None, one.days or 0, one.officer.id))


def _quarters(today: dt.date, drawn: set[tuple[Kind, str]]) -> list[tuple[Kind, str]]:
    """The last four quarters that are over and not drawn yet."""
    found: list[tuple[Kind, str]] = []
    day = today
    for _ in range(4):
        day = days_of(quarter(day))[0] - dt.timedelta(1)
        found += [(kind, quarter(day)) for kind in KINDS]
    return [one for one in found if one not in drawn]


def _marks(desk: Desk, kind: Kind, picked: tuple[str, ...]) -> Average | None:
    form: type[Penalty | Permit] = Penalty if kind == "penalty" else Permit
    table = tables.penalty if kind == "penalty" else tables.permit
    with desk.office.reading() as connection:
        files = [desk.office.load(connection, table, form, identity) for identity in picked]
    return average([one.marks for one in files if one.marks is not None])


def _averages(files: list[Penalty | Permit]) -> list[tuple[str, Average]]:
    """Mean marks of each department, and of all (under no name)."""
    names = sorted({one.department for one in files})
    found = []
    for name in ("", *names):
        marks = [
            one.marks for one in files if name in ("", one.department) and one.marks is not None
        ]
        mean = average(marks)
        if mean is not None:
            found.append((name, mean))
    return found


def _sample_of(one: Penalty | Permit) -> str:
    day = one.closed if isinstance(one, Penalty) else one.decided
    return quarter(day) if day is not None else ""
