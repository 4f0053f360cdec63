"""Outcome of a campaign for display: weekly series as pictures, and the verdict in sentences."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from babel.support import Translations

from lianzhi.chain.campaign import Terms
from lianzhi.chain.campaign_figures import WEEK_MS
from lianzhi.chain.campaign_judging import judged
from lianzhi.chain.campaign_outcome import Changed, WeeklySeries, weeks_of
from lianzhi.kit.judgement_text import displacement_sentences, sentences
from lianzhi.kit.series_picture import Picture, Point, picture
from lianzhi.law.clock import china_day

WIDTH, HEIGHT = 720, 110
#: Opacity of weeks before, during and after the campaign.
_BEFORE, _DURING, _AFTER = 0.35, 0.95, 0.6


class NamedPicture(NamedTuple):
    """A series with the role it plays and, for a neighbour, its kind."""

    role: str
    kind: str
    picture: Picture


class Outcome(NamedTuple):
    """What a page shows of the outcome."""

    verdict: list[str]
    """Sentences; empty before there is a whole week to judge."""
    pictures: list[NamedPicture]
    first: str
    """Day on which the first week begins."""
    last: str
    """Last day of the last week."""
    changes: Sequence[Changed]
    """Changes of detection within the series."""
    incomplete: bool
    """Whether the last week is not over."""


def outcome_of(series: WeeklySeries, terms: Terms, catalogue: Translations) -> Outcome:
    """Pictures of all series that there are, and what is judged of whole weeks."""
    result, verdict = judged(series, terms), []
    if result is not None:
        verdict = sentences(result.judgement, catalogue, result.level)
        if result.moved is not None:
            verdict += displacement_sentences(result.moved, catalogue)
    named = [("harm", "", series.harm), ("control", "", series.control)]
    named += [("neighbour", kind, counts) for kind, counts in series.neighbours.items()]
    weeks = len(series.harm)
    return Outcome(
        verdict=verdict,
        pictures=[
            NamedPicture(role, kind, picture(_points(counts, series, terms), WIDTH, HEIGHT))
            for role, kind, counts in named
            if counts
        ],
        first=_day(series, 0),
        last=_day(series, weeks, -1),
        changes=series.changes,
        incomplete=series.whole < weeks,
    )


def table_of_weeks(series: WeeklySeries) -> Iterator[list[str | int]]:
    """Whole weeks, oldest first, below their header."""
    control = {"control": series.control} if series.control else {}
    neighbours = {f"neighbour.{kind}": counts for kind, counts in series.neighbours.items()}
    columns = {"outcome": series.harm, **control, **neighbours}
    yield ["week", *columns]
    for week in range(series.whole):
        yield [_day(series, week), *(counts[week] for counts in columns.values())]


def _points(counts: Sequence[int], series: WeeklySeries, terms: Terms) -> list[Point]:
    end = series.start + weeks_of(terms)

    def shade(week: int) -> float:
        return _BEFORE if week < series.start else _DURING if week < end else _AFTER

    return [
        Point(
            count,
            shade=shade(week),
            title=f"{_day(series, week)}: {count}",
            hatched=week >= series.whole,
        )
        for week, count in enumerate(counts)
    ]


def _day(series: WeeklySeries, week: int, ms: int = 0) -> str:
    return china_day(series.since + week * WEEK_MS + ms).isoformat()
