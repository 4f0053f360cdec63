"""Intake: files of lists, looked through row by row and put on the record in one step."""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Connection

from lianzhi.domains.dissemination.desk.days import Days
from lianzhi.domains.dissemination.desk.lists import ids_of
from lianzhi.domains.dissemination.desk.office import Office, draft
from lianzhi.domains.dissemination.importing.files import read_folder
from lianzhi.domains.dissemination.importing.rows import Push, Reprint
from lianzhi.domains.dissemination.nouns.listed import Listed, Span, listed_id
from lianzhi.domains.dissemination.queries import tables
from lianzhi.domains.dissemination.rules.judging import item_id
from lianzhi.domains.dissemination.sources.lists import (
    LIST_KINDS,
    NAME_CHARACTERS,
    OutletRow,
    SourceRow,
)
from lianzhi.domains.dissemination.words import words
from lianzhi.tabular.folder import Folder
from lianzhi.tabular.problem import Fault, Problem, excerpt
from lianzhi.tabular.reading import ReadTable

#: Rows of one entry.
AT_ONCE = 1000
TITLE_CHARACTERS = 300
UPDATES = LIST_KINDS
ONCE = ("reprints", "pushes")
_Row = SourceRow | OutletRow


class Intake:
    """Takes the tables of a folder in; see `kit.table_commands.Import`."""

    def __init__(self, office: Office, days: Days) -> None:
        self._office, self._days = office, days

    def read(self, folder: Path, watch: Callable[[str], None] = lambda kind: None) -> Folder:
        """What of a folder may come in; what may not is told row by row."""
        read = read_folder(folder, watch)
        reads = dict(read.reads)
        with self._office.reading() as connection:
            for kind in UPDATES:
                if kind in reads:
                    reads[kind] = _checked(connection, kind, reads[kind])
            for items in ONCE:
                if items in reads:
                    reads[items] = _new_items(connection, reads[items], self._office.today())
        return msgspec.structs.replace(read, reads=reads)

    def take(
        self,
        folder: Folder,
        by: str,
        watch: Callable[[int, int], None] = lambda done, whole: None,
    ) -> dict[str, int]:
        """Put the good rows on the record; counts by kind."""
        at, written = self._office.now(), 0
        total = sum(len(read.rows) for read in folder.reads.values())
        with self._office.ledger.batch() as batch:
            for kind in UPDATES:
                rows = _rows(folder, kind)
                noun = tables.LISTS[kind].noun.name
                for part in parts([list_payload(row) for row in rows]):
                    payload = {"rows": part, "by": by}
                    batch.append([draft(f"{noun}.imported", kind, at, payload)])
                    written += len(part)
                    watch(written, total)
            items = [_rows(folder, kind) for kind in ONCE]
            if any(items):
                reads = (folder.reads[kind] for kind in ONCE if kind in folder.reads)
                problems = [problem for read in reads for problem in read.errors]
                lists = written
                self._days.take_in(
                    batch, items[0], items[1], problems, by, lambda n: watch(lists + n, total)
                )
        self._office.refresh_files()
        return {kind: len(read.rows) for kind, read in folder.reads.items()}


def _checked(connection: Connection, kind: str, read: ReadTable[_Row]) -> ReadTable[_Row]:
    """The table without the rows that can't come in, and without those that are there just so."""
    known = {noun.id: noun for noun in tables.LISTS[kind].every(connection)}
    owners = {name: noun.id for noun in known.values() for name in ids_of(noun)}
    good, lines, wrong, same = [], [], list(read.errors), read.same
    for row, line in zip(read.rows, read.lines, strict=True):
        identity = listed_id(row.name)
        if fault := _fault(row, identity, owners):
            wrong.append(Problem(read.file, line, fault[0], excerpt(fault[1]), fault[2]))
            continue
        owners |= dict.fromkeys((listed_id(each) for each in (row.name, *row.aliases)), identity)
        if identity in known and _has(known[identity], row):
            same += 1
        else:
            good.append(row)
            lines.append(line)
    wrong.sort(key=lambda each: each.line)
    return ReadTable(tuple(good), tuple(wrong), read.refused, tuple(lines), read.file, same)


def _new_items(connection: Connection, read: ReadTable[Any], today: dt.date) -> ReadTable[Any]:
    """The table without rows of days to come, without a name, or that are on the record."""
    ids = [_item_id(row) for row in read.rows]
    known = tables.item.among(connection, ids)
    good, lines, wrong = [], [], list(read.errors)
    for row, line, identity in zip(read.rows, read.lines, ids, strict=True):
        outlet = row.outlet if isinstance(row, Reprint) else row.app
        if identity in known:
            fault = "id", row.id, Fault("dissemination_known", catalogue=words)
        elif row.day > today:
            fault = "time", row.day.isoformat(), Fault("dissemination_future", catalogue=words)
        elif len(outlet) > NAME_CHARACTERS or len(row.title) > TITLE_CHARACTERS:
            most = {"most": TITLE_CHARACTERS}
            fault = "title", row.title, Fault("dissemination_long", most, words)
        else:
            good.append(row)
            lines.append(line)
            continue
        wrong.append(Problem(read.file, line, fault[0], excerpt(fault[1]), fault[2]))
    wrong.sort(key=lambda each: each.line)
    return ReadTable(tuple(good), tuple(wrong), read.refused, tuple(lines), read.file, read.same)


def _item_id(row: Reprint | Push) -> str:
    if isinstance(row, Reprint):
        return item_id(row.outlet, row.id)
    return item_id(row.app, f"push/{row.id}")


def _rows(folder: Folder, kind: str) -> Sequence[Any]:
    return folder.reads[kind].rows if kind in folder.reads else ()


def _fault(row: _Row, identity: str, owners: dict[str, str]) -> tuple[str, str, Fault] | None:
    for name in (row.name, *row.aliases):
        column = "name" if name is row.name else "aliases"
        if len(name) > NAME_CHARACTERS:
            most = {"most": NAME_CHARACTERS}
            return column, name, Fault("dissemination_long", most, words)
        if owners.get(listed_id(name), identity) != identity:
            return column, name, Fault("dissemination_name_of", catalogue=words)
    return None


def _span(row: _Row) -> Span:
    scopes = tuple(row.scopes) if isinstance(row, OutletRow) else ()
    return Span(row.valid_from, row.valid_until, scopes)


def _has(noun: Listed, row: _Row) -> bool:
    return _span(row) in noun.spans and set(row.aliases) <= set(noun.aliases)


def list_payload(row: _Row) -> dict[str, Any]:
    """What the record says of a row of a list."""
    span = msgspec.to_builtins(_span(row))
    return {"id": listed_id(row.name), "name": row.name, "aliases": row.aliases, "span": span}


def parts(rows: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """Rows as many as an entry holds."""
    for start in range(0, len(rows), AT_ONCE):
        yield rows[start : start + AT_ONCE]
