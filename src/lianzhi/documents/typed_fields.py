"""Fields of a paper as typed into a form, read by the kind of field.

A list takes a line for each entry, a list of tables a line for each with its parts divided by `|`.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from lianzhi.documents.paper import PaperError
from lianzhi.documents.paper_fields import Field, Type

_CHINA = dt.timezone(dt.timedelta(hours=8))


def read(fields: Mapping[str, Field], typed: Mapping[str, str]) -> dict[str, Any]:
    """Values by field from texts by `field` or `field.part`; empty ones are left out.

    Raises PaperError naming a field that can't be read.
    """
    values: dict[str, Any] = {}
    for key, text in typed.items():
        name, _, part = key.partition(".")
        field = fields.get(name)
        if field is None or (part and part not in field.parts):
            raise PaperError(f"{key!r:.80}: no field has this name")
        if not text.strip():
            continue
        try:
            if part:
                values.setdefault(name, {})[part] = _READ[field.parts[part]](text)
            else:
                values[name] = _whole(field, text)
        except ValueError:
            raise PaperError(f"{key} ({field.title.zh}) is {text!r:.80}; {_hint(field)}") from None
    return values


def _whole(field: Field, text: str) -> Any:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if field.type == "lines":
        return lines
    if field.type != "table":
        return _READ[field.type](text)
    if not field.many:
        raise ValueError(text)
    return [_row(field, line) for line in lines]


def _row(field: Field, line: str) -> dict[str, Any]:
    cells = [cell.strip() for cell in line.replace("｜", "|").split("|")]
    if len(cells) != len(field.parts):
        raise ValueError(line)
    return {
        name: _READ[kind](cell)
        for (name, kind), cell in zip(field.parts.items(), cells, strict=True)
    }


def _hint(field: Field) -> str:
    if field.many:
        return f"write a line for each: {' | '.join(field.parts)}"
    return field.give or {
        "day": "write 2026-01-05",
        "moment": "write 2026-01-05T09:30",
        "whole": "write a whole number",
        "money": "write yuan",
        "flag": "write true or false",
    }.get(field.type, "write words")


def _moment(text: str) -> dt.datetime:
    """A time in China, as submitted by a browser's field."""
    moment = dt.datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=_CHINA)


def _money(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        raise ValueError(text) from None


def _flag(text: str) -> bool:
    if text not in ("true", "false"):
        raise ValueError(text)
    return text == "true"


_READ: dict[Type, Callable[[str], Any]] = {
    "line": str.strip,
    "text": str.strip,
    "day": dt.date.fromisoformat,
    "moment": _moment,
    "money": _money,
    "whole": int,
    "flag": _flag,
}
