"""Projection: the tables of the domain as folds over the record's entries."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from sqlalchemy import Connection, Table, delete

from lianzhi.dispatch.requests import request
from lianzhi.domains.enforcement.nouns import letter, penalty, register, visit
from lianzhi.domains.enforcement.nouns.case_entries import PREFIX
from lianzhi.domains.enforcement.queries import statements, tables
from lianzhi.record.entry import Entry

Payload = Mapping[str, Any]
T = Any

_PENALTY = msgspec.json.Decoder(penalty.Penalty)
_LETTER = msgspec.json.Decoder(letter.Letter)
_REQUEST = msgspec.json.Decoder(request.Request)
_PERMIT = msgspec.json.Decoder(visit.Permit)


class Enforcement:
    """See module. Implements the port `Projection`."""

    tables = tables.TABLES

    def apply(self, connection: Connection, entry: Entry, payload: Payload) -> None:
        """Take one entry into the tables; raises IllegalStepError when it may not follow."""
        kind = entry.kind.removeprefix(PREFIX)
        noun, _, _ = kind.partition(".")
        handle = _HANDLERS.get(noun)
        if handle is None or (kind == entry.kind) != (noun in _OF_CHAIN):
            return
        entry = msgspec.structs.replace(entry, kind=kind)
        if noun in _OF_CHAIN:
            step = penalty.step_of(kind, payload)
            if not step or _state(connection, tables.penalty, payload.get("case", "")) is None:
                return  # of another domain, or no step of a file
            kind = f"penalty.{step}"
        of = handle(connection, entry, dict(payload))
        if of:
            row = {"index": entry.index, "of": of, "kind": kind}
            statements.put(connection, tables.step, row, new=True)

    def clear(self, connection: Connection) -> None:
        """Empty the tables before a rebuild."""
        for table in self.tables:
            connection.execute(delete(table))


def projections() -> list[Enforcement]:
    """A fresh set of the domain's projections."""
    return [Enforcement()]


def _put(connection: Connection, table: Table, row: dict[str, Any], new: bool) -> None:
    statements.put(connection, table, row, new=new)


def _state(connection: Connection, table: Table, identity: str) -> bytes | None:
    return statements.state(connection, table, identity)


def _day(value: Any) -> str | None:
    return None if value is None else value.isoformat()


def _penalty(connection: Connection, entry: Entry, payload: dict[str, Any]) -> str:
    if entry.kind == "penalty.imported":
        state = None  # what comes in is new: the desk has looked
    else:
        identity = payload.get("penalty") or payload["case"]
        state = _state(connection, tables.penalty, identity)
    before = None if state is None else _PENALTY.decode(state)
    step = penalty.step_of(entry.kind, payload)
    now = penalty.fold(before, f"penalty.{step}", {**payload, **payload.get("fields", {})})
    waits = now.status == "noticed" and now.submitted and not now.review
    row = {
        name: getattr(now, name)
        for name in (
            *("id", "status", "item", "department", "squad", "grid", "party", "assigned"),
            *("list", "fine", "imported"),
        )
    }
    row |= {name: _day(getattr(now, name)) for name in ("filed", "decided", "closed")}
    row["published"] = None if now.withdrawn else _day(now.published)
    row["review"] = "waiting" if waits else now.review
    row["state"] = msgspec.json.encode(now)
    _put(connection, tables.penalty, row, before is None)
    if entry.kind == "penalty.document_issued":
        _paper(connection, entry, payload)
    return now.id


def _paper(connection: Connection, entry: Entry, payload: dict[str, Any]) -> None:
    kept = ("penalty", "kind", "year", "serial", "number", "language", "docx", "pdf")
    row = {name: payload[name] for name in kept}
    row |= {"id": payload["paper"], "day": payload["bears"], "index": entry.index}
    _put(connection, tables.paper, row, new=True)


def _inspection(connection: Connection, entry: Entry, payload: dict[str, Any]) -> str:
    if entry.kind not in ("inspection.held", "inspection.imported"):
        return str(payload["inspection"])
    now = visit.visit(payload, entry.kind == "inspection.imported")
    row = {name: getattr(now, name) for name in ("id", "enterprise", "department", "reason")}
    row |= {"day": _day(now.day), "violations": len(now.violations), "imported": now.imported}
    row["state"] = msgspec.json.encode(now)
    _put(connection, tables.inspection, row, new=True)
    return now.id


def _request(connection: Connection, entry: Entry, payload: dict[str, Any]) -> str:
    imported = entry.kind == "request.imported"
    identity = payload["file"]["id"] if imported else payload["request"]
    state = None if imported else _state(connection, tables.request, identity)
    if imported:
        now = msgspec.convert(payload["file"], request.Request)
    else:
        before = None if state is None else _REQUEST.decode(state)
        now = request.fold(before, entry.kind, entry.at, payload)
    row: dict[str, Any] = {
        name: getattr(now, name)
        for name in ("id", "status", "category", "channel", "grid", "received_at", "disposed_at")
    }
    row |= {"squad": now.holder, "state": msgspec.json.encode(now)}
    if state is None:
        row |= {"imported": imported, "index": entry.index, "due_at": payload.get("due_at")}
    _put(connection, tables.request, row, state is None)
    return now.id


def _permit(connection: Connection, entry: Entry, payload: dict[str, Any]) -> str:
    new = entry.kind == "permit.imported"
    state = None if new else _state(connection, tables.permit, payload["permit"])
    if entry.kind == "permit.file_reviewed" and state is not None:
        now = msgspec.structs.replace(_PERMIT.decode(state), marks=payload["marks"])
    else:
        now = visit.permit(payload)
    row: dict[str, Any] = {name: getattr(now, name) for name in ("id", "item", "department")}
    row |= {"applied": _day(now.applied), "state": msgspec.json.encode(now)}
    _put(connection, tables.permit, row, state is None)
    return now.id


def _enterprise(connection: Connection, entry: Entry, payload: dict[str, Any]) -> str:
    now = register.enterprise(payload, entry.index)
    row: dict[str, Any] = {name: getattr(now, name) for name in ("id", "industry", "grid", "index")}
    row["state"] = msgspec.json.encode(now)
    new = _state(connection, tables.enterprise, now.id) is None
    _put(connection, tables.enterprise, row, new)
    return ""


def _officer(connection: Connection, entry: Entry, payload: dict[str, Any]) -> str:
    now = register.officer(payload, entry.index)
    row: dict[str, Any] = {name: getattr(now, name) for name in ("id", "squad", "department")}
    row |= {"until": _day(now.until), "state": msgspec.json.encode(now)}
    _put(connection, tables.officer, row, _state(connection, tables.officer, now.id) is None)
    return now.id


def _letter(connection: Connection, entry: Entry, payload: dict[str, Any]) -> str:
    state = _state(connection, tables.letter, payload["letter"])
    before = None if state is None else _LETTER.decode(state)
    now = letter.fold(before, entry.kind, payload, entry.index)
    row: dict[str, Any] = {
        name: getattr(now, name)
        for name in ("id", "kind", "status", "sender", "recipient", "ref", "index")
    }
    row |= {"due": _day(now.due), "state": msgspec.json.encode(now)}
    _put(connection, tables.letter, row, before is None)
    return now.id


def _draw(connection: Connection, entry: Entry, payload: dict[str, Any]) -> str:
    identity = payload["draw"]
    state = _state(connection, tables.draw, identity)
    known = {} if state is None else msgspec.json.decode(state)
    fields = {name: value for name, value in payload.items() if name != "texts"}
    status = entry.kind.removeprefix("draw.")
    row = {"id": identity, "status": status, "state": msgspec.json.encode({**known, **fields})}
    if state is None:
        row["planned_at"] = entry.at
    _put(connection, tables.draw, row, state is None)
    return str(identity)


def _sample(connection: Connection, entry: Entry, payload: dict[str, Any]) -> str:
    """A sample of files to review: its story is all that is kept."""
    return str(payload["sample"])


def _map(connection: Connection, entry: Entry, payload: dict[str, Any]) -> str:
    row = {"index": entry.index, "at": entry.at, "geojson": payload["geojson"].encode()}
    _put(connection, tables.grid_map, row, new=True)
    return ""


def _rota(connection: Connection, entry: Entry, payload: dict[str, Any]) -> str:
    """Rotas are read from their entries, each for the day that it begins on."""
    return "rota"


#: Nouns of the chain of which some entries take a step of a penalty file.
_OF_CHAIN = frozenset({"decision", "notice", "appeal"})
_HANDLERS: dict[str, Callable[[Connection, Entry, dict[str, Any]], str]] = {
    "penalty": _penalty,
    **dict.fromkeys(_OF_CHAIN, _penalty),
    "inspection": _inspection,
    "request": _request,
    "permit": _permit,
    "enterprise": _enterprise,
    "officer": _officer,
    "letter": _letter,
    "draw": _draw,
    "sample": _sample,
    "map": _map,
    "rota": _rota,
}
