"""Weekly series of a campaign from a table: week, outcome, exposure, control, neighbours."""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, NamedTuple

import msgspec
import numpy as np

from lianzhi.stats.campaign.weekly import MOST_WEEKS, Floats, Weekly, weekly
from lianzhi.tabular.cells import Line, read_lines
from lianzhi.tabular.codec import codec, text
from lianzhi.tabular.problem import TableError, excerpt

COLUMNS = ("week", "outcome", "exposure", "control", "control_exposure", "complete")
_NEIGHBOUR = "neighbour."
_COUNT = codec(Annotated[int, msgspec.Meta(ge=0)])
_EXPOSURE = codec(Annotated[float, msgspec.Meta(gt=0)])
_SHARE = codec(Annotated[float, msgspec.Meta(gt=0, le=1)])
MOST_NEIGHBOURS = 50


class WeeksError(ValueError):
    """A table that holds no weekly series: line, field, value and mend."""


class WeeksFile(NamedTuple):
    """The weeks of a file by their names, oldest first."""

    weeks: list[dt.date]
    """The first day of each."""
    series: Weekly
    complete: Floats | None = None
    """Share of each week's outcome that is known, above 0 up to 1."""

    def week_of(self, day: dt.date) -> int:
        """The week that holds a day, from 0. Raises WeeksError."""
        week = (day - self.weeks[0]).days // 7
        if not 0 <= week < len(self.weeks):
            last = self.weeks[-1] + dt.timedelta(days=6)
            raise WeeksError(
                f"{day} is outside the file; give a day from {self.weeks[0]} to {last}"
            )
        return week


def read_weeks(path: Path) -> WeeksFile:
    """The series of a CSV, XLSX or JSON file; other columns are refused.

    Raises WeeksError, and OSError where the file can't be read.
    """
    try:
        header, *lines = read_lines(path)
        names = [text(cell) for cell in header.cells]
    except TableError as error:
        raise WeeksError(f"{path}: {error}") from None
    except ValueError:
        raise WeeksError(f"{path}: the file is empty; give week and outcome") from None
    _check_names(path, names)
    if not 0 < len(lines) <= MOST_WEEKS:
        raise WeeksError(f"{path}: there are {len(lines)} weeks; give 1 to {MOST_WEEKS}")
    weeks = _weeks(path, lines, names)
    values = {name: _column(path, lines, names, name) for name in names if name != "week"}
    near = {
        name.removeprefix(_NEIGHBOUR): values[name] for name in names if name.startswith(_NEIGHBOUR)
    }
    shares = values.pop("complete", None)
    plain = {name: values[name] for name in COLUMNS[1:] if name in values}
    complete = None if shares is None else np.array(shares)
    return WeeksFile(weeks, weekly(**plain, neighbours=near), complete)


def _check_names(path: Path, names: list[str]) -> None:
    if missing := [name for name in ("week", "outcome") if name not in names]:
        raise WeeksError(f"{path}:1: the column {missing[0]} is missing; add it")
    if twice := [name for name in names if names.count(name) > 1]:
        raise WeeksError(f"{path}:1: the column {twice[0]} occurs twice; leave one out")
    near = [name for name in names if name.startswith(_NEIGHBOUR)]
    if odd := [name for name in names if name not in COLUMNS and name not in near]:
        known = ", ".join((*COLUMNS, f"{_NEIGHBOUR}NAME"))
        raise WeeksError(f"{path}:1: the column is {odd[0]!r}; give one of {known}")
    if len(near) > MOST_NEIGHBOURS:
        raise WeeksError(f"{path}:1: there are {len(near)} neighbours; give {MOST_NEIGHBOURS}")
    if "control_exposure" in names and "control" not in names:
        raise WeeksError(f"{path}:1: control_exposure has no control; add it")


def _weeks(path: Path, lines: Sequence[Line], names: list[str]) -> list[dt.date]:
    day, place = codec(dt.date), names.index("week")
    weeks: list[dt.date] = []
    for line in lines:
        cell = line.cells[place] if place < len(line.cells) else None
        try:
            if line.fault:
                raise TableError(line.fault)
            week: dt.date = day.read(cell)
        except TableError:
            fault = line.fault or f"week is {excerpt(cell)!r}; give its first day as YYYY-MM-DD"
            raise WeeksError(f"{path}:{line.number}: {fault}") from None
        if weeks and week - weeks[-1] != dt.timedelta(weeks=1):
            due = weeks[-1] + dt.timedelta(weeks=1)
            raise WeeksError(
                f"{path}:{line.number}: week is {week}, {due} is next; give every week, in order"
            )
        weeks.append(week)
    return weeks


def _column(path: Path, lines: Sequence[Line], names: list[str], name: str) -> list[float]:
    place, exposure = names.index(name), name.endswith("exposure")
    kind, mend = (_EXPOSURE, "above 0") if exposure else (_COUNT, "from 0 on, without a fraction")
    if name == "complete":
        kind, mend = _SHARE, "above 0 up to 1"
    values: list[float] = []
    for line in lines:
        cell = line.cells[place] if place < len(line.cells) else None
        try:
            values.append(float(kind.read(cell)))
        except TableError:
            raise WeeksError(
                f"{path}:{line.number}: {name} is {excerpt(cell)!r}; give a number {mend}"
            ) from None
    return values
