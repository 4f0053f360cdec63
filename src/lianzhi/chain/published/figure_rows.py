"""Parses a row of texts into a figure: name, number, period, and its stated whole."""

import datetime as dt
import tomllib
import unicodedata
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec

from lianzhi.chain.published.figures import ROLES, Change, Figure, Flow
from lianzhi.chain.published.numbers import Number, NumberError, number
from lianzhi.chain.published.periods import Period, period, within_year
from lianzhi.chain.published.units import folded, units
from lianzhi.chain.published.vocabulary import Vocabulary

COLUMNS = (
    *("figure", "label", "value", "unit", "period", "of", "rate", "part_of", "flow", "change"),
    "note",
)
MOST_NAME = 120


class FieldError(ValueError):
    """A field of a row cannot be read; `column` names it."""

    def __init__(self, column: str, reason: str) -> None:
        self.column = column
        super().__init__(reason)


class Names(msgspec.Struct, frozen=True):
    """How columns, roles in a flow and directions of change are called: `columns.toml`."""

    columns: dict[str, str]
    roles: dict[str, str]
    changes: dict[str, tuple[str, ...]]


@cache
def names() -> Names:
    """The shipped table."""
    data: dict[str, Any] = tomllib.loads(
        files(__package__).joinpath("columns.toml").read_text("utf-8")
    )
    columns = {folded(alias): key for key in COLUMNS for alias in data[key]}
    roles: dict[str, str] = {folded(alias): role for role in ROLES for alias in data["roles"][role]}
    return Names(columns, roles, {key: tuple(words) for key, words in data["changes"].items()})


def figure(row: Mapping[str, str], line: int, vocabulary: Vocabulary) -> Figure:
    """The figure that a row gives. `of` and `part_of` may still name labels: `resolved`.

    Raises FieldError.
    """
    for column, text in row.items():
        if column != "note" and len(text) > MOST_NAME:
            raise FieldError(column, f"{text[:30]!r}... is longer than {MOST_NAME} characters")
    printed = row.get("figure") or row.get("label") or ""
    if not printed.strip():
        raise FieldError("figure", "empty; give a name, like accepted or 受理")
    noun = vocabulary.find(printed) or vocabulary.find(row.get("label", ""))
    value, rate = row.get("value", ""), row.get("rate", "")
    if not value and not rate:
        raise FieldError("value", "empty; give the number as printed")
    of = _of(row.get("of", ""), noun.of if noun else "")
    share = noun.kind == "share" if noun else len(of) == 2 and vocabulary.is_share(printed) is True
    label = row.get("label") or ("" if noun and printed == noun.key else printed)
    whole, _, split = row.get("part_of", "").replace("：", ":").partition(":")
    return Figure(
        key=noun.key if noun else named(printed),
        label=_clean(label),
        number=_value(value, row.get("unit", ""), share=share) if value else None,
        period=period(row.get("period", "")),
        of=of,
        rate=_share("rate", rate) if rate else None,
        part_of=whole.strip(),
        split=folded(split),
        flow=_flow(row.get("flow", "")),
        change=_change(row["change"]) if row.get("change") else None,
        note=_clean(row.get("note", "")),
        line=line,
        noun=noun,
    )


def named(text: str) -> str:
    """A name of the publication's own, folded."""
    return folded(_clean(text))


def _clean(text: str) -> str:
    """Without what does not print."""
    return "".join(c for c in text if unicodedata.category(c)[0] != "C").strip()


def _number(column: str, text: str, unit: str) -> Number:
    try:
        return number(text, unit)
    except NumberError as error:
        raise FieldError(column, str(error)) from None


def _value(text: str, unit: str, *, share: bool) -> Number:
    if share:
        return _share("value", text, unit)
    return _number("value", text, unit)


def _share(column: str, text: str, unit: str = "") -> Number:
    """A percentage; without a sign 98.08 is one too, and 0.9808 the same as a fraction of one."""
    value = _number(column, text, unit)
    if value.unit.dimension == "any":
        if abs(value.value) > 1:
            return _number(column, text, "%")
        return value._replace(
            lo=value.value - value.step / 2,
            hi=value.value + value.step / 2,
            unit=units().unit("%"),
        )
    if value.unit.dimension != "share":
        raise FieldError(column, f"{text!r} is no percentage; write like 98.08 %")
    return value


def _of(text: str, usual: str) -> tuple[str, ...]:
    parts = [part.strip() for part in (text or usual).replace("÷", "/").split("/")]
    if len(parts) > 2 or (len(parts) == 2 and not all(parts)):
        raise FieldError("of", f"{text!r} has to name a whole, or part/whole")
    if text and len(parts) == 1 and usual:
        return usual.partition("/")[0], parts[0]  # a rate that is said to be of another whole
    return tuple(part for part in parts if part)


def _flow(text: str) -> Flow | None:
    if not text.strip():
        return None
    stock, _, role_name = folded(text).rpartition(":")
    role = names().roles.get(role_name.strip())
    if role is None:
        choice = ", ".join(ROLES)
        raise FieldError("flow", f"{text!r} is no step of a flow; write one of {choice}")
    return Flow(next(known_role for known_role in ROLES if known_role == role), stock.strip())


def _change(text: str) -> Change:
    amount, known, sign = folded(text), names().changes, ""
    against = next((k for k in ("period", "year") if any(w in amount for w in known[k])), "year")
    for word in (*known["period"], *known["year"]):
        amount = amount.replace(word, "")
    amount = amount.strip(" :：,，")
    for direction, mark in (("down", "-"), ("up", "")):
        for word in known[direction]:
            if amount.startswith(word):
                amount, sign = amount.removeprefix(word).strip(), mark
    change = _number("change", sign + amount, "")
    if change.unit.dimension == "any":
        change = _number("change", sign + amount, "%")
    if change.unit.dimension not in ("share", "point"):
        raise FieldError("change", f"{text!r} is no change; write like +12.3 % or 下降3.1%")
    points = change.unit.dimension == "point"
    return Change(change, points, "period" if against == "period" else "year")


def resolved(figures: tuple[Figure, ...], vocabulary: Vocabulary) -> tuple[Figure, ...]:
    """Figures with `of` and `part_of` resolved to keys; rows may give a key, a noun or a label.

    Where only one period is named, it is that of every row; where only one year is, quarters and
    months without a year are its own.
    """
    years = {day.year for row in figures for day in row.period[:2] if isinstance(day, dt.date)}
    if len(years) == 1:
        year = next(iter(years))
        figures = tuple(
            msgspec.structs.replace(row, period=within_year(row.period, year)) for row in figures
        )
    named_periods = {row.period.id: row.period for row in figures if row.period.id}
    only = next(iter(named_periods.values())) if len(named_periods) == 1 else None
    labels = {
        named(row.label): row.key for row in sorted(figures, key=lambda f: f.key) if row.label
    }
    keys = {row.key for row in figures}

    def key(text: str) -> str:
        name = named(text)
        if name in keys:
            return name
        noun = vocabulary.find(text)
        if noun is not None:
            return noun.key
        return labels.get(name, name)

    return tuple(
        msgspec.structs.replace(
            row,
            of=tuple(map(key, row.of)),
            part_of=key(row.part_of) if row.part_of else "",
            period=only or row.period,
        )
        for row in figures
    )


def last_day(rows: list[Mapping[str, str]]) -> Period:
    """The latest period that rows name; without days where none does."""
    periods = [period(row.get("period", "")) for row in rows]
    return max(periods, key=lambda row: str(row.last or ""), default=Period())
