"""Rebound as a picture and a sentence; the template `kit/rebound.html` draws it."""

from babel.support import Translations

from lianzhi.chain.revisit import Rebound
from lianzhi.documents.format import number
from lianzhi.kit import series_picture
from lianzhi.kit.figure_sentences import joined, times
from lianzhi.kit.series_picture import Picture, Point

WIDTH, HEIGHT = 360, 80


def picture(rebound: Rebound) -> Picture:
    """Days before, of the incident and since the closing; the last have a bound."""
    points = [Point(count, shade=0.3) for count in rebound.calm]
    points += [Point(count, shade=0.55) for count in rebound.incident]
    points += [
        Point(count, rebound.upperbound, alarm)
        for count, alarm in zip(rebound.after, rebound.alarms, strict=True)
    ]
    return series_picture.picture(points, WIDTH, HEIGHT)


def rebound_sentence(rebound: Rebound, catalogue: Translations) -> str:
    """What the days since the closing show; where nothing shows, that this is not proof."""
    gettext = catalogue.gettext
    ratio = rebound.against_calm
    figures = {
        "total": f"{sum(rebound.after):,}",
        "days": len(rebound.after),
        "calm": len(rebound.calm),
        "expected": number(rebound.expected * len(rebound.after)),
        "bound": number(rebound.upperbound),
        "alarms": sum(rebound.alarms),
        "lo": times(ratio.lo),
        "hi": times(ratio.hi),
    }
    parts = [gettext("rebound.counted") % figures]
    if not rebound.back:
        parts.append(gettext("rebound.not_shown") % figures)
    elif any(rebound.alarms):
        parts.append(gettext("rebound.alarm") % figures)
    else:
        parts.append(gettext("rebound.higher") % figures)
    if rebound.against_incident is not None and any(rebound.incident):
        limits = rebound.against_incident
        named = {"lo": times(limits.lo), "hi": times(limits.hi)}
        parts.append(gettext("rebound.against_incident") % named)
    return joined(parts, catalogue)
