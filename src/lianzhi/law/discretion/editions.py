"""Editions 版本 of a table: a day is judged by the edition in force on it.

Files are editions of one table where the tables have the same id, or the files the same name except
for a date: `fire-2024-01-01.csv`, `fire-2026-01-01.csv`. Where such a file states no start, the
date in its name is used. An edition without an end gives way to the next one on the day that
begins; a stated end must be before it.
"""

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec

from lianzhi.law.basis import Bases
from lianzhi.law.discretion.compiled import Compiled
from lianzhi.law.discretion.draft import Problem, TableError
from lianzhi.law.discretion.outcome import Facts, MissingFactError, Outcome, UnknownItemError
from lianzhi.law.discretion.reading import ENDINGS, Form, read
from lianzhi.law.discretion.table import Table

_DATED = re.compile(r"(?P<name>.+?)[-_. ](?P<day>\d{4}-\d{2}-\d{2})")
_DAY = dt.timedelta(days=1)


class Series:
    """The editions of one table, the oldest first."""

    def __init__(self, tables: Sequence[Table]) -> None:
        self.tables = tuple(tables)
        self._compiled = [Compiled(table) for table in tables]

    @property
    def newest(self) -> Table:
        """The edition with the latest start."""
        return self.tables[-1]

    @property
    def items(self) -> frozenset[str]:
        """The items of any edition."""
        return frozenset(item for table in self.tables for item in table.items if item)

    def at(self, day: dt.date | None) -> Table:
        """The last edition that began by a day, or the first; without a day the newest."""
        return self._at(day).table

    def _at(self, day: dt.date | None) -> Compiled:
        in_force = [
            compiled
            for compiled in self._compiled
            if day is None
            or compiled.table.effective_from is None
            or compiled.table.effective_from <= day
        ]
        return in_force[-1] if in_force else self._compiled[0]

    def decide(self, facts: Facts, item: str | None = None, day: dt.date | None = None) -> Outcome:
        """The outcome by the edition of a day. Raises RefusedError, as `Compiled.decide` does."""
        if day is None and len(self.tables) > 1:
            reason = "the day is not given, and the table has editions; give the day of the act"
            raise MissingFactError(reason, "day", self.newest.id, facts, item, day)
        return self._at(day).decide(facts, item, day)


class Shelf:
    """All tables that are used together; an item stands in one of them, in any of its editions."""

    def __init__(self, tables: Iterable[tuple[str, Table]], source: str) -> None:
        """`tables`: with the names of their files. Raises TableError for editions in force at once,
        and for an item that stands in two tables.
        """
        groups: list[list[tuple[str, Table]]] = []
        for name, table in tables:
            named_table = (name, _dated_by_name(name, table))
            group = next((each for each in groups if _same(each, named_table)), None)
            if group is None:
                groups.append([named_table])
            else:
                group.append(named_table)
        problems = [problem for group in groups for problem in _overlaps(group)]
        self.series = tuple(Series(_ended(group)) for group in groups)
        self._by_item: dict[str, Series] = {}
        for series in self.series:
            for item in sorted(series.items):
                other = self._by_item.setdefault(item, series)
                if other is not series:
                    mend = f"it stands in {other.newest.id} and in {series.newest.id}; keep one"
                    problems.append(Problem(series.newest.id, "item", item, mend))
        if problems:
            raise TableError(source, problems)

    @property
    def tables(self) -> tuple[Table, ...]:
        """All editions of all tables."""
        return tuple(table for series in self.series for table in series.tables)

    def of(self, item: str | None) -> Series | None:
        """The table that has an item; for None, the only table."""
        if len(self.series) == 1:
            return self.series[0]
        return self._by_item.get(item or "")

    def decide(self, facts: Facts, item: str | None, day: dt.date | None) -> Outcome:
        """The outcome of an item's table on a day. Raises RefusedError."""
        series = self.of(item)
        if series is None:
            known = ", ".join(series.newest.id for series in self.series)
            reason = f"no table has this item; there are {known}"
            raise UnknownItemError(reason, "-", facts, item, day)
        return series.decide(facts, item, day)


def read_all(
    paths: Sequence[Path], form: Form | None = None, decision: str = "", bases: Bases | None = None
) -> Shelf:
    """The tables of files, and of the files in folders, as `reading.read`. Raises TableError."""
    files = [file for path in paths for file in _files(path)]
    if not files:
        mend = f"there is no table in it; put files in that end in {', '.join(ENDINGS)}"
        raise TableError(str(paths[0]), [Problem("folder", "files", "none", mend)])
    tables = [(file.name, table) for file in files for table in read(file, form, decision, bases)]
    return Shelf(tables, paths[0].name if len(paths) == 1 else "tables")


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    return sorted(each for each in path.iterdir() if each.suffix.lower() in ENDINGS)


def _dated_by_name(name: str, table: Table) -> Table:
    """The table with the start from its file's name, where it states none."""
    dated = _DATED.fullmatch(Path(name).stem)
    if dated is None or table.effective_from is not None:
        return table
    try:
        day = dt.date.fromisoformat(dated["day"])
    except ValueError:
        return table
    return msgspec.structs.replace(table, effective_from=day)


def _same(group: Sequence[tuple[str, Table]], named_table: tuple[str, Table]) -> bool:
    """Whether a table belongs to a group: by its id, or by the name of another file."""
    name, table = named_table
    dated = _DATED.fullmatch(Path(name).stem)
    for other, known in group:
        if known.id == table.id:
            return True
        before = _DATED.fullmatch(Path(other).stem)
        if other != name and dated and before and dated["name"] == before["name"]:
            return True
    return False


def _begins(named_table: tuple[str, Table]) -> dt.date:
    return named_table[1].effective_from or dt.date.min


def _overlaps(group: Sequence[tuple[str, Table]]) -> Iterator[Problem]:
    for (name, table), (later, other) in pairwise(sorted(group, key=_begins)):
        begins, last = other.effective_from, table.effective_until
        if begins is None or begins == table.effective_from:
            mend = f"{name} is an edition of the same table from the same day; mend either, or id"
            yield Problem(later, "effective_from", str(begins or ""), mend)
        elif last is not None and last >= begins:
            mend = f"{later} is in force from {begins}; end it on {begins - _DAY} at the latest"
            yield Problem(name, "effective_until", str(last), mend)


def _ended(group: Sequence[tuple[str, Table]]) -> list[Table]:
    """Editions, each ended on the day before the next begins, where it states no end."""
    tables: list[Any] = [table for _, table in sorted(group, key=_begins)]
    for n, (edition, other) in enumerate(pairwise(tables)):
        if edition.effective_until is None and other.effective_from is not None:
            end = other.effective_from - _DAY
            tables[n] = msgspec.structs.replace(edition, effective_until=end)
    return tables
