"""Views: what pages read of the tables, newest first, a page at a time.

Parties come as vault tokens; `named` turns them into what the register calls them.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, select

from lianzhi.domains.enforcement.nouns.letter import Letter
from lianzhi.domains.enforcement.nouns.penalty import Penalty
from lianzhi.domains.enforcement.nouns.register import Enterprise, Officer
from lianzhi.domains.enforcement.nouns.visit import Visit
from lianzhi.domains.enforcement.queries import tables
from lianzhi.kit.noun_story import Step, noun_story
from lianzhi.kit.noun_views import ROWS, Page, page
from lianzhi.office.ports import Ledger


class Named(NamedTuple):
    """What the register calls an enterprise; `name` empty: it was erased."""

    id: str
    """As the bureau numbers it."""
    name: str
    name_en: str = ""


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
        conditions.append(column.review_status == "waiting")
    elif status == "published":
        conditions.append(column.public_since.is_not(None))
    elif status:
        conditions.append(column.status == status)
    order = column.public_since if status == "published" else column.filed
    return page(connection, tables.penalty, order, conditions, cursor)


def inspections(
    connection: Connection, where: Mapping[str, str] | None = None, cursor: str = ""
) -> Page[Visit]:
    """Inspections, the newest first."""
    column = tables.inspection.c
    conditions = [column[k] == v for k, v in (where or {}).items() if v]
    return page(connection, tables.inspection, column.day, conditions, cursor)


def letters(connection: Connection, status: str = "", cursor: str = "") -> Page[Letter]:
    """Letters, those with the nearest answer first."""
    column = tables.letter.c
    conditions: list[ColumnElement[bool]] = []
    if status == "waiting":
        conditions.append(column.status.in_(("sent", "received")))
    elif status:
        conditions.append(column.status == status)
    return page(connection, tables.letter, column.index, conditions, cursor)


def officers(connection: Connection) -> list[Officer]:
    """All officers, by name; without observers."""
    return [officer for officer in tables.officer.every(connection) if not officer.observer]


def expiring(connection: Connection, today: dt.date, days: int) -> list[Officer]:
    """Officers whose certificates run out within so many days, the first to run out first."""
    column = tables.officer.c
    until = (today + dt.timedelta(days=days)).isoformat()
    runs_out = column.until.between(today.isoformat(), until)
    return tables.officer.every(connection, runs_out, order=(column.until, column.id))


def story(ledger: Ledger, identity: str) -> list[Step]:
    """The entries of a noun of this domain, in order, with the texts that are left of them."""
    return noun_story(ledger, tables.step, identity)


def maps(ledger: Ledger, until: int | None = None) -> Iterator[tuple[int, str]]:
    """(entry, GeoJSON) of each map of the grids up to an entry, the newest first."""
    index = tables.step.c.index
    query = select(index).where(tables.step.c.of == "map").order_by(index.desc())
    with ledger.engine.connect() as connection:
        drawn = list(connection.scalars(query if until is None else query.where(index <= until)))
    for entry in drawn:
        yield entry, str((ledger.payload(entry) or {})["geojson"])


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
        known = tables.enterprise.every(connection)
    accounts = ledger.vault.accounts([enterprise.id for enterprise in known])
    wanted = [
        enterprise
        for enterprise in known
        if query.lower() in accounts.get(enterprise.id, "").lower()
    ]
    wanted.sort(key=lambda enterprise: accounts.get(enterprise.id, ""))
    names = named(ledger, [enterprise.id for enterprise in wanted[:most]])
    return [(enterprise, names[enterprise.id]) for enterprise in wanted[:most]]
