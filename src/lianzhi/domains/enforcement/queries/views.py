"""Views: what pages read of the tables, newest first, a page at a time.

Parties come as vault tokens; `named` turns them into what the register calls them.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Generic, NamedTuple, TypeVar

import msgspec
from sqlalchemy import ColumnElement, Connection, Table, and_, func, or_, select

from lianzhi.domains.enforcement.nouns.letter import Letter
from lianzhi.domains.enforcement.nouns.penalty import Penalty
from lianzhi.domains.enforcement.nouns.register import Enterprise, Officer
from lianzhi.domains.enforcement.nouns.visit import Visit
from lianzhi.domains.enforcement.queries import tables
from lianzhi.office.ports import Ledger

T = TypeVar("T")
#: Rows of a page.
ROWS = 50
#: Nouns of the chain, whose facts or reason are the words of a step.
_OF_CHAIN = frozenset({"decision", "appeal"})


class Page(NamedTuple, Generic[T]):
    """Some rows, and where the next ones begin; empty: there are none."""

    rows: Sequence[T]
    cursor: str = ""


class Named(NamedTuple):
    """What the register calls an enterprise; `name` empty: it was erased."""

    id: str
    """As the bureau numbers it."""
    name: str
    name_en: str = ""


class Step(msgspec.Struct, frozen=True):
    """One entry of a noun's story."""

    index: int
    kind: str
    at: int
    payload: dict[str, Any]
    """What the entry says, the fields of its domain among it."""
    texts: dict[str, str]


def penalties(
    connection: Connection,
    status: str = "",
    where: Mapping[str, str] | None = None,
    cursor: str = "",
) -> Page[Penalty]:
    """Case files, the newest first. `status`: one, or `open`, `review`, `published`; empty: all."""
    column = tables.penalty.c
    conditions: list[ColumnElement[bool]] = [column[k] == v for k, v in (where or {}).items() if v]
    if status == "open":
        conditions.append(column.closed.is_(None))
    elif status == "review":
        conditions.append(column.review == "waiting")
    elif status == "published":
        conditions.append(column.published.is_not(None))
    elif status:
        conditions.append(column.status == status)
    order = column.published if status == "published" else column.filed
    return _page(connection, tables.penalty, Penalty, order, conditions, cursor)


def inspections(
    connection: Connection, where: Mapping[str, str] | None = None, cursor: str = ""
) -> Page[Visit]:
    """Inspections, the newest first."""
    column = tables.inspection.c
    conditions = [column[k] == v for k, v in (where or {}).items() if v]
    return _page(connection, tables.inspection, Visit, column.day, conditions, cursor)


def letters(connection: Connection, status: str = "", cursor: str = "") -> Page[Letter]:
    """Letters, those with the nearest answer first."""
    column = tables.letter.c
    conditions: list[ColumnElement[bool]] = []
    if status == "waiting":
        conditions.append(column.status.in_(("sent", "received")))
    elif status:
        conditions.append(column.status == status)
    return _page(connection, tables.letter, Letter, column.index, conditions, cursor)


def officers(connection: Connection) -> list[Officer]:
    """All officers, by name; without observers."""
    return [
        officer for officer in every(connection, tables.officer, Officer) if not officer.observer
    ]


def expiring(connection: Connection, today: dt.date, days: int) -> list[Officer]:
    """Officers whose certificates run out within so many days, the first to run out first."""
    column = tables.officer.c
    until = (today + dt.timedelta(days=days)).isoformat()
    condition = column.until.between(today.isoformat(), until)
    rows = connection.scalars(
        select(column.state).where(condition).order_by(column.until, column.id)
    )
    return [msgspec.json.decode(row, type=Officer) for row in rows]


def counts(connection: Connection, table: Table, column: str) -> dict[str, int]:
    """How many rows there are of each value."""
    field = table.c[column]
    rows = connection.execute(select(field, func.count()).group_by(field))
    return {name: count for name, count in rows if name is not None}


def every(connection: Connection, table: Table, form: type[T]) -> list[T]:
    """All nouns of a table, for figures and monitors."""
    decoder = msgspec.json.Decoder(form)
    rows = connection.scalars(select(table.c.state).order_by(table.c.id))
    return [decoder.decode(row) for row in rows]


def story(ledger: Ledger, identity: str) -> list[Step]:
    """The entries of a noun, in order, with the texts that are left of them."""
    column = tables.step.c
    with ledger.engine.connect() as connection:
        rows = connection.execute(
            select(column.index, column.kind).where(column.of == identity).order_by(column.index)
        ).all()
    steps = []
    for index, kind in rows:
        entry = next(iter(ledger.entries(index, index + 1)))
        payload = ledger.payload(index) or {}
        kept = {name: ledger.vault.text(index, name) for name in payload.pop("texts", {})}
        texts = {name: text for name, text in kept.items() if text is not None}
        noun = entry.kind.partition(".")[0]
        for name in ("facts", "reason") if noun in _OF_CHAIN else ():
            if name in texts:
                texts["words"] = texts.pop(name)
        steps.append(Step(index, kind, entry.at, {**payload, **payload.get("fields", {})}, texts))
    return steps


def named(ledger: Ledger, tokens: Iterable[str]) -> dict[str, Named]:
    """What the register calls these parties."""
    known = {*tokens}
    accounts = ledger.vault.accounts(known)
    with ledger.engine.connect() as connection:
        column = tables.enterprise.c
        rows = connection.execute(
            select(column.id, column.index).where(column.id.in_([*known]))
        ).all()
    names = {
        token: (ledger.vault.text(index, "name") or "", ledger.vault.text(index, "name_en") or "")
        for token, index in rows
    }
    return {token: Named(accounts.get(token, ""), *names.get(token, ("", ""))) for token in known}


def enterprises(
    ledger: Ledger, query: str = "", most: int = ROWS
) -> list[tuple[Enterprise, Named]]:
    """Registered enterprises whose number begins so, or all of them in the order of numbers."""
    with ledger.engine.connect() as connection:
        rows = connection.scalars(select(tables.enterprise.c.state))
        known = [msgspec.json.decode(row, type=Enterprise) for row in rows]
    accounts = ledger.vault.accounts([enterprise.id for enterprise in known])
    wanted = [
        enterprise
        for enterprise in known
        if query.lower() in accounts.get(enterprise.id, "").lower()
    ]
    wanted.sort(key=lambda enterprise: accounts.get(enterprise.id, ""))
    names = named(ledger, [enterprise.id for enterprise in wanted[:most]])
    return [(enterprise, names[enterprise.id]) for enterprise in wanted[:most]]


def _page(
    connection: Connection,
    table: Table,
    form: type[T],
    order: Any,
    conditions: list[ColumnElement[bool]],
    cursor: str,
) -> Page[T]:
    """Rows in falling order of a column, then of ids; the cursor is `<value>~<id>`."""
    if cursor:
        value, _, identity = cursor.partition("~")
        at: Any = whole(value) if order.type.python_type is int else value
        if at is not None:
            conditions.append(or_(order < at, and_(order == at, table.c.id < identity)))
    query = (
        select(table.c.state, order, table.c.id)
        .where(*conditions, order.is_not(None))
        .order_by(order.desc(), table.c.id.desc())
        .limit(ROWS + 1)
    )
    rows = connection.execute(query).all()
    nouns = [msgspec.json.decode(row[0], type=form) for row in rows[:ROWS]]
    following = f"{rows[ROWS - 1][1]}~{rows[ROWS - 1][2]}" if len(rows) > ROWS else ""
    return Page(nouns, following)


def whole(value: str) -> int | None:
    """The number of a cursor, as large as a column holds; None: it is none."""
    return int(value) if value.isdecimal() and len(value) < 19 else None
