"""Fields: what a paper is filled in with, typed; nothing missing or empty is ever printed.

Values come from TOML or from code, as plain strings, numbers, days, lists and tables. What is wrong
is told by the field's name, all of it at once.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

import msgspec

from lianzhi.documents.capital import MOST
from lianzhi.documents.paper import MOST_CHARACTERS, MOST_ROWS, PaperError, plain
from lianzhi.law.words import Words

MOST_LINE = 300
_FEN = Decimal("0.01")
_FIRST, _LAST = dt.date(1980, 1, 1), dt.date(2199, 12, 31)  # zip archives begin in 1980
UNITS = ("calendar_days", "working_days", "months", "years")

Type = Literal["line", "text", "lines", "day", "moment", "money", "whole", "flag", "table"]


class Field(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One thing that papers are filled in with."""

    type: Type
    title: Words
    give: str = ""
    """What to write, for whoever left it out."""
    parts: dict[str, Type] = {}
    """Of a table: its own fields."""
    where: dict[str, list[str]] = {}
    """Parts that are asked for only under a value of `kind`: `organisation` -> `head`."""
    many: bool = False
    """A list of tables."""
    least: int = 1
    """Fewest entries of a list."""


def read(
    fields: Mapping[str, Field], needed: list[str], given: Mapping[str, Any], kind: str
) -> dict[str, Any]:
    """The needed fields as values to print, of all `fields` that there are.

    Raises PaperError naming every field that is missing or wrong.
    """
    wrong = [
        f"{name}: no field has this name; the nearest are in fields.toml"
        for name in given
        if name not in fields
    ]
    values = {}
    for name in needed:
        field = fields[name]
        try:
            values[name] = _read(field, given.get(name))
        except ValueError as error:
            wrong.append(f"{name} ({field.title.zh}) {error}")
    if wrong:
        raise PaperError(f"{kind} can't be made: " + "; ".join(wrong))
    return values


def _read(field: Field, value: Any) -> Any:
    if value is None:
        raise ValueError(f"is missing; give {_expected(field)}")
    if field.type == "table":
        return _tables(field, value) if field.many else _table(field, value)
    if field.type == "lines":
        return [_line(item, MOST_CHARACTERS) for item in _list(field, value)]
    return _READ[field.type](value)


def _expected(field: Field) -> str:
    usual = {
        "table": "a table of " + ", ".join(field.parts),
        "lines": "a list of paragraphs",
        "day": "a day like 2026-01-05",
        "moment": "a time like 2026-01-05T09:30:00+08:00",
        "money": "yuan, like 5000 or \"5000.50\"",
        "whole": "a whole number",
        "flag": "true or false",
    }  # fmt: skip
    return field.give or usual.get(field.type, "some words")


def _tables(field: Field, value: Any) -> list[dict[str, Any]]:
    tables = []
    for at, item in enumerate(_list(field, value), 1):
        try:
            tables.append(_table(field, item))
        except ValueError as error:
            raise ValueError(f"no. {at}: {error}") from None
    return tables


def _table(field: Field, value: Any) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise ValueError(f"is {value!r:.60}; give {_expected(field)}")
    if unknown := [name for name in value if name not in field.parts]:
        raise ValueError(f"has {unknown[0]!r:.60}; its parts are {', '.join(field.parts)}")
    only = _only(field)
    values: dict[str, Any] = {}
    for name, kind in field.parts.items():
        if name in only and value.get("kind") not in only[name]:
            continue
        if value.get(name) is None:
            raise ValueError(f"lacks {name}; give it")
        try:
            values[name] = _READ[kind](value[name])
        except ValueError as error:
            raise ValueError(f"{name} {error}") from None
    if field.where and values["kind"] not in field.where:
        raise ValueError(f"kind is {values['kind']!r}; choose one of {', '.join(field.where)}")
    if "unit" in values and values["unit"] not in UNITS:
        raise ValueError(f"unit is {values['unit']!r}; choose one of {', '.join(UNITS)}")
    return values


def missing_parts(field: Field, value: Any) -> tuple[str, ...]:
    """The parts that a table still lacks; none for what is no single table."""
    if field.type != "table" or field.many or not isinstance(value, Mapping):
        return ()
    only = _only(field)
    required = (n for n in field.parts if n not in only or value.get("kind") in only[n])
    return tuple(name for name in required if value.get(name) is None)


def _only(field: Field) -> dict[str, list[str]]:
    """Part -> kinds under which it is asked for; parts that always are, are absent."""
    kinds: dict[str, list[str]] = {}
    for kind, parts in field.where.items():
        for part in parts:
            kinds.setdefault(part, []).append(kind)
    return kinds


def _list(field: Field, value: Any) -> list[Any]:
    if not isinstance(value, list | tuple):
        raise ValueError(f"is {value!r:.60}; give a list")
    if not field.least <= len(value) <= MOST_ROWS:
        raise ValueError(f"has {len(value)} entries; give {field.least} to {MOST_ROWS}")
    return list(value)


def _line(value: Any, most: int = MOST_LINE) -> str:
    return " ".join(_text(value, most).split("\n"))


def _text(value: Any, most: int = MOST_CHARACTERS) -> str:
    if not isinstance(value, str):
        raise ValueError(f"is {value!r:.60}; give words in quotes")
    if len(value) > most:
        raise ValueError(f"has {len(value):,} characters; give at most {most:,}")
    lines = (line.strip() for line in plain(value).split("\n"))
    kept = "\n".join(line for line in lines if line)
    if not kept:
        raise ValueError("is empty; give words")
    return kept


def _day(value: Any) -> dt.date:
    if type(value) is not dt.date:
        raise ValueError(f"is {value!r:.60}; give a day like 2026-01-05")
    if not _FIRST <= value <= _LAST:
        raise ValueError(f"is {value}; give a day from {_FIRST} to {_LAST}")
    return value


def _moment(value: Any) -> dt.datetime:
    if not isinstance(value, dt.datetime):
        raise ValueError(f"is {value!r:.60}; give a time like 2026-01-05T09:30:00+08:00")
    if value.tzinfo is None:
        raise ValueError(f"is {value}, without its zone; add +08:00")
    return value.astimezone(dt.timezone(dt.timedelta(hours=8)))


def _money(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        raise ValueError(f"is {value!r:.60}; give yuan as a whole number or in quotes")
    try:
        amount = Decimal(value)
    except InvalidOperation:
        raise ValueError(f'is {value!r:.60}; give yuan like 5000 or "5000.50"') from None
    if not (amount.is_finite() and 0 <= amount <= MOST and amount == amount.quantize(_FEN)):
        raise ValueError(f"is {value!r:.60}; give 0 to {MOST:,} yuan with at most two decimals")
    return amount


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 10**9:
        raise ValueError(f"is {value!r:.60}; give a whole number from 0 on")
    return value


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"is {value!r:.60}; give true or false")
    return value


_READ: dict[str, Callable[[Any], Any]] = {
    "line": _line,
    "text": _text,
    "day": _day,
    "moment": _moment,
    "money": _money,
    "whole": _whole,
    "flag": _flag,
}
