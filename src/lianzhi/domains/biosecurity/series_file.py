"""Files of counts: read from `date,observed` or `idx,observed`, written with bound and alarm."""

import csv
import datetime as dt
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np

from lianzhi.files import replace
from lianzhi.stats.surveillance.watch import Counts, Watch

_MOST_ROWS = 1_000_000
HEADER = ("idx", "date", "observed", "expected", "upperbound", "alarm")


class SeriesError(ValueError):
    """A file that is no series: line, field, value and mend."""


class Series(NamedTuple):
    """Counts in the order of their times, without a gap."""

    first: int
    """`idx` of the first count."""
    dates: list[dt.date] | None
    counts: Counts


def read_series(path: Path) -> Series:
    """The series of a file. Raises SeriesError, and OSError where it can't be read."""
    try:
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SeriesError(f"{path}: byte {error.start} is no UTF-8; save it as UTF-8") from None
    rows = csv.reader(text.splitlines())
    header = [name.strip() for name in next(rows, [])]
    key = next((name for name in ("date", "idx") if name in header), "")
    if not key or "observed" not in header:
        raise SeriesError(f"{path}:1: the columns are {header}; give date or idx, and observed")
    key_at, observed_at = header.index(key), header.index("observed")
    keys: list[str] = []
    counts: list[float] = []
    for line, row in enumerate(rows, 2):
        if not any(cell.strip() for cell in row):
            continue
        if len(row) <= max(key_at, observed_at):
            raise SeriesError(f"{path}:{line}: {len(row)} cells; give {len(header)}")
        if len(keys) == _MOST_ROWS:
            raise SeriesError(f"{path}:{line}: over {_MOST_ROWS:,} rows; give fewer")
        keys.append(row[key_at].strip())
        counts.append(_count(path, line, row[observed_at].strip()))
    if not keys:
        raise SeriesError(f"{path}: there are no rows; give a count for each time")
    observed = np.array(counts)
    if key == "idx":
        return Series(_indexes(path, keys), None, observed)
    return Series(1, _dates(path, keys), observed)


def write_watch(path: Path, series: Series, watch: Watch) -> None:
    """Write a row for each time judged; an empty cell where there is no value. Raises OSError."""
    lines = [",".join(HEADER), *_lines(series, watch)]
    replace(path, ("\n".join(lines) + "\n").encode())


def _lines(series: Series, watch: Watch) -> Iterator[str]:
    for time, expected, bound, alarm in zip(*watch, strict=True):
        date = series.dates[time].isoformat() if series.dates else ""
        values = (_cell(expected), _cell(bound), str(int(alarm)))
        yield ",".join((str(series.first + time), date, f"{series.counts[time]:.0f}", *values))


def _cell(value: float) -> str:
    return "" if np.isnan(value) else repr(float(value))


def _count(path: Path, line: int, text: str) -> float:
    try:
        value = float(text)
        if value >= 0 and value == int(value):
            return value
    except (ValueError, OverflowError):
        pass
    raise SeriesError(f"{path}:{line}: observed is {text[:40]!r}; give a whole number from 0 on")


def _indexes(path: Path, keys: list[str]) -> int:
    try:
        numbers = [int(key) for key in keys]
    except ValueError:
        wrong = next(key for key in keys if not key.lstrip("-").isdigit())
        raise SeriesError(f"{path}: idx is {wrong[:40]!r}; give whole numbers") from None
    for n, number in enumerate(numbers):
        if number != numbers[0] + n:
            raise SeriesError(
                f"{path}: idx is {number} where {numbers[0] + n} is next; give every time, in order"
            )
    return numbers[0]


def _dates(path: Path, keys: list[str]) -> list[dt.date]:
    try:
        dates = [dt.date.fromisoformat(key) for key in keys]
    except ValueError as error:
        raise SeriesError(f"{path}: date: {error}; give YYYY-MM-DD") from None
    step = (dates[1] - dates[0]).days if len(dates) > 1 else 1
    for before, date in pairwise(dates):
        if (date - before).days != step or step < 1:
            raise SeriesError(
                f"{path}: {date} does not follow {before} by {step} days; give every time, in order"
            )
    return dates
