"""How a cell becomes the value of a typed field, and back."""

import datetime as dt
import json
import math
import re
from collections.abc import Callable
from decimal import Decimal
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin

import msgspec

from lianzhi.domains.enforcement.importing.cells import Cell, Strange
from lianzhi.domains.enforcement.importing.limits import CHARACTERS
from lianzhi.domains.enforcement.importing.problem import MendError

CHINA = dt.timezone(dt.timedelta(hours=8))
_DAY = re.compile(r"(\d{4})(?:-(\d\d)-(\d\d)|/(\d\d?)/(\d\d?)|年(\d\d?)月(\d\d?)日)", re.ASCII)
_NUMBER = re.compile(r"-?\d+(\.\d+)?([eE][+-]?\d+)?", re.ASCII)
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
"""Control characters, line breaks and halves of surrogate pairs (Unicode Cc, Cs)."""
_ID = re.compile(r"[^\s;]{1,64}")
_TRUTH = {"true": True, "false": False, "是": True, "否": False}
_CENTURIES = (1900, 2199)
"""Years that a spreadsheet's dates are taken for dates in."""


class Codec(NamedTuple):
    """`read` raises MendError; `write` gives text, a number or a day."""

    read: Callable[[Cell], Any]
    write: Callable[[Any], str | int | float | Decimal | dt.date]


def codec(hint: Any) -> Codec:
    """The codec of a field's type, as rows.py uses them."""
    origin, of = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        return codec(next(each for each in of if each is not NoneType))
    if origin is Literal:
        return Codec(lambda cell: _choice(text(cell), of), str)
    if origin is tuple:
        return _many(codec(of[0]))
    if origin is dict:
        return Codec(_facts, lambda facts: json.dumps(facts, ensure_ascii=False, sort_keys=True))
    if origin is not Annotated:
        return _PLAIN[hint]
    base, *marks = of
    if marked := [_MARKED[mark] for mark in marks if isinstance(mark, str)]:
        return marked[0]
    meta = next(each for each in marks if isinstance(each, msgspec.Meta))
    plain = codec(base)
    return Codec(lambda cell: _within(plain.read(cell), meta), plain.write)


def plain(said: str) -> str:
    """A text as a cell may hold it: control characters become blanks."""
    return _CONTROL.sub(" ", said)


def text(cell: Cell) -> str:
    """Any cell as text, without blanks at its ends. Raises MendError."""
    match cell:
        case Strange():
            raise MendError(cell.rule)
        case None:
            return ""
        case bool():
            return "true" if cell else "false"
        case float() if cell.is_integer():
            return str(int(cell))
        case int() | float():
            return str(cell)
        case str():
            said = cell.strip()
        case _:
            raise MendError("no_text")
    if len(said) > CHARACTERS:
        raise MendError("characters", n=f"{len(said):,}", most=f"{CHARACTERS:,}")
    if _CONTROL.search(said):
        raise MendError("control")
    return said


def _id(cell: Cell) -> str:
    said = text(cell)
    if not _ID.fullmatch(said):
        raise MendError("id")
    return said


def _choice(said: str, of: tuple[Any, ...]) -> str:
    if said not in of:
        raise MendError("choice", among=", ".join(of))
    return said


def _number(cell: Cell) -> str:
    said = text(cell)
    if isinstance(cell, bool) or not _NUMBER.fullmatch(said):
        raise MendError("number")
    return said


def _whole(cell: Cell) -> int:
    value = Decimal(_number(cell))
    if abs(value) >= 2**53 or value != value.to_integral_value():
        raise MendError("whole")
    return int(value)


def _real(cell: Cell) -> float:
    value = float(_number(cell))
    if not math.isfinite(value):
        raise MendError("finite")
    return value


def _money(cell: Cell) -> Decimal:
    value = Decimal(_number(cell))
    if abs(value) >= 10**13 or value != round(value, 2):
        raise MendError("money")
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else round(value, 2)


def _within(value: Any, meta: msgspec.Meta) -> Any:
    if meta.ge is not None and value < meta.ge:
        raise MendError("least", least=meta.ge)
    if meta.le is not None and value > meta.le:
        raise MendError("most", most=meta.le)
    return value


def _bool(cell: Cell) -> bool:
    said = _TRUTH.get(text(cell).lower())
    if said is None:
        raise MendError("truth")
    return said


def _day(cell: Cell) -> dt.date:
    match cell:
        case dt.datetime() if cell.time() == dt.time():
            value = cell.date()
        case dt.datetime():
            raise MendError("day_time")
        case dt.date():
            value = cell
        case _:
            found = _DAY.fullmatch(text(cell))
            if found is None:
                raise MendError("day")
            try:
                value = dt.date(*(int(each) for each in found.groups() if each is not None))
            except ValueError:
                raise MendError("no_day") from None
    if not _CENTURIES[0] <= value.year <= _CENTURIES[1]:
        raise MendError("day_years", first=_CENTURIES[0], last=_CENTURIES[1])
    return value


def _moment(cell: Cell, zone: dt.tzinfo | None = None) -> int:
    """`zone`: that of a text which names none; None: such a text is refused."""
    if isinstance(cell, dt.datetime):
        value = cell.replace(tzinfo=CHINA)  # a spreadsheet's times have no zone
    else:
        try:
            value = dt.datetime.fromisoformat(text(cell))
        except ValueError:
            raise MendError("time" if zone is None else "local_time") from None
        value = value.replace(tzinfo=value.tzinfo or zone)
    if value.tzinfo is None:
        raise MendError("zone")
    if not _CENTURIES[0] < value.year < _CENTURIES[1]:
        raise MendError("time_years", first=_CENTURIES[0], last=_CENTURIES[1])
    since = value - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
    return since // dt.timedelta(milliseconds=1)


def _said(ms: int) -> str:
    since = dt.timedelta(milliseconds=ms)
    moment = dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + since
    return moment.astimezone(CHINA).isoformat(timespec="milliseconds" if ms % 1000 else "seconds")


def _facts(cell: Cell) -> dict[str, Any]:
    said = text(cell)
    try:
        value = json.loads(said, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise MendError("facts")
    return value


def _no_constant(name: str) -> None:
    raise ValueError(name)


def _many(one: Codec) -> Codec:
    def read(cell: Cell) -> tuple[Any, ...]:
        parts = [part.strip() for part in text(cell).split(";")]
        values = [one.read(part) for part in parts if part]
        if len(values) != len(set(values)):
            raise MendError("twice")
        return tuple(values)

    return Codec(read, lambda values: ";".join(str(one.write(value)) for value in values))


_PLAIN: dict[Any, Codec] = {
    str: Codec(text, str),
    int: Codec(_whole, int),
    float: Codec(_real, float),
    Decimal: Codec(_money, lambda money: money),
    bool: Codec(_bool, lambda truth: "true" if truth else "false"),
    dt.date: Codec(_day, lambda day: day),
}

_MARKED: dict[str, Codec] = {
    "moment": Codec(_moment, _said),
    "local": Codec(lambda cell: _moment(cell, CHINA), _said),
    "id": Codec(_id, str),
}
"""By the marks of rows.py."""
