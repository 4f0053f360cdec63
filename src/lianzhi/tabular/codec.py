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

from lianzhi.tabular.cells import BadCell, Cell
from lianzhi.tabular.field_types import ID, LOCAL_MOMENT, MOMENT
from lianzhi.tabular.limits import CHARACTERS
from lianzhi.tabular.problem import wrong

CHINA = dt.timezone(dt.timedelta(hours=8))
_DAY = re.compile(r"(\d{4})(?:-(\d\d)-(\d\d)|/(\d\d?)/(\d\d?)|年(\d\d?)月(\d\d?)日)", re.ASCII)
_NUMBER = re.compile(r"-?\d+(\.\d+)?([eE][+-]?\d+)?", re.ASCII)
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
"""Control characters, line breaks and halves of surrogate pairs (Unicode Cc, Cs)."""
_ID = re.compile(r"[^\s;]{1,64}")
_TRUTH = {"true": True, "false": False, "是": True, "否": False}
#: Years of days and times that are believed.
_CENTURIES = (1900, 2199)


class Codec(NamedTuple):
    """`read` raises TableError; `write` gives text, a number or a day."""

    read: Callable[[Cell], Any]
    write: Callable[[Any], str | int | float | Decimal | dt.date]


def codec(hint: Any) -> Codec:
    """The codec of a field's type: a plain one, or one of `field_types`."""
    origin, args = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        return codec(next(arg for arg in args if arg is not NoneType))
    if origin is Literal:
        return Codec(lambda cell: _choice(text(cell), args), str)
    if origin is tuple:
        return _several(codec(args[0]))
    if origin is dict:
        return Codec(_object, lambda value: json.dumps(value, ensure_ascii=False, sort_keys=True))
    if origin is not Annotated:
        return _PLAIN[hint]
    base, *marks = args
    if marked := [_MARKED[mark] for mark in marks if isinstance(mark, str)]:
        return marked[0]
    meta = next(mark for mark in marks if isinstance(mark, msgspec.Meta))
    plain = codec(base)
    return Codec(lambda cell: _within(plain.read(cell), meta), plain.write)


def without_controls(text: str) -> str:
    """A text as a cell may hold it: control characters become blanks."""
    return _CONTROL.sub(" ", text)


def text(cell: Cell) -> str:
    """Any cell as text, without blanks at its ends. Raises TableError."""
    match cell:
        case BadCell():
            raise wrong(cell.rule)
        case None:
            return ""
        case bool():
            return "true" if cell else "false"
        case float() if cell.is_integer():
            return str(int(cell))
        case int() | float():
            return str(cell)
        case str():
            value = cell.strip()
        case _:
            raise wrong("no_text")
    if len(value) > CHARACTERS:
        raise wrong("characters", n=f"{len(value):,}", most=f"{CHARACTERS:,}")
    if _CONTROL.search(value):
        raise wrong("control")
    return value


def _id(cell: Cell) -> str:
    value = text(cell)
    if not _ID.fullmatch(value):
        raise wrong("id")
    return value


def _choice(value: str, choices: tuple[Any, ...]) -> str:
    if value not in choices:
        raise wrong("choice", among=", ".join(choices))
    return value


def _number(cell: Cell) -> str:
    value = text(cell)
    if isinstance(cell, bool) or not _NUMBER.fullmatch(value):
        raise wrong("number")
    return value


def _whole(cell: Cell) -> int:
    value = Decimal(_number(cell))
    if abs(value) >= 2**53 or value != value.to_integral_value():
        raise wrong("whole")
    return int(value)


def _real(cell: Cell) -> float:
    value = float(_number(cell))
    if not math.isfinite(value):
        raise wrong("finite")
    return value


def _money(cell: Cell) -> Decimal:
    value = Decimal(_number(cell))
    if abs(value) >= 10**13 or value != round(value, 2):
        raise wrong("money")
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else round(value, 2)


def _within(value: Any, meta: msgspec.Meta) -> Any:
    if meta.ge is not None and value < meta.ge:
        raise wrong("least", least=meta.ge)
    if meta.le is not None and value > meta.le:
        raise wrong("most", most=meta.le)
    return value


def _bool(cell: Cell) -> bool:
    value = _TRUTH.get(text(cell).lower())
    if value is None:
        raise wrong("truth")
    return value


def _day(cell: Cell) -> dt.date:
    match cell:
        case dt.datetime() if cell.time() == dt.time():
            value = cell.date()
        case dt.datetime():
            raise wrong("day_time")
        case dt.date():
            value = cell
        case _:
            match = _DAY.fullmatch(text(cell))
            if match is None:
                raise wrong("day")
            try:
                value = dt.date(*(int(part) for part in match.groups() if part is not None))
            except ValueError:
                raise wrong("no_day") from None
    if not _CENTURIES[0] <= value.year <= _CENTURIES[1]:
        raise wrong("day_years", first=_CENTURIES[0], last=_CENTURIES[1])
    return value


def _moment(cell: Cell, zone: dt.tzinfo | None = None) -> int:
    """`zone`: that of a text which names none; None: such a text is refused."""
    if isinstance(cell, dt.datetime):
        value = cell.replace(tzinfo=CHINA)  # a spreadsheet's times have no zone
    else:
        try:
            value = dt.datetime.fromisoformat(text(cell))
        except ValueError:
            raise wrong("time" if zone is None else "local_time") from None
        value = value.replace(tzinfo=value.tzinfo or zone)
    if value.tzinfo is None:
        raise wrong("zone")
    if not _CENTURIES[0] < value.year < _CENTURIES[1]:
        raise wrong("time_years", first=_CENTURIES[0], last=_CENTURIES[1])
    since = value - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
    return since // dt.timedelta(milliseconds=1)


def _timestamp(ms: int) -> str:
    since = dt.timedelta(milliseconds=ms)
    moment = dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + since
    return moment.astimezone(CHINA).isoformat(timespec="milliseconds" if ms % 1000 else "seconds")


def _object(cell: Cell) -> dict[str, Any]:
    content = text(cell)
    try:
        value = json.loads(content, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise wrong("object")
    return value


def _no_constant(name: str) -> None:
    raise ValueError(name)


def _several(codec: Codec) -> Codec:
    def read(cell: Cell) -> tuple[Any, ...]:
        parts = [part.strip() for part in text(cell).split(";")]
        values = [codec.read(part) for part in parts if part]
        if len(values) != len(set(values)):
            raise wrong("twice")
        return tuple(values)

    return Codec(read, lambda values: ";".join(str(codec.write(value)) for value in values))


_PLAIN: dict[Any, Codec] = {
    str: Codec(text, str),
    int: Codec(_whole, int),
    float: Codec(_real, float),
    Decimal: Codec(_money, lambda money: money),
    bool: Codec(_bool, lambda truth: "true" if truth else "false"),
    dt.date: Codec(_day, lambda day: day),
}

_MARKED: dict[str, Codec] = {
    MOMENT: Codec(_moment, _timestamp),
    LOCAL_MOMENT: Codec(lambda cell: _moment(cell, CHINA), _timestamp),
    ID: Codec(_id, str),
}
