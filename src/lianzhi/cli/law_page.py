"""Output of `lianzhi law deadline`: each step in words, and the weeks as a strip."""

import datetime as dt
from collections.abc import Iterator, Sequence

from rich.table import Table
from rich.text import Text

from lianzhi.cli.case_words import language
from lianzhi.cli.law_words import festival, length, on, weekdays, word
from lianzhi.law.clock import Deadline
from lianzhi.law.course import Passed
from lianzhi.law.periods import Period, Span

CHINA = dt.timezone(dt.timedelta(hours=8))
#: Most weeks drawn of a deadline: of a longer one, the first and the last.
_WEEKS = 16


def moment(ms: int) -> str:
    """A time in China, to the minute."""
    return dt.datetime.fromtimestamp(ms / 1000, CHINA).isoformat(timespec="minutes")


def steps(
    begin: dt.date | int,
    period: Period,
    cited: str,
    extensions: Sequence[Span],
    end: Deadline,
    passed: Sequence[Passed],
) -> Iterator[tuple[str, str]]:
    """Label and text of each step of the computation."""
    speak = language()
    yield word("matter"), period.title.say(speak)
    at = moment(begin) if isinstance(begin, int) else on(begin)
    yield word("start"), f"{at}  {period.since.say(speak)}"
    back = f"  {word('back')}" if period.runs == "before" else ""
    yield word("length"), length(period.length) + back
    for more in extensions:
        yield word("extended"), length(more)
    for gap in passed:
        if gap.why == "weekend":
            continue
        name = festival(gap.name) or word(gap.why)
        yield word("passed"), f"{gap.first} - {gap.last}  {name} ({length(Span(gap.days, 'day'))})"
    rest = sum(gap.days for gap in passed if gap.why == "weekend")
    if rest:
        yield word("passed"), f"{word('weekend')} ({length(Span(rest, 'day'))})"
    if end.due != end.last_day:
        yield word("rolls"), f"{on(end.due)} → {on(end.last_day)}"
    yield word("warn"), on(end.warn_from)
    hour = f"  {moment(end.over_ms)}" if period.length.unit == "hour" else ""
    yield word("last"), on(end.last_day) + hour
    yield word("basis"), cited + ("" if period.verified else f"  ({word('unverified')})")
    if period.note is not None:
        yield word("note"), period.note.say(speak)


def strip(start: dt.date, end: Deadline, passed: Sequence[Passed]) -> Table:
    """The weeks from start to end, a row each: counted days by number, the others by a mark."""
    marks = {"suspended": "=", "holiday": "·", "weekend": "·"}
    first, last = sorted((start, end.last_day))
    off = {
        number: marks[gap.why]
        for gap in passed
        for number in range(gap.first.toordinal(), gap.last.toordinal() + 1)
    }
    table = Table(box=None, pad_edge=False)
    for name in ("", *weekdays()):
        table.add_column(name, justify="right")
    monday = first.toordinal() - first.weekday()
    weeks = list(range(monday, last.toordinal() + 1, 7))
    counted = [n for n in range(first.toordinal(), last.toordinal() + 1) if n not in off]
    places = {n: at for at, n in enumerate(counted if first == start else counted[::-1])}
    for at, week in enumerate(weeks):
        if len(weeks) > _WEEKS and _WEEKS // 2 <= at < len(weeks) - _WEEKS // 2:
            if at == _WEEKS // 2:
                table.add_row("…")
            continue
        cells = [_cell(n, start, end, off, places) for n in range(week, week + 7)]
        table.add_row(str(dt.date.fromordinal(week)), *cells)
    return table


def _cell(
    number: int, start: dt.date, end: Deadline, off: dict[int, str], places: dict[int, int]
) -> Text:
    if number == start.toordinal():
        return Text("S", "bold")
    if number in off:
        return Text(off[number], "yellow" if off[number] == "=" else "dim")
    if number not in places:
        return Text("")
    last = number == end.last_day.toordinal()
    warned = (
        not last
        and min(start, end.last_day) != end.last_day
        and (number >= end.warn_from.toordinal())
    )
    style = "bold red" if last else "yellow" if warned else "green"
    return Text(f"{places[number]}{'*' if last else ''}", style)
