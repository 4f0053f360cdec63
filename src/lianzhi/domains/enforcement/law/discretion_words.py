"""Discretion in words: the rows of a table as people read them, and what the checker says of it."""

import datetime as dt
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from lianzhi.domains.enforcement.law.discretion import Discretion
from lianzhi.domains.enforcement.words import words
from lianzhi.law.discretion.checking import check
from lianzhi.law.discretion.fault import Fault
from lianzhi.law.discretion.table import Row, Table, TableInput
from lianzhi.law.discretion.unary import Condition, Interval, Point

#: The three lists 三张清单 of those who are spared, wholly or in part.
LISTS = ("no_penalty", "mitigated", "lighter")


class Said(NamedTuple):
    """One row of a table in words."""

    id: str
    item: str
    list: str
    when: tuple[str, ...]
    """Its conditions, each with the name of the fact; none: whatever the facts."""
    fine_from: int | None
    fine_to: int | None
    article: str
    note: str


def rows(table: Table, language: str, item: str | None = None) -> Iterator[Said]:
    """The rows of a table, or of one item of it, in a language."""
    for row in table.rows:
        if item in (None, row.item):
            yield _said(table, row, language)


def row(discretion: Discretion, citation: str, language: str) -> Said | None:
    """The row that a decision cites as `table@version#row`; None where no table has it any more."""
    name, _, identity = citation.partition("#")
    for table in discretion.tables:
        if name == f"{table.id}@{table.version}":
            return next(
                (_said(table, one, language) for one in table.rows if one.id == identity), None
            )
    return None


@lru_cache(maxsize=4)
def verdicts(discretion: Discretion) -> dict[str, tuple[Fault, ...]]:
    """What the checker finds wrong with each item of the tables; none: its rows are sound."""
    found: dict[str, tuple[Fault, ...]] = {}
    for table in discretion.tables:
        faults = check(table)
        for item in filter(None, table.items):
            found[item] = tuple(fault for fault in faults if fault.item == item)
    return found


def _said(table: Table, row: Row, language: str) -> Said:
    fines = (row.result.fine_from, row.result.fine_to)
    low, high = (None if fine is None else int(fine) for fine in fines)
    when = (
        f"{one.label.say(language)}{':' if language == 'en' else '：'}{' ' * (language == 'en')}"
        f"{condition(one, asked, language)}"
        for one, asked in zip(table.inputs, row.when, strict=True)
        if not asked.any
    )
    return Said(
        row.id,
        row.item or "",
        row.result.list or "ordinary",
        tuple(when),
        low,
        high,
        row.article,
        row.note,
    )


def condition(one: TableInput, asked: Condition, language: str) -> str:
    """What a cell asks of a fact, in words."""
    say = words(language).gettext
    parts = [_name(one.name, name, language) for name in asked.names]
    parts += [_range(one, each) for each in asked.intervals]
    said = ("、" if language == "zh" else ", ").join(parts)
    return say("condition.not") % {"values": said} if asked.negated else said


def _name(fact: str, value: str | bool, language: str) -> str:
    say = words(language).gettext
    if isinstance(value, bool):
        return say("yes" if value else "no")
    key = f"fact.{fact}.{value}"
    return value if say(key) == key else say(key)


def _range(one: TableInput, between: Interval) -> str:
    low, high = _point(one, between.low), _point(one, between.high)
    if between.low == between.high and low:
        return low
    signs = ("≥" if between.low_closed else ">", "≤" if between.high_closed else "<")
    ends = [
        f"{sign}\N{NO-BREAK SPACE}{end}"
        for sign, end in zip(signs, (low, high), strict=True)
        if end
    ]
    return " ".join(ends)


def _point(one: TableInput, at: Point | None) -> str:
    if at is None:
        return ""
    return dt.date.fromordinal(int(at)).isoformat() if one.type == "date" else f"{at:,}"
