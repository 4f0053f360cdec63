"""Discretion: what the bureau's tables say of the facts of a case, on the day of the act."""

import datetime as dt
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

from lianzhi.chain.policy import PolicyError
from lianzhi.domains.enforcement.law import statutes
from lianzhi.domains.enforcement.law.sayable import Sayable
from lianzhi.domains.enforcement.law.step_facts import Terms
from lianzhi.law.basis import Bases
from lianzhi.law.discretion.draft import TableError
from lianzhi.law.discretion.editions import Shelf, read_all
from lianzhi.law.discretion.outcome import OutsideDomainError, UnknownItemError
from lianzhi.law.discretion.table import Table, TableInput
from lianzhi.law.words import Words

_SHIPPED = Path(str(files("lianzhi.domains.enforcement"))) / "policy" / "discretion"


class Ruling(NamedTuple):
    """What a row says; money in whole yuan."""

    list: str
    row: str
    """As `table@version#row`."""
    fine_from: int
    fine_to: int
    article: str
    basis: str


def of_age(found: Ruling, facts: Mapping[str, Any], terms: Terms, least: int) -> Ruling:
    """A ruling for a person by age and mind (行政处罚法 30, 31).

    A child, or who could not tell what they did, is not punished. Who is not of age is treated
    lighter than the row says: below its range and, where that begins at the statute's `least`
    yuan, below that.
    """
    age = facts.get("age")
    if facts["subject"] != "person" or found.list == "no_penalty":
        return found
    if not facts.get("capable", True) or (age is not None and age < terms.punishable_age):
        return found._replace(list="no_penalty", fine_from=0, fine_to=0)
    if age is None or age >= terms.adult_age or found.list in ("lighter", "mitigated"):
        return found
    if found.fine_from > least:
        return found._replace(list="lighter", fine_from=least, fine_to=found.fine_from - 1)
    return found._replace(list="mitigated", fine_from=0, fine_to=least)


def _read(folder: Path, bases: Bases) -> Shelf:
    try:
        return read_all([folder], bases=bases)
    except TableError as error:
        raise PolicyError(f"{folder}: {error}") from None


@cache
def _shipped() -> Shelf:
    return _read(_SHIPPED, statutes.bases())


class Discretion:
    """The tables of a folder, by default the shipped ones, each perhaps in several editions."""

    def __init__(self, folder: Path | None = None, bases: Bases | None = None) -> None:
        """`bases`: those that the tables of `folder` may cite; None: the shipped ones.

        Raises PolicyError where a file can't be used, an item stands in two tables, or two
        editions of one are in force at once.
        """
        self._shelf = _shipped() if folder is None else _read(folder, bases or statutes.bases())
        self.tables: tuple[Table, ...] = self._shelf.tables
        self.sayable = Sayable(self.tables)

    def asks(self, item: str) -> tuple[TableInput, ...]:
        """The facts that the newest table of an item asks for; none where there is no table."""
        series = self._shelf.of(item)
        return series.newest.inputs if series is not None and item in series.items else ()

    def title(self, row: str) -> Words | None:
        """The title of the table of a ruling's row; None: the table is not kept any more."""
        named = row.partition("@")[0]
        return next((table.title for table in self.tables if table.id == named), None)

    def rule(self, item: str, facts: Mapping[str, Any], day: dt.date) -> Ruling:
        """What the table says. Raises its RefusedError: a hole, a missing fact, no such item."""
        series = self._shelf.of(item)
        if series is None or item not in series.items:
            raise UnknownItemError("no discretion table has this item", "-", facts, item, day)
        names = {one.name for one in series.at(day).inputs}
        asked = {name: value for name, value in facts.items() if name in names}
        found = series.decide(asked, item, day)
        low, high = found.fine
        first = found.rows[0]
        return Ruling(
            list=found.list or "ordinary",
            row=f"{found.table}@{found.version}#{first.row}",
            fine_from=int(low or 0),
            fine_to=int(high or 0),
            article=first.article,
            basis=first.basis,
        )


__all__ = ["Discretion", "OutsideDomainError", "Ruling"]
