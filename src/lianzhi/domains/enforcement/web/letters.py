"""Letters: docking between squads and departments both ways, and supervision letters."""

from typing import Any, NamedTuple

from fastapi import APIRouter, Request
from fastapi.responses import Response

from lianzhi.domains.enforcement.acts.letter import LETTER
from lianzhi.domains.enforcement.desk.letters import OFFICE, POWERS, Powers
from lianzhi.domains.enforcement.nouns.letter import KINDS, SUPERVISION, Letter
from lianzhi.domains.enforcement.papers import agency
from lianzhi.domains.enforcement.queries import tables, views
from lianzhi.domains.enforcement.web.page import Desk, Hand, Reader, show
from lianzhi.kit.acts import offers
from lianzhi.kit.page import Cursor, Look, QueryText, language_of, or_missing

router = APIRouter(prefix="/letters")
STATUSES = ("waiting", "sent", "received", "answered", "refused", "all")


class Due(NamedTuple):
    """How the clock of an answer stands."""

    last_day: Any
    status: str
    left: int
    """Working days until the last day; below 0: calendar days late."""


@router.get("")
def listed(
    *,
    request: Request,
    desk: Desk,
    user: Reader,
    look: Look,
    status: QueryText = "waiting",
    cursor: Cursor = "",
) -> Response:
    """The list, or with a cursor its next rows."""
    status = status if status in STATUSES else "waiting"
    with desk.office.reading() as connection:
        page = views.letters(connection, "" if status == "all" else status, cursor)
        counts = tables.letter.counts(connection, "status")
    look("letters", [letter.id for letter in page.rows])
    counts["waiting"] = counts.get("sent", 0) + counts.get("received", 0)
    context = {
        "page": page,
        "status": status,
        "statuses": STATUSES,
        "counts": counts,
        "due": {letter.id: _due(desk, letter) for letter in page.rows},
        "bodies": desk.letters.bodies(),
    }
    return show(request, "_letters.html" if cursor else "letters.html", **context)


@router.get("/new")
def new(
    request: Request,
    desk: Desk,
    user: Hand,
    kind: QueryText = "",
    ref: QueryText = "",
    to: QueryText = "",
) -> Response:
    """The form; `ref` is the file that it is about."""
    kinds = [each for each in KINDS if each not in SUPERVISION or user.may("supervise")]
    chosen = kind if kind in kinds else "supervision_opinion" if user.may("supervise") else kinds[0]
    days = desk.office.rules.procedure(desk.office.today()).letters
    bodies = desk.letters.bodies()
    context = {
        "kinds": kinds,
        "supervision": SUPERVISION,
        "kind": chosen,
        "ref": ref,
        "to": to,
        "days": days,
        "bodies": bodies,
        "senders": [*filter(desk.letters.voice(user.name, _powers(user)), bodies)],
        "mine": _mine(desk, user.name),
        "office": OFFICE,
        "basis": _basis(desk, language_of(request)),
    }
    return show(request, "letter_new.html", **context)


@router.get("/{identity}")
def letter_page(request: Request, desk: Desk, user: Reader, look: Look, identity: str) -> Response:
    """One letter with its answer, and what may be done."""
    letter = _letter(desk, identity)
    look("letters", [identity])
    steps = views.story(desk.office.ledger, identity)
    may_write_as = desk.letters.voice(user.name, _powers(user))
    addressed = user.name != letter.by and may_write_as(letter.recipient)
    possible = (act for act in LETTER.possible(letter.status) if addressed or not act.powers)
    context = {
        "letter": letter,
        "steps": steps,
        "body_": next((step.texts for step in steps if step.kind == "letter.sent"), {}),
        "printed": bool(letter.ref) and letter.kind in SUPERVISION,
        "texts": {step.kind: step.texts.get("words", "") for step in steps},
        "due": _due(desk, letter),
        "bodies": desk.letters.bodies(),
        "offers": offers(possible, letter, user, desk.office.today(), lambda step: ()),
        "today": desk.office.today(),
    }
    return show(request, "letter.html", **context)


def _powers(user: Any) -> Powers:
    """What decides in whose name somebody may write."""
    return [permission for permission in POWERS if user.may(permission)]


def _letter(desk: Desk, identity: str) -> Letter:
    with or_missing(), desk.office.reading() as connection:
        letter: Letter = tables.letter.load(connection, identity)
    return letter


def _basis(desk: Desk, language: str) -> str:
    """On what the office supervises, as its settings say; empty where they do not."""
    own = desk.office.home / "enforcement" / "agency.toml"
    basis = agency.load(desk.office.today(), own).supervision_basis
    return "" if basis is None else basis.say(language)


def _mine(desk: Desk, name: str) -> str:
    """The squad, or department, of a registered officer; empty for others."""
    with desk.office.reading() as connection:
        officer = desk.office.officers(connection, [name]).get(name)
    return "" if officer is None else officer.squad or officer.department


def _due(desk: Desk, letter: Letter) -> Due | None:
    """How the clock of a letter that waits for its answer stands."""
    if letter.due is None or letter.status not in ("sent", "received"):
        return None
    today, calendar = desk.office.today(), desk.office.rules.calendar
    if today > letter.due:
        return Due(letter.due, "overdue", (letter.due - today).days)
    left = calendar.count_working(today, letter.due) - calendar.is_working(today)
    return Due(letter.due, "warned" if left <= 2 else "running", left)
