"""The office's figures, a picture of them by part, and what lies behind each."""

from collections.abc import Sequence

from fastapi import APIRouter, Request
from fastapi.responses import Response

from lianzhi.domains.mediation.learning.figures import (
    DIMENSIONS,
    KEYS,
    Dimension,
    Key,
    part_of,
    parts,
)
from lianzhi.domains.mediation.nouns.dispute import RecordedDispute
from lianzhi.domains.mediation.web.page import Desk, Staff, show
from lianzhi.domains.mediation.wording import figure_text, part_name
from lianzhi.kit import periods
from lianzhi.kit import plots as measure
from lianzhi.kit.addresses import address
from lianzhi.kit.page import Look, QueryText, language_of, missing
from lianzhi.kit.periods import Days

router = APIRouter(prefix="/figures")
_PATH = "/mediation/figures"
#: What is drawn, by what.
_DRAWN: tuple[tuple[Dimension, Key], ...] = (
    ("month", "received"),
    ("field", "at_source"),
    ("office", "at_source"),
)
#: Bars of a picture, and ids on a page.
_BARS, _IDS = 12, 500


@router.get("")
def figures_page(request: Request, desk: Desk, user: Staff, period: QueryText = "") -> Response:
    """The scorecard of a period."""
    chosen, language = _period(desk, period), language_of(request)
    disputes, today = desk.learning.disputes(), desk.office.today()
    lines = desk.learning.card(disputes, desk.learning.opened(), chosen.since, chosen.until)
    received = {*lines[0].ids}
    cohort = [each for each in disputes if each.id in received]
    context = {
        "lines": [(line, *figure_text(line.figure, language)) for line in lines],
        "period": chosen,
        "choices": [(periods.current(length, today).name, length) for length in periods.CHOICES],
        "plots": [*filter(None, (_plot(desk, cohort, chosen, each, language) for each in _DRAWN))],
        "measure": measure,
    }
    return show(request, "figures.html", **context)


@router.get("/{key}")
def behind(
    request: Request,
    desk: Desk,
    user: Staff,
    look: Look,
    key: str,
    period: QueryText = "",
    by: QueryText = "",
    value: QueryText = "",
) -> Response:
    """The disputes that a figure counts, of all or of a part (`by`, such as `office`)."""
    dimension = next((each for each in DIMENSIONS if each == by), None)
    if key not in KEYS or (by and (dimension is None or key == "per_case")):
        raise missing()
    chosen = _period(desk, period)
    disputes = desk.learning.disputes()
    if dimension:
        disputes = [each for each in disputes if value == part_of(each, dimension)]
    lines = desk.learning.card(disputes, desk.learning.opened(), chosen.since, chosen.until)
    line = lines[KEYS.index(key)]
    look("disputes", [*line.ids[:_IDS]])
    text, limits = figure_text(line.figure, language_of(request))
    context = {"line": line, "text": text, "limits": limits, "period": chosen}
    part = part_name(by, value, language_of(request)) if by else ""
    return show(request, "figure.html", ids=line.ids[:_IDS], part=part, **context)


def _period(desk: Desk, name: str) -> Days:
    today = desk.office.today()
    chosen = periods.days_named(name, today) if name else periods.current(periods.CHOICES[0], today)
    if chosen is None:
        raise missing()
    return chosen


def _plot(
    desk: Desk,
    cohort: Sequence[RecordedDispute],
    chosen: Days,
    drawn: tuple[Dimension, Key],
    language: str,
) -> tuple[Dimension, Key, measure.Plot] | None:
    """A figure by a dimension, the parts with the most disputes; None: there are fewer than two."""
    dimension, key = drawn
    bars = []
    by_part = parts(cohort, dimension)
    if dimension != "month":
        by_part = dict(sorted(by_part.items(), key=lambda part: -len(part[1])))
    for value, disputes in [*by_part.items()][:_BARS]:
        lines = desk.learning.card(disputes, (), chosen.since, chosen.until)
        figure = lines[KEYS.index(key)].figure
        if figure.value is not None:
            name = part_name(dimension, value, language)
            href = address(f"{_PATH}/{key}", period=chosen.name, by=dimension, value=value)
            texts = figure_text(figure, language)
            limits = figure.lo, figure.hi
            bars.append(measure.Part(name, *texts, href, figure.value, *limits, figure.small))
    if len(bars) < 2:
        return None
    upright = dimension == "month"
    return dimension, key, measure.plot(bars, None, upright=upright, share=key != "received")
