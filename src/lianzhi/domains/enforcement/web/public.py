"""Public pages: decisions, the power list, the three lists, checklists, draws.

Nobody signs in here: these pages have neither session nor cookie, and name no person. What is
withdrawn says only that it is, since when and why (行政处罚法 48).
"""

from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from sqlalchemy import select

from lianzhi.chain.policy import PolicyError
from lianzhi.domains.enforcement.desk.desk import Desk as Office
from lianzhi.domains.enforcement.desk.draws import Drawn
from lianzhi.domains.enforcement.law import discretion_words
from lianzhi.domains.enforcement.law.power import Power, PowerList
from lianzhi.domains.enforcement.lists import languages
from lianzhi.domains.enforcement.lists.line import ANY_TYPE
from lianzhi.domains.enforcement.queries import published, tables, views
from lianzhi.domains.enforcement.web import lists
from lianzhi.domains.enforcement.web.draws import handed
from lianzhi.domains.enforcement.web.page import Desk
from lianzhi.kit.page import Cursor, QueryText, language_of, or_missing

router = APIRouter(prefix="/public")
Lang = Annotated[str, Query(max_length=8)]
_SPOKEN = ("zh", "en")
#: Draws that the page tells of.
_DRAWS = 100


def spoken(request: Request, lang: str) -> str:
    """The language asked for, else the browser's."""
    return lang if lang in _SPOKEN else language_of(request)


def show(request: Request, template: str, lang: str, status: int = 200, **context: Any) -> Response:
    """A page in the language asked for, else in the browser's."""
    page: Response = request.app.state.show_public(
        request, f"enforcement/{template}", spoken(request, lang), context, status
    )
    return page


def _gone(request: Request, lang: str) -> Response:
    """404 for what is not there, or not public: why that may be, and where to look."""
    return show(request, "gone.html", lang, 404, said_lang=lang)


def _power(desk: Office) -> Power:
    """The power list in force today; one without items where none is."""
    today = desk.office.today()
    try:
        return desk.office.rules.power(today)
    except PolicyError:
        return Power(today, PowerList(()), ())


@router.get("")
def decisions(
    *, request: Request, desk: Desk, q: QueryText = "", cursor: Cursor = "", lang: Lang = ""
) -> Response:
    """Published decisions, the newest first; `q` searches items and departments."""
    rules, today = desk.office.rules, desk.office.today()
    power = _power(desk)
    items = None
    departments: set[str] = set()
    if asked := q.strip().casefold():
        found = lists.groups(power, query=q)
        items = {one.key for group in found for one in group.items}
        departments = {
            key
            for key, part in power.departments.items()
            if asked in part.name.zh.casefold() or asked in part.name.en.casefold()
        }
    with desk.office.reading() as connection:
        page = published.decisions(connection, cursor, items, departments)
    return show(
        request,
        "decisions.html",
        lang,
        page=page,
        names=_names(desk, page.rows),
        items={one.item: rules.named(one.item, today) for one in page.rows},
        departments=power.departments,
        q=q,
        said_lang=lang,
    )


@router.get("/decisions/{penalty}")
def decision(request: Request, desk: Desk, penalty: str, lang: Lang = "") -> Response:
    """One decision; of one that was withdrawn only that it was, when and why."""
    try:
        with desk.office.reading() as connection:
            one = desk.office.penalty(connection, penalty)
    except KeyError:
        return _gone(request, lang)
    if one.published is None:
        return _gone(request, lang)
    if one.withdrawn is not None:
        told = [
            step.texts.get("words", "")
            for step in views.story(desk.office.ledger, one.id)
            if step.kind == "penalty.unpublished"
        ]
        why = told[-1] if told else ""
        return show(request, "withdrawn.html", lang, day=one.withdrawn, why=why, said_lang=lang)
    rules = desk.office.rules
    acted = one.act_day or one.published
    said = spoken(request, lang)
    open_to_all = one.facts.keys() - rules.discretion.recordable.faults(one.item, one.facts)
    return show(
        request,
        "decision.html",
        lang,
        one=one,
        name=_names(desk, [one])[one.id],
        item=rules.named(one.item, acted),
        department=_power(desk).departments.get(one.department),
        asks=[each for each in rules.discretion.inputs(one.item) if each.name in open_to_all],
        row=discretion_words.row(rules.discretion, one.row, said) if one.row else None,
        said_lang=lang,
    )


def _names(desk: Office, some: Any) -> dict[str, views.Named]:
    named = views.named(desk.office.ledger, [one.party for one in some])
    return published.parties(some, named)


@router.get("/powers")
def powers(request: Request, desk: Desk, q: QueryText = "", lang: Lang = "") -> Response:
    """The power list in force today."""
    power = _power(desk)
    groups = lists.groups(power, query=q)
    return show(request, "powers.html", lang, power=power, groups=groups, q=q, said_lang=lang)


@router.get("/discretion")
def discretion(
    *,
    request: Request,
    desk: Desk,
    chosen: Annotated[str, Query(alias="list", max_length=40)] = discretion_words.LISTS[0],
    department: QueryText = "",
    lang: Lang = "",
) -> Response:
    """One of the three lists: when there is no penalty, or a lesser one."""
    chosen = chosen if chosen in discretion_words.LISTS else discretion_words.LISTS[0]
    said = spoken(request, lang)
    rules, power = desk.office.rules, _power(desk)
    found: dict[str, Any] = {}
    for table in rules.discretion.tables:
        for row in discretion_words.rows(table, said):
            item = power.get(row.item)
            if row.list == chosen and item and department in ("", item.department):
                found.setdefault(item.department, {}).setdefault(item.key, []).append(row)
    return show(
        request,
        "discretion.html",
        lang,
        chosen=chosen,
        lists=discretion_words.LISTS,
        found={key: found[key] for key in power.departments if key in found},
        power=power,
        department=department,
        since=[table.effective_from for table in rules.discretion.tables],
        said_lang=lang,
    )


@router.get("/checklists")
def checklists(
    *,
    request: Request,
    desk: Desk,
    industry: QueryText = ANY_TYPE,
    words: Annotated[str, Query(max_length=8)] = "",
    lang: Lang = "",
) -> Response:
    """What is looked at in an inspection, in any of the languages of the lists."""
    said = spoken(request, lang)
    catalogue = languages.load()
    words = words if words in catalogue.languages else said
    with desk.office.reading() as connection:
        column = tables.enterprise.c.industry
        industries = sorted(connection.scalars(select(column).distinct()))
    try:
        found = desk.office.rules.checklist(industry, desk.office.today()).lines
    except PolicyError:
        found = ()
    return show(
        request,
        "checklists.html",
        lang,
        lines=[(line, catalogue.localise(line, words)) for line in found],
        languages=catalogue.languages,
        words=words,
        industry=industry,
        industries=[ANY_TYPE, *(one for one in industries if one != ANY_TYPE)],
        departments=_power(desk).departments,
        said_lang=lang,
    )


@router.get("/draws")
def draws(request: Request, desk: Desk, lang: Lang = "") -> Response:
    """Draws of who is inspected by whom, with what is needed to draw again."""
    column = tables.draw.c
    query = select(column.state, column.status, column.planned_at)
    with desk.office.reading() as connection:
        rows = connection.execute(query.order_by(column.planned_at.desc()).limit(_DRAWS)).all()
    found = [(msgspec.json.decode(state, type=Drawn), status, at) for state, status, at in rows]
    return show(request, "draws.html", lang, draws=found, said_lang=lang)


@router.get("/draws/{name}/{file}")
def draw_file(desk: Desk, name: str, file: str) -> Response:
    """A file of a draw, to draw again with."""
    with or_missing(), desk.office.reading() as connection:
        found = desk.draws.load(connection, name)
    return handed(found, file)
