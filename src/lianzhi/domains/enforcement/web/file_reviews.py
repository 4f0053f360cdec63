"""Review of files: the samples of a quarter, and each file beside its sheet."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from lianzhi.domains.enforcement.desk.reviews import KINDS, hands
from lianzhi.domains.enforcement.nouns.penalty import Penalty
from lianzhi.domains.enforcement.nouns.visit import Permit
from lianzhi.domains.enforcement.queries import views
from lianzhi.domains.enforcement.supervision.sample import may_review, quarter
from lianzhi.domains.enforcement.supervision.sheets import Average, Kind, average
from lianzhi.domains.enforcement.web.page import Desk, Watcher, show
from lianzhi.domains.enforcement.web.supervision import watched_context
from lianzhi.kit.page import Look, missing, or_missing

router = APIRouter(prefix="/supervision")


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
        **watched_context(watched, standing.computing),
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


def _kind(kind: str) -> Kind:
    known = next((each for each in KINDS if each == kind), None)
    if known is None:
        raise missing()
    return known


def _file(desk: Desk, kind: Kind, identity: str) -> Penalty | Permit:
    with or_missing():
        loaded: Penalty | Permit = desk.reviews.file(kind, identity)
    return loaded


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
