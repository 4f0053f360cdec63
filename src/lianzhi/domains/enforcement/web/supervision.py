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
from lianzhi.kit.noun_tables import NounTable
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
        **_monitor_context(standing),
        "lapses": lapses,
        "today": desk.office.today(),
        "good": len(officers) - len(lapses),
        "samples": [(each, _marks(desk, each.kind, each.picked)) for each in samples],
        "quarters": _quarters(desk.office.today(), {(each.kind, each.quarter) for each in samples}),
    }
    return show(request, "supervision.html", **context)


@router.post("/anew")
def run_monitors(desk: Desk, user: Supervisor) -> Response:
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
    if all(each.__name__ != monitor for each in MONITORS):
        raise missing()
    standing = desk.watch.last()
    if standing.watched is None:
        return show(request, "computing.html")
    watched = standing.watched
    result = next(each for each in watched.report.monitors if each.monitor == monitor)
    start = int(cursor) if cursor.isdecimal() and len(cursor) < 8 else 0
    alerts = result.alerts[start : start + ROWS]
    parties = [name for alert in alerts if alert.noun == "enterprise" for name in alert.ids]
    look("supervision", [name for alert in alerts for name in alert.ids])
    context = {
        **_watched(watched, standing.computing),
        "result": result,
        "policy": watched.look.policy.monitors[monitor],
        "alerts": alerts,
        "names": views.named(desk.office.ledger, parties),
        "cursor": f"{start + ROWS}" if start + ROWS < len(result.alerts) else "",
        "places": PLACES,
    }
    return show(request, "_alerts.html" if start else "monitor.html", **context)


# -- review of files ---------------------------------------------------------------------------


@router.post("/samples")
def draw(desk: Desk, user: Supervisor, kind: Short, quarter: Short) -> Response:
    """Draw the files of a quarter."""
    drawn = desk.reviews.draw(_kind(kind), quarter, user.name)
    return done(f"/enforcement/supervision/samples/{drawn.kind}/{drawn.quarter}", "drawn")


@router.get("/samples/{kind}/{quarter}")
def sample(
    request: Request, desk: Desk, user: Watcher, look: Look, kind: str, quarter: str
) -> Response:
    """The files of a sample, what they got, and the averages."""
    drawn = desk.reviews.drawn(_kind(kind), quarter)
    if drawn is None:
        raise missing()
    files = [desk.reviews.file(drawn.kind, identity) for identity in drawn.picked]
    look("supervision", [each.id for each in files])
    sheet = desk.reviews.sheet(drawn.kind)
    context = {
        "sample": drawn,
        "files": files,
        "sheet": sheet,
        "items": {
            each.item: desk.office.rules.named(each.item, desk.office.today()) for each in files
        },
        "own": {each.id for each in files if not may_review(user.name, hands(each))},
        "averages": _averages(files),
        "departments": desk.office.rules.power(desk.office.today()).departments,
    }
    return show(request, "sample.html", **context)


@router.get("/files/{kind}/{file}")
def file(request: Request, desk: Desk, user: Watcher, look: Look, kind: str, file: str) -> Response:
    """A file beside its sheet; a form for who may review it."""
    reviewed = _file(desk, _kind(kind), file)
    look("supervision", [reviewed.id])
    party = reviewed.party if isinstance(reviewed, Penalty) else reviewed.enterprise
    day = desk.office.today()
    standing = desk.watch.last()
    if standing.watched is None:
        return show(request, "computing.html")
    watched, report = standing.watched, standing.watched.report
    story = views.story(desk.office.ledger, reviewed.id)
    context = {
        **_watched(watched, standing.computing),
        "kind": kind,
        "file": reviewed,
        "name": views.named(desk.office.ledger, [party])[party],
        "item": desk.office.rules.named(reviewed.item, day),
        "departments": desk.office.rules.power(day).departments,
        "sheet": desk.reviews.sheet(_kind(kind)),
        "shown": desk.reviews.shown(_kind(kind), reviewed, report),
        "alerts": [alert for alert in report.alerts if reviewed.id in alert.ids],
        "reviews": [step for step in story if step.kind == f"{kind}.file_reviewed"],
        "hand": not may_review(user.name, hands(reviewed)),
        "over": not isinstance(reviewed, Penalty) or reviewed.status in ("closed", "archived"),
        "back": _sample_of(reviewed),
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
    known = next((each for each in KINDS if each == kind), None)
    if known is None:
        raise missing()
    return known


def _file(desk: Desk, kind: Kind, identity: str) -> Penalty | Permit:
    with or_missing():
        loaded: Penalty | Permit = desk.reviews.file(kind, identity)
    return loaded


def _monitor_context(standing: Standing) -> dict[str, Any]:
    """What the monitors ask, and unlike treatment; nothing where it is being computed."""
    watched = standing.watched
    if watched is None:
        return {"computing": True}
    monitors = watched.report.monitors
    return {
        **_watched(watched, standing.computing),
        "loud": [each for each in monitors if each.alerts],
        "quiet": [each for each in monitors if not each.alerts],
        "most": max((len(each.alerts) for each in monitors), default=0),
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
        "question": lambda alert, language: _question(watched, alert, language),
    }


def _question(watched: Watched, alert: Alert, language: str) -> str:
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
    lapses = [
        Lapse(officer, None if officer.until is None else (officer.until - today).days)
        for officer in officers
    ]
    shown = [lapse for lapse in lapses if lapse.days is None or lapse.days <= SOON]
    return sorted(
        shown, key=lambda lapse: (lapse.days is not None, lapse.days or 0, lapse.officer.id)
    )


def _quarters(today: dt.date, drawn: set[tuple[Kind, str]]) -> list[tuple[Kind, str]]:
    """The last four quarters that are over and not drawn yet."""
    quarters: list[tuple[Kind, str]] = []
    day = today
    for _ in range(4):
        day = days_of(quarter(day))[0] - dt.timedelta(1)
        quarters += [(kind, quarter(day)) for kind in KINDS]
    return [each for each in quarters if each not in drawn]


def _marks(desk: Desk, kind: Kind, picked: tuple[str, ...]) -> Average | None:
    table: NounTable[Any] = tables.penalty if kind == "penalty" else tables.permit
    with desk.office.reading() as connection:
        files = [table.load(connection, identity) for identity in picked]
    return average([file.marks for file in files if file.marks is not None])


def _averages(files: list[Penalty | Permit]) -> list[tuple[str, Average]]:
    """Mean marks of each department, and of all (under no name)."""
    names = sorted({file.department for file in files})
    means = []
    for name in ("", *names):
        marks = [
            file.marks for file in files if name in ("", file.department) and file.marks is not None
        ]
        mean = average(marks)
        if mean is not None:
            means.append((name, mean))
    return means


def _sample_of(file: Penalty | Permit) -> str:
    day = file.closed if isinstance(file, Penalty) else file.decided
    return quarter(day) if day is not None else ""
