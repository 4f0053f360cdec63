"""Where a calendar comes from: the package `chinesecalendar`, and a file of one's own on top.

The package follows the State Council's yearly notice and is published after it, so a new year may
be missing for a while, or a late change of plans (as in the spring of 2020). A file closes the gap:

    years = [2027]                       # the years that it covers whole
    [[days]]
    date = 2027-01-01
    kind = "holiday"                     # or "workday": a weekend on which one works
    name = "元旦"                         # may be left out

As CSV (UTF-8 or GB 18030) the years stand in a comment (`# years: 2027`), then `date,kind` or
`date,kind,name`. Days may be spelled as spreadsheets do (2027/1/1, 2027.1.1, 2027年1月1日), header
and kinds in Chinese (日期, 类型, 名称; 休, 假, 节假日; 班, 补班). A day outside the declared years
changes that one day of a year that is known already. A calendar with a hole would count
wrongly, so a file with a bad row is refused whole, with every bad row named.
"""

import csv
import datetime as dt
import functools
import re
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, cast, get_args

import chinese_calendar

from lianzhi.law.calendar import Calendar, Kind, Marked
from lianzhi.law.days import read_day
from lianzhi.law.halfwidth import half

#: A year has some forty marked days; this is room for a century.
_MOST_BYTES = 1_000_000
_MOST_ROWS = 10_000
_EARLIEST, _LATEST = 1950, 2150
#: The comment of a CSV that declares its years.
_YEARS = re.compile(r"^[\s\"]*#\s*(?:years|年份|年)\s*[:=,]\s*\[?([\d, 、年]+)", re.M)
_HEADERS = {"date": ("date", "日期"), "kind": ("kind", "类型"), "name": ("name", "名称")}
_KINDS = {
    "休": "holiday", "假": "holiday", "节假日": "holiday", "放假": "holiday", "休息日": "holiday",
    "班": "workday", "上班": "workday", "补班": "workday", "调休上班": "workday",
    "工作日": "workday",
}  # fmt: skip
#: Most bad rows that an error lists.
_MOST_LISTED = 20


class HolidaysError(ValueError):
    """A file of holidays that cannot be used; `rows` has (row, what is wrong), 0 for the file."""

    def __init__(self, file: str, rows: Sequence[tuple[int, str]]) -> None:
        self.rows = tuple(rows)
        lines = [f"row {row}: {text}" if row else text for row, text in rows[:_MOST_LISTED]]
        more = [f"and {len(rows) - _MOST_LISTED} more"] if len(rows) > _MOST_LISTED else []
        super().__init__(f"{file}: " + "; ".join(lines + more))


@functools.cache
def shipped() -> Calendar:
    """The calendar of the installed `chinesecalendar`."""
    holidays, workdays = chinese_calendar.holidays, chinese_calendar.workdays
    marks = [Marked(day, "holiday", name) for day, name in holidays.items()]
    marks += [Marked(day, "workday", name) for day, name in workdays.items()]
    return Calendar({day.year for day in holidays}, marks)


def load(path: Path, base: Calendar | None = None) -> Calendar:
    """A calendar with a file of holidays (.toml or .csv) on top of another, by default the shipped
    one.

    Raises HolidaysError naming each bad row with its remedy.
    """
    known = shipped() if base is None else base
    try:
        with path.open("rb") as file:
            body = file.read(_MOST_BYTES + 1)
        if len(body) > _MOST_BYTES:
            raise ValueError(f"it has more than {_MOST_BYTES} bytes; leave other things out")
        is_csv = path.suffix.lower() == ".csv"
        text = _text(body, gb=is_csv)
        years, rows = _from_csv(text) if is_csv else _from_toml(text)
    except (OSError, ValueError, csv.Error, RecursionError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise HolidaysError(path.name, [(0, reason)]) from None
    marks, bad = _read(rows, set(years), known)
    bare = sorted(set(years) - {mark.day.year for mark in marks if mark.kind == "holiday"})
    if bare and not bad:
        bad.append((0, f"years has {bare[0]}, but no holiday of it is listed; list all of them"))
    if bad:
        raise HolidaysError(path.name, bad)
    return known.with_years(years, marks)


def _text(body: bytes, *, gb: bool) -> str:
    """Decoded UTF-8, and where `gb` also GB 18030, which includes GBK. Raises ValueError."""
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if gb:
            with suppress(UnicodeDecodeError):
                return body.decode("gb18030").removeprefix("\ufeff")
        line = body.count(b"\n", 0, error.start) + 1
        other = "UTF-8 nor GB 18030" if gb else "UTF-8"
        no = "neither" if gb else "no"
        raise ValueError(f"line {line} is {no} {other}; save it as “CSV UTF-8”") from None


def _years(years: Any) -> list[int]:
    if not isinstance(years, list):
        raise ValueError(f"years is {years!r}; write like years = [2027]")
    for year in years:
        if type(year) is not int or not _EARLIEST <= year <= _LATEST:
            raise ValueError(f"years has {year!r}; give years from {_EARLIEST} to {_LATEST}")
    return years


def _from_toml(text: str) -> tuple[list[int], list[tuple[int, dict[str, Any]]]]:
    data = tomllib.loads(text)
    if strange := sorted(set(data) - {"years", "days"}):
        raise ValueError(f"it has {strange[0]!r}; the fields are years and days")
    days = data.get("days", [])
    if not isinstance(days, list) or not all(isinstance(each, dict) for each in days):
        raise ValueError("days is no list of tables; write [[days]] with date and kind")
    if len(days) > _MOST_ROWS:
        raise ValueError(f"it has {len(days)} days; give {_MOST_ROWS} at most")
    return _years(data.get("years", [])), list(enumerate(days, 1))


def _from_csv(text: str) -> tuple[list[int], list[tuple[int, dict[str, Any]]]]:
    text = half(text)
    lines = text.splitlines()
    years = [
        int(year) for comment in _YEARS.findall(text) for year in re.findall(r"\d+", comment)[:200]
    ]
    rows: list[tuple[int, dict[str, Any]]] = []
    for number, line in enumerate(lines, 1):
        cells = [cell.strip() for cell in next(csv.reader([line]), [])]
        if not any(cells) or cells[0].startswith("#") or _is_header(cells):
            continue
        while cells and not cells[-1]:
            cells.pop()
        names = ["date", "kind", "name", *(f"column {at + 1}" for at in range(3, len(cells)))]
        row = dict(zip(names, cells, strict=False))
        rows.append((number, {name: cell for name, cell in row.items() if cell}))
        if len(rows) > _MOST_ROWS:
            raise ValueError(f"it has more than {_MOST_ROWS} days; leave other things out")
    return _years(years), rows


def _is_header(cells: Sequence[str]) -> bool:
    return len(cells) > 1 and cells[0] in _HEADERS["date"] and cells[1] in _HEADERS["kind"]


def _read(
    rows: Sequence[tuple[int, dict[str, Any]]], years: set[int], known: Calendar
) -> tuple[list[Marked], list[tuple[int, str]]]:
    marks: dict[dt.date, Marked] = {}
    bad: list[tuple[int, str]] = []
    for number, row in rows:
        try:
            mark = _mark(row)
            for problem in _doubts(mark, marks, years, known):
                raise ValueError(problem)
        except ValueError as error:
            bad.append((number, str(error)))
        else:
            marks[mark.day] = mark
    return list(marks.values()), bad


def _mark(row: dict[str, Any]) -> Marked:
    day, kind, name = row.get("date"), row.get("kind"), row.get("name", "")
    if strange := sorted(set(row) - {"date", "kind", "name"}):
        raise ValueError(f"it has {strange[0]!r}; the fields are date, kind and name")
    if isinstance(day, str):
        try:
            day = read_day(day)
        except ValueError:
            raise ValueError(f"date is {day!r}; write like 2027-01-01") from None
    if type(day) is not dt.date:
        raise ValueError(f"date is {day!r}; write a day like 2027-01-01")
    kind = _KINDS.get(kind, kind) if isinstance(kind, str) else kind
    if kind not in get_args(Kind):
        raise ValueError(f"kind is {kind!r}; choose one of {', '.join(get_args(Kind))}")
    if not isinstance(name, str) or len(name) > 100:
        raise ValueError(f"name is {name!r}; give a text of 100 characters at most")
    return Marked(day, cast(Kind, kind), name)


def _doubts(
    mark: Marked, before: dict[dt.date, Marked], years: set[int], known: Calendar
) -> Iterator[str]:
    """Reasons to refuse a row, given the other rows."""
    day = mark.day
    if day in before:
        yield f"date is {day}, which an earlier row has; keep one of them"
    if day.year not in years and day.year not in known.known_years:
        yield f"date is {day}, of a year neither declared nor known; add {day.year} to years"
    if mark.kind == "workday" and day.year in years and day.weekday() < 5:
        yield f"date is {day}, a weekday and so a working day anyway; give a Saturday or Sunday"
