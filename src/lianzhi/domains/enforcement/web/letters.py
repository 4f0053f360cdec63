"""Letters: docking between squads and departments both ways, and supervision letters."""

from collections.abc import Mapping
from typing import Annotated, Any, NamedTuple

from fastapi import APIRouter, Form, HTTPException, Request
from fastapi.responses import Response

from lianzhi.chain.policy import PolicyError
from lianzhi.domains.enforcement.acts.letter import LETTER
from lianzhi.domains.enforcement.desk.letters import OFFICE, POWERS, Powers
from lianzhi.domains.enforcement.desk.office import RefusedError
from lianzhi.domains.enforcement.nouns.letter import KINDS, SUPERVISION, Letter
from lianzhi.domains.enforcement.papers import agency
from lianzhi.domains.enforcement.queries import tables, views
from lianzhi.domains.enforcement.web.page import Desk, Hand, Reader, show
from lianzhi.kit.acts import offers
from lianzhi.kit.form_values import Typed
from lianzhi.kit.page import Cursor, Look, QueryText, done, language_of, missing, or_missing
from lianzhi.law.words import Words as Said

router = APIRouter(prefix="/letters")
STATUSES = ("waiting", "sent", "received", "answered", "refused", "all")
Words = Annotated[str, Typed, Form(max_length=20_000)]
Short = Annotated[str, Typed, Form(max_length=200)]


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
        counts = views.counts(connection, tables.letter, "status")
    look("letters", [one.id for one in page.rows])
    counts["waiting"] = counts.get("sent", 0) + counts.get("received", 0)
    context = {
        "page": page,
        "status": status,
        "statuses": STATUSES,
        "counts": counts,
        "due": {one.id: _due(desk, one) for one in page.rows},
        "bodies": _bodies(desk),
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
    kinds = [one for one in KINDS if one not in SUPERVISION or user.may("supervise")]
    chosen = kind if kind in kinds else "supervision_opinion" if user.may("supervise") else kinds[0]
    days = desk.office.rules.procedure(desk.office.today()).letters
    bodies = _bodies(desk)
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


@router.post("")
def send(
    *,
    desk: Desk,
    user: Hand,
    kind: Short,
    recipient: Short,
    words: Words,
    sender: Short = "",
    ref: Short = "",
    facts: Words = "",
    basis: Words = "",
) -> Response:
    """Send a letter; supervision letters go out in the name of the supervising office."""
    if kind in SUPERVISION:
        if not user.may("supervise"):
            raise HTTPException(403)
        sender = OFFICE
    bodies = _bodies(desk)
    if kind not in KINDS or sender not in bodies or recipient not in bodies:
        raise missing()
    if not desk.letters.voice(user.name, _powers(user))(sender):
        raise RefusedError(
            "not_sender", f"sender is {sender!r}: {user.name} is not of it; choose your own body"
        )
    with or_missing():
        made = desk.letters.send(
            kind, sender, recipient, ref, words, user.name, facts=facts, basis=basis
        )
    return done(f"/enforcement/letters/{made}", "sent")


@router.get("/{letter}")
def one(request: Request, desk: Desk, user: Reader, look: Look, letter: str) -> Response:
    """One letter with its answer, and what may be done."""
    found = _found(desk, letter)
    look("letters", [letter])
    steps = views.story(desk.office.ledger, letter)
    may_write_as = desk.letters.voice(user.name, _powers(user))
    addressed = user.name != found.by and may_write_as(found.recipient)
    possible = (act for act in LETTER.possible(found.status) if addressed or not act.powers)
    context = {
        "one": found,
        "steps": steps,
        "body_": next((step.texts for step in steps if step.kind == "letter.sent"), {}),
        "printed": bool(found.ref) and found.kind in SUPERVISION,
        "texts": {step.kind: step.texts.get("words", "") for step in steps},
        "due": _due(desk, found),
        "bodies": _bodies(desk),
        "offers": offers(possible, found, user, desk.office.today(), lambda step: ()),
        "today": desk.office.today(),
    }
    return show(request, "letter.html", **context)


def _powers(user: Any) -> Powers:
    """What decides in whose name somebody may write."""
    return [one for one in POWERS if user.may(one)]


def _found(desk: Desk, identity: str) -> Letter:
    with or_missing(), desk.office.reading() as connection:
        found: Letter = desk.office.one(connection, tables.letter, Letter, identity)
    return found


def _bodies(desk: Desk) -> Mapping[str, Said | None]:
    """Departments with their names, squads, and the supervising office."""
    today = desk.office.today()
    found: dict[str, Said | None] = {
        key: each.name for key, each in desk.office.rules.power(today).departments.items()
    }
    with desk.office.reading() as connection:
        squads = {one.squad for one in views.officers(connection)} - {""}
    return found | dict.fromkeys(sorted(squads - {*found})) | {OFFICE: None}


def _basis(desk: Desk, spoken: str) -> str:
    """On what the office supervises, as its settings say; empty where they do not."""
    own = desk.office.home / "enforcement" / "agency.toml"
    try:
        said = agency.load(desk.office.today(), own).supervision_basis
    except PolicyError:
        return ""
    return "" if said is None else said.say(spoken)


def _mine(desk: Desk, name: str) -> str:
    """The squad, or department, of a registered officer; empty for others."""
    with desk.office.reading() as connection:
        officer = desk.office.officers(connection, [name]).get(name)
    return "" if officer is None else officer.squad or officer.department


def _due(desk: Desk, one: Letter) -> Due | None:
    """How the clock of a letter that waits for its answer stands."""
    if one.due is None or one.status not in ("sent", "received"):
        return None
    today, calendar = desk.office.today(), desk.office.rules.calendar
    if today > one.due:
        return Due(one.due, "overdue", (one.due - today).days)
    left = calendar.count_working(today, one.due) - calendar.is_working(today)
    return Due(one.due, "warned" if left <= 2 else "running", left)
