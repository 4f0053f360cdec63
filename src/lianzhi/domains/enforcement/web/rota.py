"""The rota: who is on duty, what is wrong with it, what has to change hands, and a new one."""

import datetime as dt
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, File, Form, Request, UploadFile
from fastapi.responses import Response

from lianzhi.dispatch.moments import moment
from lianzhi.dispatch.rota.faults import Fault, merge_repeats
from lianzhi.dispatch.rota.rota import MOST_BYTES, Duty, Rota
from lianzhi.dispatch.rota.week import DAYS, Week, monday, week
from lianzhi.domains.enforcement.acts.request import MAY_HAND_OVER
from lianzhi.domains.enforcement.desk.desk import Desk as Office
from lianzhi.domains.enforcement.desk.office import RefusedError
from lianzhi.domains.enforcement.desk.rota_tables import Table, table
from lianzhi.domains.enforcement.nouns.register import Officer
from lianzhi.domains.enforcement.queries import request_views, tables, views
from lianzhi.domains.enforcement.web.page import Desk, Keeper, Leader, Reader, show
from lianzhi.kit.downloads import attachment
from lianzhi.kit.form_values import Day, Typed, prefixed, text
from lianzhi.kit.page import Given, QueryText, done, or_missing, reading_tables, user_with
from lianzhi.tabular.cells import ENDINGS

router = APIRouter(prefix="/rota")
#: Days ahead that are looked through for what is wrong, and how much of it a page shows.
LOOKED = 28
_SHOWN = 60
_DAY = dt.timedelta(days=1)
_FAR = _DAY * 3660


@router.get("")
def shown(request: Request, desk: Desk, user: Reader, day: QueryText = "") -> Response:
    """One week as a picture; beside it the present, and what is wrong in the next four."""
    office, rotas = desk.office, desk.requests.rotas
    today, at = office.today(), office.now()
    first = monday(_day(day, today))
    with office.reading() as connection:
        people = tables.officer.every(connection)
        waiting = request_views.waiting(connection)
    starts = rotas.starts()
    context = {
        "starts": starts,
        "since": max((day for day in starts if day <= today), default=None),
        "later": [day for day in starts if day > today],
        "week": _week(desk, first, at),
        "first": first,
        "this": monday(today),
        "today": today,
        "earliest": rotas.first(),
        "week_before": first - _DAY * DAYS,
        "week_after": first + _DAY * DAYS,
        "squads": _by_squad(rotas.on_duty(at)),
        **_faults(rotas.faults(today, today + _DAY * (LOOKED - 1))),
        "handovers": rotas.handovers(waiting),
        "able": any(map(user.may, MAY_HAND_OVER)),
        "requests": {each.id: each for each in waiting},
        "policy": desk.requests.policy,
        **_names(people),
    }
    return show(request, "rota.html", **context)


@router.post("/hand-over")
def hand_over(desk: Desk, user: Annotated[Any, user_with(*MAY_HAND_OVER)], form: Given) -> Response:
    """Ask others to take work over, with one note for all. What has moved meanwhile is left.

    Raises RefusedError where nothing is left to hand over.
    """
    words = text(form, "words")
    if not words:
        raise RefusedError("reason", "say what they have to know")
    desk.requests.pass_on(prefixed(form, "to."), words, user.name)
    return done("/enforcement/rota", "handed")


@router.get("/kept/{start}")
def kept(desk: Desk, user: Keeper, start: dt.date) -> Response:
    """A rota as it stands on the record, to be changed and sent again."""
    with or_missing():
        rota = desk.requests.rotas.text(start)
    return attachment(rota, f"rota-{start}.json", "application/json")


@router.post("/import")
def examine(
    request: Request,
    desk: Desk,
    user: Leader,
    file: Annotated[UploadFile, File()],
    since: Annotated[Day, Form()] = None,
) -> Response:
    """What a new rota would be like; nothing is kept yet."""
    office, rotas = desk.office, desk.requests.rotas
    since = since or office.today()
    with office.reading() as connection:
        people = tables.officer.every(connection)
    data, name = file.file.read(MOST_BYTES + 1), file.filename or ""
    parsed: Table | None = None
    with reading_tables(request):
        if Path(name).suffix.lower() in ENDINGS and len(data) <= MOST_BYTES:
            now = rotas.on(since)
            parsed = table(name, data, people, now.covers if now else ())
        upload, read = rotas.wait(parsed.rota if parsed else data)
        there = rotas.preview(read, since, LOOKED)
    registered, squads = {officer.id for officer in people}, _squads(desk)
    context = {
        "upload": upload,
        "since": since,
        "until": there.until,
        "again": since in rotas.starts(),
        "at_once": there.piece.start > moment(since),
        "rota": read,
        "problems": parsed.problems[:_SHOWN] if parsed else (),
        "problem_count": len(parsed.problems) if parsed else 0,
        "rows": parsed.duties if parsed else None,
        "strangers": [officer.id for officer in read.officers if officer.id not in registered],
        "strange": sorted({officer.squad for officer in read.officers} - squads),
        "duties": there.duties,
        "days": (there.until - since).days + 1,
        "week": week(
            monday(since), _members(there.piece.rota), there.laid, there.faults, office.now()
        ),
        **_faults(there.faults),
        **_names(people),
    }
    return show(request, "rota_new.html", **context)


@router.post("/keep")
def keep(
    desk: Desk,
    user: Leader,
    upload: Annotated[str, Typed, Form(max_length=64)],
    since: Annotated[dt.date, Form()],
) -> Response:
    """Put the rota that was looked at in force."""
    desk.requests.rotas.keep(upload, since, user.name)
    return done("/enforcement/rota", "kept")


@router.post("/withdraw")
def withdraw(desk: Desk, user: Leader, since: Annotated[dt.date, Form()]) -> Response:
    """Take back one that is not in force yet."""
    with or_missing():
        desk.requests.rotas.withdraw(since, user.name)
    return done("/enforcement/rota", "withdrawn")


def _week(desk: Office, first: dt.date, at: int) -> Week | None:
    """The week of the rotas that are kept; None: there is none in it."""
    rotas, last = desk.requests.rotas, first + _DAY * (DAYS - 1)
    pieces = rotas.pieces(first, last)
    if not pieces:
        return None
    members = (member for piece in pieces for member in _members(piece.rota))
    laid = rotas.duties(first - _DAY, last)
    return week(first, members, laid, rotas.faults(first, last), at)


def _members(rota: Rota) -> list[tuple[str, str]]:
    return [(officer.squad, officer.id) for officer in rota.officers]


def _squads(desk: Office) -> set[str]:
    """Squads that the map or the register knows."""
    with desk.office.reading() as connection:
        registered = {officer.squad for officer in views.officers(connection)}
    return registered | {grid.squad for grid in desk.requests.grids().grids} | {""}


def _by_squad(duties: tuple[Duty, ...]) -> dict[str, list[Duty]]:
    squads: dict[str, list[Duty]] = {}
    for duty in sorted(duties, key=lambda each: (each.squad, each.officer)):
        squads.setdefault(duty.squad, []).append(duty)
    return squads


def _faults(faults: tuple[Fault, ...]) -> dict[str, Any]:
    merged = merge_repeats(faults)
    return {"faults": merged[:_SHOWN], "more": len(merged) - len(merged[:_SHOWN]), "looked": LOOKED}


def _names(people: list[Officer]) -> dict[str, Any]:
    """What pages call people; observers, whose names can be erased, go by their user names."""
    return {
        "names": {officer.id: officer.name or officer.id for officer in people},
        "until_of": {officer.id: officer.until for officer in people},
    }


def _day(value: str, today: dt.date) -> dt.date:
    """A day of an address; today where it says none, or one that is years away."""
    try:
        day = dt.date.fromisoformat(value)
    except ValueError:
        return today
    return day if abs(day - today) <= _FAR else today
