"""Figures: the scorecard of enforcement, what lies behind each, and a check of anybody's."""

from typing import Annotated, Any

from fastapi import APIRouter, File, Form, Request, UploadFile
from fastapi.responses import Response

from lianzhi.chain.published import render as audited
from lianzhi.chain.published.checks import check
from lianzhi.chain.published.figures import SEVERITIES, Audit
from lianzhi.chain.published.reading import MOST_BYTES, ReadingError, read
from lianzhi.chain.scorecard import Figure
from lianzhi.domains.enforcement.figures.published_figures import vocabularies
from lianzhi.domains.enforcement.figures.scorecard import (
    DIMENSIONS,
    SPECS,
    Amount,
    Card,
    Dimension,
    Line,
    definitions,
    published,
)
from lianzhi.domains.enforcement.web.figure_plots import plots
from lianzhi.domains.enforcement.web.page import Desk, Reader, catalogue, show
from lianzhi.kit import periods
from lianzhi.kit import plots as measure
from lianzhi.kit.downloads import csv_file
from lianzhi.kit.page import QueryText, language_of, missing, reading_tables
from lianzhi.kit.periods import Days

router = APIRouter()
#: Shares that answer whether it was done in time, with measure, and right.
RIGHT = ("on_time", "exempted", "reviewed", "overturned")
#: Where a noun has its page; of permits there is none.
PAGES = {
    "requests": "/enforcement/requests/",
    "penalties": "/enforcement/penalties/",
    "inspections": "/enforcement/inspections/",
}
_TABLES = {spec.key: spec.table for spec in SPECS} | dict.fromkeys(
    ("fines", "mean_fine"), "penalties"
)
#: Ids on one page.
_IDS = 200
_BAD = 50


@router.get("/figures")
def figures(request: Request, desk: Desk, user: Reader, period: QueryText = "") -> Response:
    """The scorecard of a period."""
    chosen = _period(desk, period)
    result = desk.figures.audited_card(chosen.since, chosen.until)
    context = _context(desk, chosen, result.card) | {
        "audit": result.audit,
        "audited": _audited(result.audit, language_of(request)),
        "right": [result.card.of(key) for key in RIGHT],
        "lines": [line for line in result.card.lines if not line.figure.part],
        "plots": plots(result.card, chosen.name, _figure_format(request), _name(request, desk)),
        "measure": measure,
        "bad": result.card.bad[:_BAD],
        "empty": not any(line.ids for line in result.card.lines),
    }
    return show(request, "figures.html", **context)


@router.get("/figures.csv")
def sheet(desk: Desk, user: Reader, period: QueryText = "") -> Response:
    """The figures of a period as a CSV file, which the check below reads."""
    chosen = _period(desk, period)
    rows = list(published(desk.figures.audited_card(chosen.since, chosen.until).card))
    table = [[*rows[0]] if rows else ["figure"], *([*row.values()] for row in rows)]
    return csv_file(table, f"enforcement-{chosen.name}.csv")


@router.get("/figures/check")
def ask(request: Request, user: Reader) -> Response:
    """The form for checking anybody's published figures."""
    return show(request, "figures_check.html", audit=None, given="", wrong="")


@router.post("/figures/check")
def answer(
    request: Request,
    user: Reader,
    text: Annotated[str, Form(max_length=400_000)] = "",
    file: Annotated[UploadFile | None, File()] = None,
) -> Response:
    """What the figures that were sent say against each other; nothing is stored."""
    body = file.file.read(MOST_BYTES + 1) if file is not None and file.filename else text.encode()
    audit, wrong = None, ""
    try:
        with reading_tables(request):
            audit = check(read(body, vocabularies()), vocabularies())
    except ReadingError as error:
        wrong = str(error)
    context: dict[str, Any] = {"audit": audit, "given": text, "wrong": wrong}
    if audit is not None:
        context["audited"] = _audited(audit, language_of(request))
        context["counts"] = {severity: len(audit.of(severity)) for severity in SEVERITIES}
    return show(request, "figures_check.html", **context)


@router.get("/figures/{figure}")
def behind(
    *,
    request: Request,
    desk: Desk,
    user: Reader,
    figure: str,
    period: QueryText = "",
    month: QueryText = "",
    department: QueryText = "",
    squad: QueryText = "",
    start: int = 0,
) -> Response:
    """What a figure counts, one by one."""
    defined = definitions().get(figure)
    if defined is None:
        raise missing()
    filters = {"month": month, "department": department, "squad": squad}
    part = {key: "" if value == "-" else value for key, value in filters.items() if value}
    chosen = _period(desk, period)
    result = desk.figures.audited_card(chosen.since, chosen.until)
    try:
        line = result.card.of(figure, part)
    except KeyError:
        line = Line(figure=Amount(key=figure, part=part))
    start = max(0, start)
    context = _context(desk, chosen, result.card) | {
        "line": line,
        "defined": defined,
        "part": {key: _name(request, desk)(key, value) for key, value in part.items()},
        "asked_part": {key: value for key, value in filters.items() if value},
        "ids": line.ids[start : start + _IDS],
        "start": start,
        "next": start + _IDS if start + _IDS < len(line.ids) else None,
        "page": PAGES.get(_TABLES[figure], ""),
        "format_figure": _figure_format(request),
    }
    return show(request, "figure.html", **context)


def _period(desk: Desk, name: str) -> Days:
    today = desk.office.today()
    chosen = periods.days_named(name, today) if name else periods.current(periods.CHOICES[0], today)
    if chosen is None:
        raise missing()
    return chosen


def _context(desk: Desk, chosen: Days, card: Card) -> dict[str, Any]:
    today = desk.office.today()
    return {
        "card": card,
        "period": chosen,
        "choices": [(periods.current(length, today).name, length) for length in periods.CHOICES],
        "defined_all": definitions(),
        "dimensions": DIMENSIONS,
    }


def _name(request: Request, desk: Desk) -> Any:
    """What a part is called."""
    departments = desk.office.rules.power(desk.office.today()).departments
    lang, none = language_of(request), catalogue(request).gettext("figures.none")

    def name(dimension: Dimension, value: str) -> str:
        # A request may have gone to a department as a whole.
        if dimension != "month" and value in departments:
            words = departments[value].name
            return words.en if lang == "en" else words.zh
        return value or none

    return name


def _figure_format(request: Request) -> Any:
    """Value and limits of a figure in words; an amount in yuan."""
    yuan = catalogue(request).gettext("yuan")

    def format_figure(figure: Figure | Amount) -> tuple[str, str]:
        if isinstance(figure, Amount):
            amount = "–" if figure.value is None else yuan % {"n": f"{figure.value:,.0f}"}
            if figure.lo is None or figure.hi is None:
                return amount, ""
            return amount, f"{figure.lo:,.0f}–{figure.hi:,.0f}"
        if figure.value is None:
            return "–", ""
        if figure.unit != "share":
            limits = (
                "" if figure.lo is None or figure.hi is None else _between(figure.lo, figure.hi)
            )
            return f"{int(figure.value):,}", limits
        limits = ""
        if figure.lo is not None and figure.hi is not None:
            limits = f"{_percent(figure.lo)}–{_percent(figure.hi)} %"
        return f"{_percent(figure.value)} %", limits

    return format_figure


def _percent(share: float) -> str:
    """Per cent with one decimal, as far as it tells anything."""
    return f"{100 * share:.1f}".removesuffix(".0")


def _between(lo: float, hi: float) -> str:
    return f"{lo:,.0f}–{hi:,.0f}"


def _audited(audit: Audit, lang: str) -> list[tuple[Any, Any, list[str]]]:
    """Results that say anything, each with its words and the names of its figures."""
    return [
        (
            result,
            audited.describe(result, lang),
            [audited.name(each, lang) for each in result.figures],
        )
        for result in audit.results
        if result.severity != "sound"
    ]
