"""Wording: what the terminal and the pages say of remedies and filings."""

from collections.abc import Mapping

from lianzhi.domains.mediation.matching import Part, Reason
from lianzhi.domains.mediation.routes import Fault, Way
from lianzhi.domains.mediation.warning import Point
from lianzhi.domains.mediation.words import words

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
    """Why a remedy has no last day: time does not run yet, or there is no limit."""
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
        family = "mediation_field" if part.key == "field" else "mediator_certificate"
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
