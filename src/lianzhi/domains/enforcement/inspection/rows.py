"""Rows of a town's files as values: the columns that a draw, a ranking or a monitor needs.

Bad rows are reported with line and reason; good rows are kept.
"""

import csv
import datetime as dt
import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import msgspec

T = TypeVar("T")
Row = Mapping[str, str | None]

#: Largest file, in bytes and in rows.
MOST_BYTES = 256 << 20
MOST_ROWS = 2_000_000
_MOST_FACTS = 10_000
_MOST_FINE = 1e12


class RowsError(ValueError):
    """A file that cannot be read at all; the message names it and the mend."""


class Fault(NamedTuple):
    """A row that is left out."""

    line: int
    """The header is line 1."""
    reason: str


class Enterprise(msgspec.Struct, frozen=True):
    """Features of an enterprise known before an inspection."""

    id: str
    industry: str
    grid: str
    staff: int
    opened: dt.date | None


class Officer(msgspec.Struct, frozen=True):
    """An officer and the last day of the certificate; None: no certificate."""

    id: str
    squad: str
    department: str
    certificate_until: dt.date | None


class Inspection(msgspec.Struct, frozen=True):
    """One inspection: where, when, by whom, and the items found violated."""

    id: str
    enterprise: str
    day: dt.date
    list: str
    reason: str
    officers: tuple[str, ...]
    violations: tuple[str, ...]


class Request(msgspec.Struct, frozen=True):
    """A request that names an enterprise."""

    enterprise: str
    day: dt.date


class Penalty(msgspec.Struct, frozen=True):
    """A decided case: item, facts, officers, and the fine in yuan."""

    id: str
    enterprise: str
    item: str
    department: str
    officers: tuple[str, ...]
    facts: dict[str, Any]
    decided: dt.date
    list: str
    fine: float


def _text(row: Row, field: str) -> str:
    value = (row.get(field) or "").strip()
    if not value:
        raise ValueError(f"{field} is empty; give it")
    return value


def _maybe(row: Row, field: str) -> str:
    return (row.get(field) or "").strip()


def _several(row: Row, field: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, map(str.strip, _maybe(row, field).split(";")))))


def _day(row: Row, field: str) -> dt.date:
    value = _text(row, field)
    try:
        return dt.date.fromisoformat(value[:10])
    except ValueError:
        raise ValueError(f"{field} is {value!r}; give a day like 2026-03-01") from None


def _day_or_none(row: Row, field: str) -> dt.date | None:
    return _day(row, field) if _maybe(row, field) else None


def _number(row: Row, field: str, most: float) -> float:
    value = _maybe(row, field) or "0"
    try:
        number = float(value)
    except ValueError:
        number = -1.0
    if not 0 <= number <= most:
        raise ValueError(f"{field} is {value!r}; give a number from 0 to {most:g}")
    return number


def _facts(row: Row) -> dict[str, Any]:
    value = _maybe(row, "facts") or "{}"
    try:
        facts = json.loads(value) if len(value) <= _MOST_FACTS else None
    except (ValueError, RecursionError):
        facts = None
    if not isinstance(facts, dict) or any(isinstance(fact, dict | list) for fact in facts.values()):
        raise ValueError(
            f"facts is {value[:60]!r}; give a flat JSON object of at most {_MOST_FACTS} characters"
        )
    return facts


def enterprise(row: Row) -> Enterprise:
    """A row of enterprises.csv. Raises ValueError."""
    return Enterprise(
        _text(row, "id"),
        _maybe(row, "industry"),
        _maybe(row, "grid"),
        int(_number(row, "staff", 10_000_000)),
        _day_or_none(row, "opened"),
    )


def officer(row: Row) -> Officer:
    """A row of officers.csv. Raises ValueError."""
    until = _day_or_none(row, "certificate_until") if _maybe(row, "certificate") else None
    return Officer(_text(row, "id"), _maybe(row, "squad"), _maybe(row, "department"), until)


def inspection(row: Row) -> Inspection:
    """A row of inspections.csv. Raises ValueError."""
    officers = _several(row, "officers")
    if not officers:
        raise ValueError("officers is empty; give the officers, by `;`")
    return Inspection(
        id=_text(row, "id"),
        enterprise=_text(row, "enterprise"),
        day=_day(row, "day"),
        list=_maybe(row, "list"),
        reason=_maybe(row, "reason"),
        officers=officers,
        violations=_several(row, "violations"),
    )


def request(row: Row) -> Request | None:
    """A row of requests.csv; None where it names no enterprise. Raises ValueError."""
    name = _maybe(row, "enterprise")
    return Request(name, _day(row, "received_at")) if name else None


def penalty(row: Row) -> Penalty | None:
    """A row of penalties.csv; None while it is not decided. Raises ValueError."""
    if not _maybe(row, "decided"):
        return None
    return Penalty(
        id=_text(row, "id"),
        enterprise=_maybe(row, "enterprise"),
        item=_text(row, "item"),
        department=_maybe(row, "department"),
        officers=_several(row, "officers"),
        facts=_facts(row),
        decided=_day(row, "decided"),
        list=_maybe(row, "list"),
        fine=_number(row, "fine", _MOST_FINE),
    )


def convert(rows: Iterable[Row], make: Callable[[Row], T | None]) -> tuple[list[T], list[Fault]]:
    """Values of the good rows, and the bad rows with their reasons.

    A later row with the id of an earlier one is a fault.
    """
    good: list[T] = []
    faults: list[Fault] = []
    seen: set[str] = set()
    for line, row in enumerate(rows, 2):
        if line > MOST_ROWS + 1:
            raise RowsError(f"more than {MOST_ROWS:,} rows; divide the file")
        name = _maybe(row, "id")
        try:
            if name and name in seen:
                raise ValueError(f"id is {name!r} again; give each row its own")
            value = make(row)
        except ValueError as error:
            faults.append(Fault(line, str(error)))
            continue
        seen.add(name)
        if value is not None:
            good.append(value)
    return good, faults


def read(path: Path, make: Callable[[Row], T | None]) -> tuple[list[T], list[Fault]]:
    """Values of a CSV file, and its bad rows. Raises RowsError."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise RowsError(f"{path}: more than {MOST_BYTES >> 20} MiB; divide it")
        with path.open(encoding="utf-8-sig", newline="") as file:
            return convert(csv.DictReader(file), make)
    except OSError as error:
        raise RowsError(f"{path}: {error.strerror}; give a file that can be read") from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise RowsError(f"{path}: {error}; write it as CSV in UTF-8") from None
