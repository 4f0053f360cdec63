"""Wording: what the terminal and the pages say of remedies and filings."""

from collections.abc import Callable, Mapping

from lianzhi.chain.scorecard import Figure
from lianzhi.domains.mediation.matching import Part, Reason
from lianzhi.domains.mediation.warning import Point
from lianzhi.domains.mediation.words import words
from lianzhi.kit.figure_sentences import per_cent
from lianzhi.kit.periods import DAY_MS
from lianzhi.law.remedies import Fault, Way

_NO_NAMES: Mapping[str, str] = {}


def fault_text(fault: Fault, language: str) -> str:
    """What is wrong with a filing, and the right way, as a sentence."""
    gettext = words(language).gettext
    text = gettext(f"mediation_fault.{fault.key}")
    if fault.right is None:
        return text
    route = fault.right.route
    right = gettext("mediation.right_way") % {
        "remedy": gettext(f"mediation_remedy.{route.remedy}"),
        "forum": gettext(f"mediation_forum.{route.forum}"),
    }
    return f"{text} {right}"


def no_last_day(way: Way, language: str) -> str:
    """Why a remedy has no last day: time does not run yet, there is no limit, or the last day lies
    in a year whose holidays are not known."""
    if way.unknown_year is not None:
        text = words(language).gettext("mediation.last_day_unknown")
        return text % {"day": f"{way.unknown_year}-01-01", "year": way.unknown_year}
    key = "mediation.not_running" if way.obstacles else "mediation.no_period"
    return words(language).gettext(key)


def reason_text(point: Point, language: str) -> str:
    """One reason of a warning with its value; shares are per cent."""
    value = f"{point.value:.0%}" if point.key == "deadline_share" else f"{point.value:.10g}"
    return words(language).gettext(f"mediation_point.{point.key}") % {"n": value}


def part_text(part: Part, language: str) -> str:
    """One part of a mediator's score, with its points."""
    gettext = words(language).gettext
    value = part.value
    if part.key in ("field", "certificate"):
        family = "mediator_field" if part.key == "field" else "mediator_certificate"
        value = gettext(f"{family}.{value}")
    return gettext(f"mediator_part.{part.key}") % {"value": value, "points": f"{part.points:.1f}"}


def barrier_text(reason: Reason, language: str, names: Mapping[str, str] = _NO_NAMES) -> str:
    """Why a mediator is excluded; `names` of enterprises by vault token."""
    gettext = words(language).gettext
    value = reason.value
    if reason.key == "employer":
        value = names.get(value, "")
    elif reason.key == "certificate":
        value = gettext(f"mediator_certificate.{value}")
    return (gettext(f"mediator_barrier.{reason.key}") % {"value": value}).strip()


_SHOWN: Mapping[str, Callable[[float], str]] = {
    "share": per_cent,
    "per_100": lambda value: per_cent(value / 100).removesuffix(" %"),
    "number": "{:,.0f}".format,
}


def figure_text(figure: Figure, language: str) -> tuple[str, str]:
    """Value and limits of a figure; a share in per cent, a time in days."""
    if figure.value is None:
        return "–", ""
    if figure.unit == "ms":
        days = words(language).gettext("mediation_figure.days")
        lo, hi = (
            "–" if each is None else f"{each / DAY_MS:.0f}" for each in (figure.lo, figure.hi)
        )
        return days % {"n": f"{figure.value / DAY_MS:.0f}"}, days % {"n": f"{lo}–{hi}"}
    show = _SHOWN[figure.unit]
    if figure.lo is None or figure.hi is None:
        return show(figure.value), ""
    return show(figure.value), f"{show(figure.lo)}–{show(figure.hi)}"


def part_name(dimension: str, value: str, language: str) -> str:
    """What a part of a figure is called."""
    if dimension == "field":
        return words(language).gettext(f"mediator_field.{value}")
    return value
