"""Files of counts: read from `date,observed` or `idx,observed`, written with bound and alarm."""

import csv
import datetime as dt
import io
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import msgspec
import numpy as np

from lianzhi.files import replace
from lianzhi.stats.surveillance.watch import Counts, Watch
from lianzhi.tabular.cells import Cell, Line, read_lines
from lianzhi.tabular.codec import Codec, codec, text
from lianzhi.tabular.problem import TableError, excerpt

HEADER = ("idx", "date", "observed", "expected", "upperbound", "alarm")
_DAY, _WHOLE = codec(dt.date), codec(int)
_COUNT = codec(Annotated[int, msgspec.Meta(ge=0)])


class SeriesError(ValueError):
    """A file that is no series: line, field, value and mend."""


class Series(NamedTuple):
    """Counts in the order of their times, without a gap."""

    first: int
    """`idx` of the first count."""
    dates: list[dt.date] | None
    counts: Counts


def read_series(path: Path) -> Series:
    """The series of a table in CSV, XLSX or JSON; other columns are left alone.

    Raises SeriesError, and OSError where the file can't be read.
    """
    try:
        header, *lines = read_lines(path)
        names = [text(cell) for cell in header.cells]
    except TableError as error:
        raise SeriesError(f"{path}: {error}") from None
    except ValueError:
        raise SeriesError(f"{path}: the file is empty; give date or idx, and observed") from None
    key = next((name for name in ("date", "idx") if name in names), "")
    if not key or "observed" not in names:
        raise SeriesError(f"{path}:1: the columns are {names}; give date or idx, and observed")
    if not lines:
        raise SeriesError(f"{path}: there are no rows; give a count for each time")
    counts = _column(path, lines, names, "observed", _COUNT, "give a whole number from 0 on")
    observed = np.array(counts, np.float64)
    if key == "idx":
        indexes = _column(path, lines, names, key, _WHOLE, "give a whole number")
        _check_steps(path, lines, indexes, 1)
        return Series(indexes[0], None, observed)
    dates = _column(path, lines, names, key, _DAY, "give YYYY-MM-DD")
    step = dates[1] - dates[0] if len(dates) > 1 else dt.timedelta(1)
    _check_steps(path, lines, dates, step if step > dt.timedelta() else dt.timedelta(1))
    return Series(1, dates, observed)


def write_watch(path: Path, series: Series, watch: Watch) -> None:
    """Write a row for each time judged; an empty cell where there is no value. Raises OSError."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(HEADER)
    writer.writerows(_rows(series, watch))
    replace(path, out.getvalue().encode())


def _rows(series: Series, watch: Watch) -> Iterator[tuple[object, ...]]:
    for time, expected, bound, alarm in zip(*watch, strict=True):
        date = series.dates[time] if series.dates else ""
        values = (_number(expected), _number(bound), int(alarm))
        yield series.first + int(time), date, int(series.counts[time]), *values


def _number(value: float) -> str:
    return "" if np.isnan(value) else repr(float(value))


def _column(
    path: Path, lines: Sequence[Line], names: list[str], name: str, kind: Codec, mend: str
) -> list[Any]:
    place = names.index(name)
    values = []
    for line in lines:
        cell: Cell = line.cells[place] if place < len(line.cells) else None
        try:
            if line.fault:
                raise TableError(line.fault)
            values.append(kind.read(cell))
        except TableError:
            fault = line.fault or f"{name} is {excerpt(cell)!r}; {mend}"
            raise SeriesError(f"{path}:{line.number}: {fault}") from None
    return values


def _check_steps(path: Path, lines: Sequence[Line], times: list[Any], step: Any) -> None:
    """Raise SeriesError where a time is not `step` after the one before."""
    for line, (before, time) in zip(lines[1:], pairwise(times), strict=True):
        if time - before != step:
            raise SeriesError(
                f"{path}:{line.number}: {time} does not follow {before}, {before + step} is next; "
                "give every time, in order"
            )
