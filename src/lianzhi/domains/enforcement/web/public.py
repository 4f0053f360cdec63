"""Public pages: decisions, the power list, the three lists, checklists, draws.

Nobody signs in here: these pages have neither session nor cookie, and name no person. What is
withdrawn says only that it is, since when and why (行政处罚法 48).
"""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from lianzhi.chain.policy import PolicyError
from lianzhi.domains.enforcement.desk.desk import Desk as Office
from lianzhi.domains.enforcement.law import discretion_words
from lianzhi.domains.enforcement.law.power import Power, PowerList
from lianzhi.domains.enforcement.lists import languages
from lianzhi.domains.enforcement.lists.line import ANY_TYPE
from lianzhi.domains.enforcement.queries import published, tables, views
from lianzhi.domains.enforcement.web import lists
from lianzhi.domains.enforcement.web.draws import draw_file as published_file
from lianzhi.domains.enforcement.web.page import Desk
from lianzhi.kit.page import Cursor, QueryText, language_of, or_missing

router = APIRouter(prefix="/public")
Lang = Annotated[str, Query(max_length=8)]
_LANGUAGES = ("zh", "en")
#: Draws that the page tells of.
_DRAWS = 100


def page_language(request: Request, lang: str) -> str:
    """The language asked for, else the browser's."""
    return lang if lang in _LANGUAGES else language_of(request)


def show(request: Request, template: str, lang: str, status: int = 200, **context: Any) -> Response:
    """A page in the language asked for, else in the browser's."""
    context["query_lang"] = lang
    page: Response = request.app.state.show_public(
        request, f"enforcement/{template}", page_language(request, lang), context, status
    )
    return page


def _not_found(request: Request, lang: str) -> Response:
    """404 for what is not there, or not public: why that may be, and where to look."""
    return show(request, "gone.html", lang, 404)


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
    if phrase := q.strip().casefold():
        groups = lists.groups(power, query=q)
        items = {item.key for group in groups for item in group.items}
        departments = {
            key
            for key, part in power.departments.items()
            if phrase in part.name.zh.casefold() or phrase in part.name.en.casefold()
        }
    with desk.office.reading() as connection:
        page = published.decisions(connection, cursor, items, departments)
    return show(
        request,
        "decisions.html",
        lang,
        page=page,
        names=_names(desk, page.rows),
        items={penalty.item: rules.named(penalty.item, today) for penalty in page.rows},
        departments=power.departments,
        q=q,
    )


@router.get("/decisions/{identity}")
def decision(request: Request, desk: Desk, identity: str, lang: Lang = "") -> Response:
    """One decision; of one that was withdrawn only that it was, when and why."""
    try:
        with desk.office.reading() as connection:
            penalty = desk.office.penalty(connection, identity)
    except KeyError:
        return _not_found(request, lang)
    if penalty.published is None:
        return _not_found(request, lang)
    if penalty.withdrawn is not None:
        reasons = [
            step.texts.get("words", "")
            for step in views.story(desk.office.ledger, penalty.id)
            if step.kind == "penalty.unpublished"
        ]
        why = reasons[-1] if reasons else ""
        return show(request, "withdrawn.html", lang, day=penalty.withdrawn, why=why)
    rules = desk.office.rules
    acted = penalty.act_day or penalty.published
    language = page_language(request, lang)
    open_to_all = penalty.facts.keys() - rules.discretion.recordable.faults(
        penalty.item, penalty.facts
    )
    return show(
        request,
        "decision.html",
        lang,
        penalty=penalty,
        name=_names(desk, [penalty])[penalty.id],
        item=rules.named(penalty.item, acted),
        department=_power(desk).departments.get(penalty.department),
        asks=[each for each in rules.discretion.inputs(penalty.item) if each.name in open_to_all],
        row=discretion_words.row(rules.discretion, penalty.row, language) if penalty.row else None,
    )


def _names(desk: Office, penalties: Any) -> dict[str, views.Named]:
    named = views.named(desk.office.ledger, [penalty.party for penalty in penalties])
    return published.parties(penalties, named)


@router.get("/powers")
def powers(request: Request, desk: Desk, q: QueryText = "", lang: Lang = "") -> Response:
    """The power list in force today."""
    power = _power(desk)
    groups = lists.groups(power, query=q)
    return show(request, "powers.html", lang, power=power, groups=groups, q=q)


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
    language = page_language(request, lang)
    rules, power = desk.office.rules, _power(desk)
    rows: dict[str, Any] = {}
    for table in rules.discretion.tables:
        for row in discretion_words.rows(table, language):
            item = power.get(row.item)
            if row.list == chosen and item and department in ("", item.department):
                rows.setdefault(item.department, {}).setdefault(item.key, []).append(row)
    return show(
        request,
        "discretion.html",
        lang,
        chosen=chosen,
        lists=discretion_words.LISTS,
        rows={key: rows[key] for key in power.departments if key in rows},
        power=power,
        department=department,
        since=[table.effective_from for table in rules.discretion.tables],
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
    language = page_language(request, lang)
    catalogue = languages.load()
    words = words if words in catalogue.languages else language
    with desk.office.reading() as connection:
        industries = sorted(tables.enterprise.values(connection, "industry"))
    try:
        lines = desk.office.rules.checklist(industry, desk.office.today()).lines
    except PolicyError:
        lines = ()
    return show(
        request,
        "checklists.html",
        lang,
        lines=[(line, catalogue.localise(line, words)) for line in lines],
        languages=catalogue.languages,
        words=words,
        industry=industry,
        industries=[ANY_TYPE, *(each for each in industries if each != ANY_TYPE)],
        departments=_power(desk).departments,
    )


@router.get("/draws")
def draws(request: Request, desk: Desk, lang: Lang = "") -> Response:
    """Draws of who is inspected by whom, with what is needed to draw again."""
    newest = tables.draw.c.planned_at.desc()
    with desk.office.reading() as connection:
        planned = tables.draw.every(connection, order=(newest,), most=_DRAWS)
    return show(request, "draws.html", lang, draws=planned)


@router.get("/draws/{name}/{file}")
def draw_file(desk: Desk, name: str, file: str) -> Response:
    """A file of a draw, to draw again with."""
    with or_missing(), desk.office.reading() as connection:
        draw = tables.draw.load(connection, name)
    return published_file(draw, file)
