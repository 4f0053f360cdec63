"""Text of discretion tables: rows in words, and the checker's verdicts."""

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

#: Outcomes of the three lists 三张清单: the penalty is waived, mitigated or lightened.
LISTS = ("no_penalty", "mitigated", "lighter")


class RowText(NamedTuple):
    """One row of a table in words."""

    id: str
    item: str
    list: str
    when: tuple[str, ...]
    """Its conditions, each with the name of the fact; empty: any facts."""
    fine_from: int | None
    fine_to: int | None
    article: str
    note: str


def rows(table: Table, language: str, item: str | None = None) -> Iterator[RowText]:
    """The rows of a table, or of one item of it, in a language."""
    for row in table.rows:
        if item in (None, row.item):
            yield _row_text(table, row, language)


def row(discretion: Discretion, citation: str, language: str) -> RowText | None:
    """The row cited as `table@version#row`; None where no table has it any more."""
    name, _, identity = citation.partition("#")
    for table in discretion.tables:
        if name == f"{table.id}@{table.version}":
            return next(
                (_row_text(table, row, language) for row in table.rows if row.id == identity), None
            )
    return None


@lru_cache(maxsize=4)
def verdicts(discretion: Discretion) -> dict[str, tuple[Fault, ...]]:
    """Faults that the checker reports for each item; an item without any is sound."""
    verdicts_: dict[str, tuple[Fault, ...]] = {}
    for table in discretion.tables:
        faults = check(table)
        for item in filter(None, table.items):
            verdicts_[item] = tuple(fault for fault in faults if fault.item == item)
    return verdicts_


def _row_text(table: Table, row: Row, language: str) -> RowText:
    fines = (row.result.fine_from, row.result.fine_to)
    low, high = (None if fine is None else int(fine) for fine in fines)
    colon = ": " if language == "en" else "："
    when = (
        f"{fact.label.say(language)}{colon}{condition(fact, test, language)}"
        for fact, test in zip(table.inputs, row.when, strict=True)
        if not test.any
    )
    return RowText(
        row.id,
        row.item or "",
        row.result.list or "ordinary",
        tuple(when),
        low,
        high,
        row.article,
        row.note,
    )


def condition(fact: TableInput, condition: Condition, language: str) -> str:
    """A cell's condition on a fact, in words."""
    translate = words(language).gettext
    parts = [_name(fact.name, name, language) for name in condition.names]
    parts += [_range(fact, each) for each in condition.intervals]
    text = ("、" if language == "zh" else ", ").join(parts)
    return translate("condition.not") % {"values": text} if condition.negated else text


def _name(fact: str, value: str | bool, language: str) -> str:
    translate = words(language).gettext
    if isinstance(value, bool):
        return translate("yes" if value else "no")
    key = f"fact.{fact}.{value}"
    return value if translate(key) == key else translate(key)


def _range(fact: TableInput, between: Interval) -> str:
    low, high = _point(fact, between.low), _point(fact, between.high)
    if between.low == between.high and low:
        return low
    signs = ("≥" if between.low_closed else ">", "≤" if between.high_closed else "<")
    ends = [
        f"{sign}\N{NO-BREAK SPACE}{end}"
        for sign, end in zip(signs, (low, high), strict=True)
        if end
    ]
    return " ".join(ends)


def _point(fact: TableInput, at: Point | None) -> str:
    if at is None:
        return ""
    return dt.date.fromordinal(int(at)).isoformat() if fact.type == "date" else f"{at:,}"
