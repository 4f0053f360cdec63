"""Intake: files of a border, looked through row by row and put on the record in one step.

Rows stand in entries of a thousand, whole: the record alone proves each of them and can fold the
tables anew. So a year of a port costs a hundred entries, not a hundred thousand.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Connection

from lianzhi.domains.biosecurity.desk.office import Office, Register, draft
from lianzhi.domains.biosecurity.desk.signs import Signs, parts
from lianzhi.domains.biosecurity.importing import rows
from lianzhi.domains.biosecurity.importing.files import read_folder
from lianzhi.domains.biosecurity.nouns.registers import Taxon
from lianzhi.domains.biosecurity.queries import tables, views
from lianzhi.domains.biosecurity.rules.firsts import possible
from lianzhi.domains.biosecurity.rules.places import origin_code
from lianzhi.domains.biosecurity.rules.refusal import RefusedError
from lianzhi.domains.biosecurity.words import words
from lianzhi.kit.noun_tables import NounTable
from lianzhi.tabular.folder import Folder
from lianzhi.tabular.known_ids import KnownIds
from lianzhi.tabular.problem import Fault, Problem, excerpt
from lianzhi.tabular.reading import ReadTable

#: Kinds whose rows say anew how they stand, with noun and table.
REGISTERS: Mapping[str, tuple[str, NounTable[Any]]] = {
    "taxa": ("taxon", tables.taxon),
    "ports": ("port", tables.port),
    "effort": ("effort", tables.effort),
}
ONCE = ("interceptions",)
_Fault = tuple[str, object, Fault]


class Intake:
    """Takes the tables of a folder in; see `kit.table_commands.Import`."""

    def __init__(self, office: Office, signs: Signs) -> None:
        self._office, self._signs = office, signs

    def read(self, folder: Path, watch: Callable[[str], None] = lambda kind: None) -> Folder:
        """What of a folder may come in; what may not is told row by row."""
        office = self._office
        with office.reading() as connection:
            ports = views.port_ids(connection)
            there = views.interception_ids(connection)
            register = office.register(connection)
            known = {kind: _stored(connection, kind) for kind in REGISTERS}
        read = read_folder(folder, KnownIds({"ports": ports} if ports else {}), watch)
        reads = dict(read.reads)
        for kind in REGISTERS:
            if kind in reads:
                reads[kind] = _new(reads[kind], known[kind])
        if "taxa" in reads:
            added = [_taxon(row) for row in reads["taxa"].rows]
            register = Register({**register.taxa, **{taxon.id: taxon for taxon in added}}.values())
        if "interceptions" in reads:
            reads["interceptions"] = self._checked(reads["interceptions"], register, there)
        return msgspec.structs.replace(read, reads=reads)

    def take(
        self,
        folder: Folder,
        by: str,
        watch: Callable[[int, int], None] = lambda done, whole: None,
    ) -> dict[str, int]:
        """Put the good rows on the record, with the firsts and alarms that follow; counts by kind.

        Raises RefusedError where an interception is on the record already.
        """
        office, at = self._office, self._office.now()
        reads = folder.reads
        total = sum(len(read.rows) for read in reads.values())
        written = 0
        with office.ledger.batch() as batch:
            for kind, (noun, _) in REGISTERS.items():
                for part in parts([_register_row(row) for row in _rows(reads, kind)]):
                    payload = {"rows": part, "by": by}
                    batch.append([draft(f"{noun}.registered", kind, at, payload)])
                    written += len(part)
                    watch(written, total)
            register = office.register(batch.connection)
            interceptions = _rows(reads, "interceptions")
            for part in parts(interceptions):
                ids = [row.id for row in part]
                if again := tables.interception.among(batch.connection, ids):
                    identity = min(again)
                    raise RefusedError("border_known", f"{identity}: on the record", id=identity)
                payload = {"rows": [interception_row(row, register) for row in part], "by": by}
                batch.append([draft("interception.imported", part[0].id, at, payload)])
                written += len(part)
                watch(written, total)
            taxa = {register.resolve(row.name).code for row in interceptions if row.name} - {""}
            all_taxa = any(_rows(reads, kind) for kind in ("taxa", "ports"))
            self._signs.refresh(
                batch, "register" if all_taxa else "earlier", None if all_taxa else taxa
            )
        return {kind: len(read.rows) for kind, read in reads.items()}

    def _checked(
        self, read: ReadTable[rows.Interception], register: Register, there: set[str]
    ) -> ReadTable[rows.Interception]:
        """The table without the rows that can't come in, which become problems."""
        terms, today = self._office.policy().firsts.terms, self._office.today()
        good, lines, wrong, refused = [], [], list(read.errors), set(read.refused)
        for row, line in zip(read.rows, read.lines, strict=True):
            problem = (
                ("id", row.id, Fault("border_known", catalogue=words))
                if row.id in there
                else _date_fault(row, today, terms) or _name_fault(row, register)
            )
            if problem is None:
                good.append(row)
                lines.append(line)
            else:
                column, value, rule = problem
                wrong.append(Problem(read.file, line, column, excerpt(value), rule))
                refused.add(row.id)
        wrong.sort(key=lambda each: each.line)
        return ReadTable(
            tuple(good), tuple(wrong), frozenset(refused), tuple(lines), read.file, read.same
        )


def _date_fault(row: rows.Interception, today: dt.date, terms: Any) -> _Fault | None:
    for name in ("day", "sampled", "confirmed", "treated"):
        day: dt.date | None = getattr(row, name)
        if day is not None and not possible(day, today, terms):
            params = {"first": terms.earliest.isoformat(), "last": today.isoformat()}
            return name, day, Fault("biosecurity_day", params, words)
    return None


def _name_fault(row: rows.Interception, register: Register) -> _Fault | None:
    if row.origin and not origin_code(row.origin):
        return "origin", row.origin, Fault("biosecurity_origin", catalogue=words)
    if row.name:
        match = register.resolve(row.name)
        if not match.code and not match.qualifier:
            near = ", ".join(f"{register.name(code)} ({code})" for code in match.suggestions)
            rule = "biosecurity_near" if near else "biosecurity_unknown"
            return "name", row.name, Fault(rule, {"near": near}, words)
    return None


def interception_row(row: rows.Interception, register: Register) -> dict[str, Any]:
    """Fields of an imported interception, without those that are empty."""
    fields: dict[str, Any] = {
        name: value
        for name in ("id", "day", "port", "channel", "method", "batch", "host", "sample")
        if (value := getattr(row, name))
    }
    more = {"origin": origin_code(row.origin), "sampled": row.sampled, "treated": row.treated}
    more |= {"treatment": row.treatment, "certificate": row.certificate}
    fields |= {name: value for name, value in more.items() if value}
    if row.name:
        match = register.resolve(row.name)
        identification = {
            "name": row.name, "taxon": match.code, "qualifier": match.qualifier,
            "confirmed": row.confirmed, "by": row.identified_by,
            "method": row.identified_method,
        }  # fmt: skip
        fields["identification"] = {name: v for name, v in identification.items() if v}
    return fields


def _rows(reads: Mapping[str, ReadTable[Any]], kind: str) -> Sequence[Any]:
    return reads[kind].rows if kind in reads else ()


def _register_row(row: Any) -> dict[str, Any]:
    return {**msgspec.structs.asdict(row), "id": row.id}


def _taxon(row: rows.Taxon) -> Taxon:
    return Taxon(**msgspec.structs.asdict(row))


def _stored(connection: Connection, kind: str) -> dict[str, dict[str, Any]]:
    table = REGISTERS[kind][1]
    return {noun.id: msgspec.structs.asdict(noun) for noun in table.every(connection)}


def _new(read: ReadTable[Any], known: Mapping[str, dict[str, Any]]) -> ReadTable[Any]:
    """What was read, without the rows that the register has just so."""
    left = [
        (row, line)
        for row, line in zip(read.rows, read.lines, strict=True)
        if not _has(known.get(row.id), _register_row(row))
    ]
    return msgspec.structs.replace(
        read,
        rows=tuple(row for row, _ in left),
        lines=tuple(line for _, line in left),
        same=len(read.rows) - len(left),
    )


def _has(known: Mapping[str, Any] | None, row: Mapping[str, Any]) -> bool:
    return known is not None and all(known[name] == value for name, value in row.items())
