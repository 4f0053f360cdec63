"""Discretion: rulings of the bureau's tables for the facts of a case, by the day of the act."""

import datetime as dt
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

from lianzhi.chain.policy import PolicyError
from lianzhi.domains.enforcement.law import statutes
from lianzhi.domains.enforcement.law.recordable_facts import RecordableFacts
from lianzhi.domains.enforcement.law.step_facts import Terms
from lianzhi.law.basis import Bases
from lianzhi.law.discretion.draft import TableError
from lianzhi.law.discretion.editions import Shelf, read_all
from lianzhi.law.discretion.outcome import OutsideDomainError, UnknownItemError
from lianzhi.law.discretion.table import Table, TableInput
from lianzhi.law.words import Words

_SHIPPED = Path(str(files("lianzhi.domains.enforcement"))) / "policy" / "discretion"


class Ruling(NamedTuple):
    """The result of a table row; money in whole yuan."""

    list: str
    row: str
    """Citation `table@version#row`."""
    fine_from: int
    fine_to: int
    article: str
    basis: str


def of_age(ruling: Ruling, facts: Mapping[str, Any], terms: Terms, least: int) -> Ruling:
    """A ruling adapted to a person's age and capacity (行政处罚法 30, 31).

    A child, or a person incapable of responsibility, is not punished. A minor is treated more
    leniently than the row: below its range and, where that begins at the statute's `least` yuan,
    below that.
    """
    age = facts.get("age")
    if facts["subject"] != "person" or ruling.list == "no_penalty":
        return ruling
    if not facts.get("capable", True) or (age is not None and age < terms.punishable_age):
        return ruling._replace(list="no_penalty", fine_from=0, fine_to=0)
    if age is None or age >= terms.adult_age or ruling.list in ("lighter", "mitigated"):
        return ruling
    if ruling.fine_from > least:
        return ruling._replace(list="lighter", fine_from=least, fine_to=ruling.fine_from - 1)
    return ruling._replace(list="mitigated", fine_from=0, fine_to=least)


def _read(folder: Path, bases: Bases) -> Shelf:
    try:
        return read_all([folder], bases=bases)
    except TableError as error:
        raise PolicyError(f"{folder}: {error}") from None


@cache
def _shipped() -> Shelf:
    return _read(_SHIPPED, statutes.bases())


class Discretion:
    """The tables of a folder, by default the shipped ones, each possibly in several editions."""

    def __init__(self, folder: Path | None = None, bases: Bases | None = None) -> None:
        """`bases`: those that the tables of `folder` may cite; None: the shipped ones.

        Raises PolicyError where a file can't be used, an item stands in two tables, or two
        editions of one are in force at once.
        """
        self._shelf = _shipped() if folder is None else _read(folder, bases or statutes.bases())
        self.tables: tuple[Table, ...] = self._shelf.tables
        self.recordable = RecordableFacts(self.tables)

    def inputs(self, item: str) -> tuple[TableInput, ...]:
        """The facts that the newest table of an item requires; empty without a table."""
        series = self._shelf.of(item)
        return series.newest.inputs if series is not None and item in series.items else ()

    def title(self, row: str) -> Words | None:
        """The title of the table of a ruling's row; None: the table no longer exists."""
        named = row.partition("@")[0]
        return next((table.title for table in self.tables if table.id == named), None)

    def rule(self, item: str, facts: Mapping[str, Any], day: dt.date) -> Ruling:
        """The table's ruling. Raises RefusedError for a hole, a missing fact or an unknown item."""
        series = self._shelf.of(item)
        if series is None or item not in series.items:
            raise UnknownItemError("no discretion table has this item", "-", facts, item, day)
        names = {fact.name for fact in series.at(day).inputs}
        inputs = {name: value for name, value in facts.items() if name in names}
        outcome = series.decide(inputs, item, day)
        low, high = outcome.fine
        first = outcome.rows[0]
        return Ruling(
            list=outcome.list or "ordinary",
            row=f"{outcome.table}@{outcome.version}#{first.row}",
            fine_from=int(low or 0),
            fine_to=int(high or 0),
            article=first.article,
            basis=first.basis,
        )


__all__ = ["Discretion", "OutsideDomainError", "Ruling"]
