"""History: what a bureau did before, taken in from the files of a town in one step.

All rows of a folder go on the record in one transaction: where anything fails, nothing is there.
An imported noun is one entry, which says that it was imported; it is never told as if its steps had
been taken here. Enterprises, officers, observers and the map say anew how they stand, where that is
new; a request, inspection, penalty or permit that is on the record already is refused, row by row.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import msgspec
from sqlalchemy import Connection

from lianzhi.domains.enforcement.desk import export_rows, import_rows
from lianzhi.domains.enforcement.desk.office import Office, RefusedError, draft
from lianzhi.domains.enforcement.desk.registers import Registers
from lianzhi.domains.enforcement.importing import grid_file
from lianzhi.domains.enforcement.importing.town_files import read_folder
from lianzhi.domains.enforcement.nouns.case_entries import PREFIX
from lianzhi.domains.enforcement.queries import tables, views
from lianzhi.kit.noun_tables import NounTable
from lianzhi.office.ports import Batch, Ledger
from lianzhi.record.entry import Draft
from lianzhi.tabular.folder import Folder
from lianzhi.tabular.known_ids import KnownIds
from lianzhi.tabular.reading import ReadTable

RowsByKind = Mapping[str, tuple[Any, ...]]
#: What comes in once; its table.
NOUNS: Mapping[str, NounTable[Any]] = {
    "requests": tables.request,
    "inspections": tables.inspection,
    "penalties": tables.penalty,
    "permits": tables.permit,
}
#: What says anew how it stands.
REGISTERS = ("officers", "observers", "enterprises", "grids")
#: How many entries are appended at a time within the one transaction.
_AT_ONCE = 2000


class History:
    """Reads and imports a folder of town files."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def read(self, folder: Any, watch: Callable[[str], None] = lambda kind: None) -> Folder:
        """What of a folder (a Path) may come in; what may not is told row by row.

        Rows may point to each other, and to what is on the record. `watch` hears of each kind.
        """
        office, registers = self._office, export_rows.register_rows(self._office)
        with office.reading() as connection:
            there, drawn = _ids(connection), _drawn(office.ledger)
            items = _named(connection, "item", tables.penalty, tables.permit)
            departments = _named(
                connection, "department", tables.penalty, tables.permit, tables.officer
            )
        known: dict[str, Any] = {
            "items": office.rules.keys | items,
            "departments": office.rules.power(office.today()).departments.keys() | departments,
            "inspections": there["inspections"],
        }
        # Where nothing is registered yet, a file that would name it may simply be missing.
        ids = {kind: {row.id for row in rows_of_kind} for kind, rows_of_kind in registers.items()}
        known |= {kind: rows_of_kind for kind, rows_of_kind in ids.items() if rows_of_kind}
        if ids["officers"]:
            # An observer who acts as an officer breaks the law, but exists: monitors find it.
            known["officers"] = ids["officers"] | ids["observers"]
        if drawn:
            known["grids"] = {feature["properties"]["id"] for feature in drawn["features"]}
        folder_read = read_folder(folder, KnownIds(known), watch)
        reads = {
            kind: _new(
                import_rows.recordable(kind, table, there.get(kind, set()), office.rules),
                registers.get(kind, ()),
            )
            for kind, table in folder_read.reads.items()
        }
        if (grids := reads.get("grids")) and msgspec.json.decode(
            grid_file.write(grids.rows)
        ) == drawn:
            reads["grids"] = msgspec.structs.replace(grids, rows=(), lines=(), same=len(grids.rows))
        return msgspec.structs.replace(folder_read, reads=reads)

    def take(
        self,
        folder: Folder,
        by: str,
        drawn: str = "",
        watch: Callable[[int, int], None] = lambda done, whole: None,
    ) -> dict[str, int]:
        """Put the good rows of a folder on the record; returns how many of each kind.

        `drawn`: the map as its file has it, else it is drawn from the rows. `watch` hears how many
        entries of how many are in. Raises RefusedError where a row is on the record already.
        """
        at, rows_by_kind = self._office.now(), {k: read.rows for k, read in folder.reads.items()}
        if rows_by_kind.get("grids") and not drawn:
            drawn = grid_file.write(rows_by_kind["grids"]).decode()
        with self._office.batch() as batch:
            there = _ids(batch.connection)
            for kind, ids in there.items():
                if again := ids & {row.id for row in rows_by_kind.get(kind, ())}:
                    identity = min(again)
                    raise RefusedError(
                        "again", f"{kind}: {identity} is on the record already", id=identity
                    )
            drafts = list(self._drafts(rows_by_kind, batch, by, at))
            if drawn:
                drafts.append(draft("map.drawn", "grids", at, {"geojson": drawn, "by": by}))
            for first in range(0, len(drafts), _AT_ONCE):
                batch.append(drafts[first : first + _AT_ONCE])
                watch(min(first + _AT_ONCE, len(drafts)), len(drafts))
        return {kind: len(rows_of_kind) for kind, rows_of_kind in rows_by_kind.items()}

    def _drafts(self, rows_by_kind: RowsByKind, batch: Batch, by: str, at: int) -> Iterator[Draft]:
        officers, enterprises = (
            rows_by_kind.get("officers", ()),
            rows_by_kind.get("enterprises", ()),
        )
        observers = rows_by_kind.get("observers", ())
        accounts = {row.id for row in (*enterprises, *observers)}
        for kind in NOUNS:
            accounts |= {row.enterprise for row in rows_by_kind.get(kind, ()) if row.enterprise}
        tokens = batch.tokens(sorted(accounts)) if accounts else {}
        registers = Registers(self._office)
        yield from registers.of_officers(map(_asdict, officers), by, at)
        yield from registers.of_observers(map(_asdict, observers), tokens, by, at)
        yield from registers.of_enterprises(map(_asdict, enterprises), tokens, by, at)
        for row in rows_by_kind.get("requests", ()):
            payload = {"request": row.id, "file": import_rows.request(row, tokens), "by": by}
            yield _draft("request.imported", row.id, payload, at)
        for row in rows_by_kind.get("inspections", ()):
            payload = import_rows.inspection(row, tokens) | {"by": by}
            yield _draft("inspection.imported", row.id, payload, at)
        homes, squads = self._places(batch.connection, tokens)
        homes |= {row.id: row.grid for row in enterprises}
        squads |= {row.id: row.squad for row in officers}
        items = {row.id: row for row in rows_by_kind.get("items", ())}
        for row in rows_by_kind.get("penalties", ()):
            file = import_rows.penalty(row, tokens, homes, squads, items.get(row.item))
            payload = {"penalty": row.id, "file": file, "by": by}
            yield _draft("penalty.imported", row.id, payload, at)
        for row in rows_by_kind.get("permits", ()):
            payload = _asdict(row) | {"permit": row.id, "enterprise": tokens[row.enterprise]}
            payload = {k: v for k, v in payload.items() if k != "id" and v} | {"by": by}
            yield _draft("permit.imported", row.id, payload, at)

    def _places(
        self, connection: Connection, tokens: Mapping[str, str]
    ) -> tuple[dict[str, str], dict[str, str]]:
        """Grids of enterprises by account, and squads of officers, that are on the record."""
        known = tables.enterprise.among(connection, [*tokens.values()])
        grids = {account: known[token].grid for account, token in tokens.items() if token in known}
        return grids, {each.id: each.squad for each in tables.officer.every(connection)}


def _ids(connection: Connection) -> dict[str, set[str]]:
    """Ids of what is on the record, by kind."""
    return {kind: set(table.ids(connection)) for kind, table in NOUNS.items()}


def _named(connection: Connection, column: str, *among: NounTable[Any]) -> set[str]:
    """Values of a column in some tables: what a town brought along may be named again."""
    return {value for table in among for value in table.values(connection, column)}


def _drawn(ledger: Ledger) -> dict[str, Any]:
    """The newest map; empty: none was drawn."""
    _, geojson = next(views.maps(ledger), (0, "{}"))
    return dict(msgspec.json.decode(geojson))


def _new(read: ReadTable[Any], there: tuple[Any, ...]) -> ReadTable[Any]:
    """What was read, without the rows that a register has just so."""
    known = {row.id: row for row in there}
    pairs = zip(read.rows, read.lines, strict=True)
    left = [(row, line) for row, line in pairs if known.get(row.id) != row]
    good, lines = (tuple(row for row, _ in left), tuple(line for _, line in left))
    return msgspec.structs.replace(read, rows=good, lines=lines, same=len(read.rows) - len(good))


def _asdict(row: msgspec.Struct) -> dict[str, Any]:
    return msgspec.structs.asdict(row)


def _draft(kind: str, ref: str, payload: dict[str, Any], at: int) -> Draft:
    return Draft(kind=PREFIX + kind, ref=ref, at=at, payload=msgspec.to_builtins(payload))
