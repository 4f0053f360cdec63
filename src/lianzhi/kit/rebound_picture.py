"""Rebound as a picture and a sentence; the template `kit/rebound.html` draws it."""

from typing import Literal, NamedTuple

from babel.support import Translations

from lianzhi.chain.revisit import Rebound
from lianzhi.documents.format import number
from lianzhi.kit.figure_sentences import joined, times

WIDTH, HEIGHT = 360, 80

Part = Literal["calm", "incident", "after"]


class Column(NamedTuple):
    """A day: its left edge, top and height in units of the picture."""

    part: Part
    events: int
    alarm: bool
    x: float
    y: float
    height: float


class Picture(NamedTuple):
    """Columns by day on one scale from 0, the bound over the days since the closing."""

    columns: tuple[Column, ...]
    step: float
    """Room of a column."""
    bound: float
    """Height at which the bound lies, from the top."""
    begin: float
    """Where the days since the closing begin."""
    most: int
    """Greatest count of a day."""


def picture(rebound: Rebound) -> Picture:
    """Lay the days out in their order."""
    quiet = [False] * (len(rebound.calm) + len(rebound.incident))
    days: list[tuple[Part, int]] = [
        *(("calm", count) for count in rebound.calm),
        *(("incident", count) for count in rebound.incident),
        *(("after", count) for count in rebound.after),
    ]
    most = max(1.0, rebound.upperbound, *(count for _, count in days))
    step = WIDTH / len(days)
    columns = []
    for place, ((part, count), alarm) in enumerate(
        zip(days, [*quiet, *rebound.alarms], strict=True)
    ):
        height = round(HEIGHT * count / most, 1)
        x = round(place * step, 2)
        columns.append(Column(part, count, alarm, x, round(HEIGHT - height, 1), height))
    return Picture(
        tuple(columns),
        round(step, 2),
        round(HEIGHT * (1 - rebound.upperbound / most), 1),
        round(len(quiet) * step, 2),
        max(count for _, count in days),
    )


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
