"""Inspections: the list of them, and one as it was held, line by line."""

from typing import Any, get_args

import msgspec
from fastapi import APIRouter, Request
from fastapi.responses import Response

from lianzhi.domains.enforcement.desk.photos import PHOTOGRAPHED, Photo, photos
from lianzhi.domains.enforcement.lists import languages
from lianzhi.domains.enforcement.nouns.penalty import Penalty
from lianzhi.domains.enforcement.nouns.visit import Reason, Visit
from lianzhi.domains.enforcement.queries import tables, views
from lianzhi.domains.enforcement.web.page import Desk, Reader, show
from lianzhi.kit.downloads import attachment
from lianzhi.kit.noun_story import Step
from lianzhi.kit.page import Cursor, Look, QueryText, language_of, or_missing
from lianzhi.office.file_names import served_name

CATALOGUE = languages.load()
router = APIRouter(prefix="/inspections")


@router.get("")
def listed(
    *,
    request: Request,
    desk: Desk,
    user: Reader,
    look: Look,
    department: QueryText = "",
    reason: QueryText = "",
    cursor: Cursor = "",
) -> Response:
    """The list, or with a cursor its next rows."""
    office = desk.office
    with office.reading() as connection:
        where = {"department": department, "reason": reason}
        page = views.inspections(connection, where, cursor)
        counts = tables.inspection.counts(connection, "reason")
    look("inspections", [visit.id for visit in page.rows])
    context = {
        "page": page,
        "names": views.named(office.ledger, [visit.enterprise for visit in page.rows]),
        "department": department,
        "departments": office.rules.power(office.today()).departments,
        "reason": reason,
        "reasons": get_args(Reason),
        "counts": counts,
    }
    return show(request, "_inspections.html" if cursor else "inspections.html", **context)


@router.get("/{inspection}")
def inspection_page(
    request: Request, desk: Desk, user: Reader, look: Look, inspection: str
) -> Response:
    """One inspection: who looked at what, what was found, and what came of it."""
    office = desk.office
    with or_missing(), office.reading() as connection:
        visit = tables.inspection.load(connection, inspection)
        files = _files(connection, visit)
    look(inspection, [inspection])
    steps = views.story(office.ledger, inspection)
    power = office.rules.power(office.today())
    context = {
        "visit": visit,
        "name": views.named(office.ledger, [visit.enterprise])[visit.enterprise],
        "items": {each: office.rules.named(each, visit.day) for each in _items(visit)},
        "departments": power.departments,
        "lines": _lines(desk, visit),
        "notes": _notes(steps),
        "photos": _by_line(photos(visit, steps)),
        "photographed": PHOTOGRAPHED,
        "files": files,
        "filed": {each.item for each in files},
        "worded": lambda line: CATALOGUE.localise(line, language_of(request)).text,
        "steps": steps,
    }
    return show(request, "inspection.html", **context)


@router.get("/{inspection}/photos/{photo}")
def photo(desk: Desk, user: Reader, look: Look, inspection: str, photo: str) -> Response:
    """A photo of an inspection, once it is what was committed to; who looks is on the record."""
    office = desk.office
    with or_missing():
        with office.reading() as connection:
            visit = tables.inspection.load(connection, inspection)
        every = {each.id: each for each in photos(visit, views.story(office.ledger, inspection))}
        wanted = every[photo]
        look(inspection, [inspection])
        body = desk.photos.read(wanted)
    media = wanted.step.payload["media"] if wanted.step else ""
    return attachment(body, served_name(photo, media, ""), media)


def _by_line(shots: list[Photo]) -> dict[str, list[Photo]]:
    lines: dict[str, list[Photo]] = {}
    for each in shots:
        lines.setdefault(each.line, []).append(each)
    return lines


def _files(connection: Any, visit: Visit) -> list[Penalty]:
    """Case files that came of an inspection."""
    column = tables.penalty.c
    files = tables.penalty.every(connection, column.party == visit.enterprise)
    return [each for each in files if each.inspection == visit.id]


def _items(visit: Visit) -> set[str]:
    return {*visit.violations, *(line.item for line in visit.lines)}


def _lines(desk: Desk, visit: Visit) -> list[tuple[Any, str, list[Any]]]:
    """By line: the list's own, or None where the list has it no more; its name; marks."""
    try:
        known = {line.name: line for line in desk.visits.lines(visit.checklist, visit.day)}
    except ValueError:  # what was imported may name a list that is not kept here
        known = {}
    marks: dict[str, list[Any]] = {}
    for mark in visit.lines:
        marks.setdefault(mark.line, []).append(mark)
    return [(known.get(name), name, each) for name, each in marks.items()]


def _notes(steps: list[Step]) -> dict[str, str]:
    """Notes by line; none where they were erased."""
    notes = next((step.texts["notes"] for step in steps if "notes" in step.texts), "{}")
    return msgspec.json.decode(notes, type=dict[str, str])
