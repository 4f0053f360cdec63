"""Outcome of a campaign for display: weekly series as pictures, and the verdict in sentences."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from babel.support import Translations

from lianzhi.chain.campaign_figures import WEEK_MS
from lianzhi.chain.campaign_judging import Evidence, Judged, judged, supplied_weeks
from lianzhi.chain.campaign_outcome import Changed, WeeklySeries, weeks_of
from lianzhi.chain.campaign_supply import COLUMNS
from lianzhi.kit.judgement_text import displacement_sentences, peak_sentence, sentences
from lianzhi.kit.series_picture import Picture, Point, picture
from lianzhi.law.clock import china_day

WIDTH, HEIGHT = 720, 110
#: Opacity of weeks before, during and after the campaign.
_BEFORE, _DURING, _AFTER = 0.35, 0.95, 0.6
#: Below this share a week is drawn as incomplete.
_COMPLETE = 0.995


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
    per_exposure: bool
    """Whether the harm was divided by a supplied denominator."""


def outcome_of(evidence: Evidence, catalogue: Translations) -> Outcome:
    """Pictures of all series that there are, and what is judged of whole weeks."""
    series, result = evidence.series, judged(evidence)
    named = [("harm", "", series.harm), *_supplied(evidence)]
    if not any(role == "control" for role, *_ in named):
        named.append(("control", "", series.control))
    named += [("neighbour", kind, counts) for kind, counts in series.neighbours.items()]
    weeks = len(series.harm)
    return Outcome(
        verdict=verdict_sentences(result, catalogue),
        pictures=[
            NamedPicture(role, kind, picture(points, WIDTH, HEIGHT))
            for role, kind, counts in named
            if (points := _points(role, counts, evidence, result))
        ],
        first=_day(series, 0),
        last=_day(series, weeks, -1),
        changes=series.changes,
        incomplete=series.whole < weeks,
        per_exposure=evidence.supply is not None and "exposure" in evidence.supply.columns,
    )


def verdict_sentences(result: Judged | None, catalogue: Translations) -> list[str]:
    """What is judged, the verdict first; nothing where nothing could be."""
    if result is None:
        return []
    lines = sentences(result.judgement, catalogue, result.level)
    if result.moved is not None:
        lines += displacement_sentences(result.moved, catalogue)
    if result.peaks is not None:
        lines.append(peak_sentence(result.peaks, catalogue))
    return lines


def table_of_weeks(evidence: Evidence) -> Iterator[list[str | float]]:
    """The whole weeks that are judged, oldest first, below their header."""
    series = evidence.series
    first, last = supplied_weeks(evidence)
    columns: dict[str, Sequence[float]] = {"outcome": series.harm[first:last]}
    supplied = {role: [*counts[first:last]] for role, _, counts in _supplied(evidence)}
    columns |= {name: supplied[name] for name in COLUMNS if name in supplied}
    if series.control and "control" not in columns:
        columns["control"] = series.control[first:last]
    for kind, counts in series.neighbours.items():
        columns[f"neighbour.{kind}"] = counts[first:last]
    result = judged(evidence)
    if result is not None and result.tail is not None:
        columns["complete"] = [round(float(each), 4) for each in result.tail.share[first:last]]
    yield ["week", *columns]
    for week in range(max(0, last - first)):
        yield [_day(series, first + week), *(values[week] for values in columns.values())]


def _supplied(evidence: Evidence) -> list[tuple[str, str, Sequence[float]]]:
    """Supplied columns in the weeks of the series; 0 where the table has none."""
    supply, series = evidence.supply, evidence.series
    if supply is None:
        return []
    before = (supply.first - china_day(series.since)).days // 7
    places = range(-before, len(series.harm) - before)
    return [
        (name, "", [column[place] if 0 <= place < supply.weeks else 0 for place in places])
        for name, column in supply.columns.items()
    ]


def _points(
    role: str, counts: Sequence[float], evidence: Evidence, result: Judged | None
) -> list[Point]:
    series = evidence.series
    end = series.start + weeks_of(evidence.terms)
    tail = result.tail if result is not None and role == "harm" else None

    def point(week: int, count: float) -> Point:
        title, partial = f"{_day(series, week)}: {count:,.10g}", week >= series.whole
        if tail is not None and week < series.whole and tail.share[week] < _COMPLETE:
            title += f" → {tail.corrected[week]:,.0f} ({tail.lo[week]:,.0f}–{tail.hi[week]:,.0f})"
            partial = True
        shade = _BEFORE if week < series.start else _DURING if week < end else _AFTER
        return Point(round(count), shade=shade, title=title, hatched=partial)

    return [point(week, count) for week, count in enumerate(counts)]


def _day(series: WeeklySeries, week: int, ms: int = 0) -> str:
    return china_day(series.since + week * WEEK_MS + ms).isoformat()
