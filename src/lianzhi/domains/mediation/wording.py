"""Wording: what the terminal and the pages say of remedies and filings."""

from lianzhi.domains.mediation.routes import Fault, Way
from lianzhi.domains.mediation.warning import Point
from lianzhi.domains.mediation.words import words


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
