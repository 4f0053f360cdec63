"""Facts for the scorecard from the rows of a town: requests, penalties, inspections, permits.

Rows are mappings or structs with the fields of the town's files; values are texts as in the files,
or dates, datetimes, Unix ms, numbers. An invalid row is set aside with its reason; the others are
counted.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

import msgspec

CHINA = dt.timezone(dt.timedelta(hours=8))
LISTS = ("no_penalty", "mitigated", "lighter", "ordinary", "heavier")

Row = Mapping[str, Any] | msgspec.Struct


class Town(msgspec.Struct, frozen=True, kw_only=True):
    """Input rows. Grids and officers determine the squad of a request or a case."""

    requests: Sequence[Row] = ()
    penalties: Sequence[Row] = ()
    inspections: Sequence[Row] = ()
    permits: Sequence[Row] = ()
    officers: Sequence[Row] = ()
    grids: Mapping[str, str] = {}
    """Grid -> squad."""


class BadRow(msgspec.Struct, frozen=True):
    """A row that is not counted: table, row from 1 on, field and remedy."""

    table: str
    row: int
    field: str
    reason: str


class Fact(NamedTuple):
    """One row: id, start (Unix ms), department and squad; empty where unknown."""

    id: str
    began: int
    department: str = ""
    squad: str = ""
    steps: Mapping[str, int] = {}
    """Step -> Unix ms."""
    kind: str = ""
    """Discretion list of a penalty, outcome of a request or permit."""
    marks: frozenset[str] = frozenset()
    """`overturned`, `violating`."""
    fine: Decimal = Decimal(0)
    """In yuan."""

    @property
    def month(self) -> str:
        """The month in China in which it began, such as 2021-06."""
        return dt.datetime.fromtimestamp(self.began / 1000, CHINA).strftime("%Y-%m")


class Facts(NamedTuple):
    """All rows that can be counted, and those that cannot."""

    requests: tuple[Fact, ...]
    penalties: tuple[Fact, ...]
    inspections: tuple[Fact, ...]
    permits: tuple[Fact, ...]
    bad: tuple[BadRow, ...]


class _RowError(ValueError):
    def __init__(self, field: str, reason: str) -> None:
        self.field = field
        super().__init__(reason)


def facts(town: Town) -> Facts:
    """Read the rows of a town."""
    squads = {
        str(_get(officer, "id")): str(_get(officer, "squad") or "") for officer in town.officers
    }
    bad: list[BadRow] = []

    def read(table: str, rows: Sequence[Row], each: Callable[[Row], Fact]) -> tuple[Fact, ...]:
        facts_: dict[str, Fact] = {}
        for number, row in enumerate(rows, 1):
            try:
                fact = each(row)
                if fact.id in facts_:
                    raise _RowError("id", f"id is {fact.id!r} a second time; give each its own")
                facts_[fact.id] = fact
            except _RowError as error:
                bad.append(BadRow(table, number, error.field, str(error)))
        return tuple(facts_.values())

    def squad(row: Row) -> str:
        named = _several(_get(row, "officers") or _get(row, "officer"))
        return next((squads[officer] for officer in named if squads.get(officer)), "")

    return Facts(
        requests=read("requests", town.requests, lambda row: _request(row, town.grids)),
        penalties=read("penalties", town.penalties, lambda row: _penalty(row, squad(row))),
        inspections=read("inspections", town.inspections, lambda row: _inspection(row, squad(row))),
        permits=read("permits", town.permits, lambda row: _permit(row, squad(row))),
        bad=tuple(bad),
    )


def _request(row: Row, grids: Mapping[str, str]) -> Fact:
    steps = _steps(row, ("accepted_at", "dispatched_at", "disposed_at"))
    due = _moment(row, "due_at")
    # A request that was never accepted counts in the month in which it was received and in no other
    # figure.
    began = steps.get("accepted_at", _moment(row, "received_at"))
    if began is None:
        raise _RowError("received_at", "received_at and accepted_at are empty; give one")
    return Fact(
        id=_id(row),
        began=began,
        squad=_text(row, "dispatched_to") or grids.get(_text(row, "grid"), ""),
        steps=steps if due is None else steps | {"due_at": due},
        kind=_text(row, "outcome"),
    )


def _penalty(row: Row, squad: str) -> Fact:
    steps = _steps(row, ("filed", "decided", "reconsideration"))
    reviewed = _moment(row, "reviewed")
    which = _text(row, "list")
    if "filed" not in steps:
        raise _RowError("filed", "filed is empty; give the day on which the file was opened")
    if "decided" in steps and which not in LISTS:
        raise _RowError("list", f"list is {which!r}; give one of {', '.join(LISTS)}")
    overturned = _flag(row, "overturned")
    if overturned and "reconsideration" not in steps:
        raise _RowError("overturned", "overturned without reconsideration; give the day asked")
    return Fact(
        id=_id(row),
        began=steps["filed"],
        department=_text(row, "department"),
        squad=squad,
        steps=steps if reviewed is None else steps | {"reviewed": reviewed},
        kind=which,
        marks=frozenset({"overturned"} if overturned else ()),
        fine=_yuan(row, "fine"),
    )


def _inspection(row: Row, squad: str) -> Fact:
    day = _moment(row, "day")
    if day is None:
        raise _RowError("day", "day is empty; give the day of the inspection")
    violations = _several(_get(row, "violations"))
    return Fact(
        id=_id(row),
        began=day,
        department=_text(row, "department"),
        squad=squad,
        marks=frozenset({"violating"} if violations else ()),
    )


def _permit(row: Row, squad: str) -> Fact:
    steps = _steps(row, ("accepted", "decided"))
    began = steps.get("accepted", _moment(row, "applied"))
    if began is None:
        raise _RowError("applied", "applied and accepted are empty; give one")
    return Fact(
        id=_id(row),
        began=began,
        department=_text(row, "department"),
        squad=squad,
        steps=steps,
        kind=_text(row, "outcome"),
    )


def _get(row: Row, name: str) -> Any:
    return row.get(name) if isinstance(row, Mapping) else getattr(row, name, None)


def _text(row: Row, name: str) -> str:
    value = _get(row, name)
    return "" if value is None else str(value).strip()


def _id(row: Row) -> str:
    if not (id_ := _text(row, "id")):
        raise _RowError("id", "id is empty; give each row its own")
    return id_


def _several(value: Any) -> tuple[str, ...]:
    parts = value.split(";") if isinstance(value, str) else value or ()
    return tuple(text for part in parts if (text := str(part).strip()))


def _steps(row: Row, names: tuple[str, ...]) -> dict[str, int]:
    """Time of each step; raises _RowError where one precedes an earlier step."""
    steps: dict[str, int] = {}
    for name in names:
        moment = _moment(row, name)
        if moment is None:
            continue
        for before, when in steps.items():
            if moment < when:
                raise _RowError(name, f"{name} is before {before}; mend either")
        steps[name] = moment
    return steps


def _moment(row: Row, name: str) -> int | None:
    """Unix ms of a time or, for a day, of its midnight in China; None where empty."""
    value = _get(row, name)
    if value is None or value == "":
        return None
    try:
        if isinstance(value, str):
            value = dt.datetime.fromisoformat(value.strip())
        elif isinstance(value, dt.date) and not isinstance(value, dt.datetime):
            value = dt.datetime(value.year, value.month, value.day, tzinfo=CHINA)
        if isinstance(value, dt.datetime):
            zoned = value if value.tzinfo else value.replace(tzinfo=CHINA)
            return int(zoned.timestamp() * 1000)
        if isinstance(value, int) and not isinstance(value, bool):
            return value
    except (ValueError, OverflowError):
        pass
    raise _RowError(name, f"{name} is {str(value)[:40]!r}; give a day or a time like 2021-06-30")


def _flag(row: Row, name: str) -> bool:
    value = _get(row, name)
    if isinstance(value, str):
        value = {"true": True, "false": False, "": False}.get(value.strip().lower(), value)
    if value is None or isinstance(value, bool):
        return bool(value)
    raise _RowError(name, f"{name} is {str(value)[:40]!r}; give true or false")


def _yuan(row: Row, name: str) -> Decimal:
    text = _text(row, name)
    try:
        amount = Decimal(text or 0)
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or amount < 0 or amount != round(amount, 2):
        raise _RowError(name, f"{name} is {text[:40]!r}; give yuan, like 2000 or 2000.50")
    return amount
