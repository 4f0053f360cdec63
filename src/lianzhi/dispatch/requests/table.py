"""Requests in a CSV file, routed row by row; a bad row is reported and the others are kept."""

import csv
import datetime as dt
import math
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from lianzhi.chain.policy import Dated
from lianzhi.dispatch.grids.grid import Grids
from lianzhi.dispatch.moments import CHINA
from lianzhi.dispatch.policy import DispatchPolicy, in_force
from lianzhi.dispatch.requests.routing import Route, route_in

MOST_ROWS = 2_000_000
_NEEDED = ("id", "category", "grid", "lon", "lat")
_LONGEST = 200


class RowsError(ValueError):
    """A file that cannot be read as a whole; the message says why and what to do."""


class Row(NamedTuple):
    """The part of a row that routing needs."""

    line: int
    id: str
    category: str
    grid: str
    lon: float
    """Longitude in degrees; not a number where it has no position, as is `lat`."""
    lat: float
    day: dt.date | None
    """Day of receipt in China, or None."""
    open: bool
    """Whether `disposed_at` is empty."""

    @property
    def placed(self) -> bool:
        """Whether it has a position."""
        return not math.isnan(self.lon)


class BadRow(NamedTuple):
    """A row that cannot be routed, and why."""

    line: int
    id: str
    said: str


def read(lines: Iterable[str]) -> tuple[list[Row], list[BadRow]]:
    """Rows and bad rows of a CSV (lines with their ends). Raises RowsError about the whole."""
    reader = csv.DictReader(lines, strict=True)
    rows: list[Row] = []
    bad: list[BadRow] = []
    seen: set[str] = set()
    try:
        if missing := [name for name in _NEEDED if name not in (reader.fieldnames or ())]:
            raise RowsError(f"columns {', '.join(missing)} are missing; name them in the first row")
        for given in reader:
            if len(rows) + len(bad) >= MOST_ROWS:
                raise RowsError(f"more than {MOST_ROWS:,} rows; divide the file")
            try:
                row = _row(given, reader.line_num)
                if row.id in seen:
                    raise ValueError(f"id is {row.id!r} again; give each request its own")
                seen.add(row.id)
                rows.append(row)
            except ValueError as error:
                bad.append(BadRow(reader.line_num, str(given.get("id"))[:_LONGEST], str(error)))
    except csv.Error as error:
        raise RowsError(f"line {reader.line_num}: {error}; save it as CSV in UTF-8") from None
    return rows, bad


def _row(given: dict[str, str], line: int) -> Row:
    if None in given or None in given.values():
        raise ValueError("it has more or fewer cells than the first row; mend it")
    cells = {name: given[name].strip() for name in _NEEDED}
    for name in ("id", "category"):
        if not 0 < len(cells[name]) <= _LONGEST:
            raise ValueError(f"{name} is {cells[name][:40]!r}; give 1 to {_LONGEST} characters")
    lon, lat = _position(cells["lon"], cells["lat"])
    day = _day(given.get("received_at", "").strip())
    ended = bool(given.get("disposed_at", "").strip())
    return Row(line, cells["id"], cells["category"], cells["grid"], lon, lat, day, not ended)


def _position(lon: str, lat: str) -> tuple[float, float]:
    if not lon and not lat:
        return math.nan, math.nan
    degrees = []
    for name, text, most in (("lon", lon, 180), ("lat", lat, 90)):
        try:
            number = float(text)
        except ValueError:
            number = math.nan
        if not abs(number) <= most:
            raise ValueError(f"{name} is {text[:40]!r}; give degrees from -{most} to {most}")
        degrees.append(number)
    return degrees[0], degrees[1]


def _day(text: str) -> dt.date | None:
    if not text:
        return None
    try:
        at = dt.datetime.fromisoformat(text)
        if at.tzinfo is None:
            raise ValueError
        return at.astimezone(CHINA).date()
    except (ValueError, OverflowError):
        raise ValueError(
            f"received_at is {text[:40]!r}; write like 2026-01-31T08:30:00+08:00"
        ) from None


def routes(
    rows: Sequence[Row], grids: Grids, policies: Dated[DispatchPolicy]
) -> Iterator[tuple[Row, Route]]:
    """The route of each row, by the policy of its day, or the latest where it has none."""
    places = grids.find_many([row.lon for row in rows], [row.lat for row in rows]).tolist()
    by_day: dict[dt.date | None, tuple[str, DispatchPolicy]] = {None: policies.latest()}
    for row, place in zip(rows, places, strict=True):
        if row.day not in by_day and row.day is not None:
            by_day[row.day] = in_force(policies, row.day)
        version, policy = by_day[row.day]
        grid = None if place < 0 else grids.grids[place].id
        yield (
            row,
            route_in(policy, version, grids, category=row.category, placed=row.placed,
                     grid=grid, given=row.grid),
        )  # fmt: skip
