"""What desks and pages read of the tables."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from lianzhi.domains.algorithms.nouns.audit import Audit
from lianzhi.domains.algorithms.nouns.rectification import Rectification
from lianzhi.domains.algorithms.queries import tables
from lianzhi.kit.noun_story import Step, noun_story
from lianzhi.kit.noun_tables import NounTable
from lianzhi.kit.noun_views import Page, page
from lianzhi.office.ports import Ledger


def listed(
    connection: Connection,
    table: NounTable[Any],
    order: str,
    where: Mapping[str, str],
    cursor: str = "",
) -> Page[Any]:
    """Nouns with some values of columns, an empty value being any; a page at a time."""
    wanted = [table.c[name] == value for name, value in where.items() if value]
    return page(connection, table, table.c[order], wanted, cursor)


def audits_of(connection: Connection, column: str, value: str) -> list[Audit]:
    """Audits with a value in a column (`algorithm`, `case`, `rectification`), oldest first."""
    table = tables.audit
    return table.every(connection, table.c[column] == value, order=(table.c.index,))


def rectifications_of(connection: Connection, algorithm: str) -> list[Rectification]:
    """The rectifications of an algorithm."""
    table = tables.rectification
    return table.every(connection, table.c.algorithm == algorithm, order=(table.c.index,))


def late(connection: Connection, today: dt.date) -> list[Rectification]:
    """Orders whose last day is over without a reply, and not noted as overdue yet."""
    table = tables.rectification
    due = table.c.due < today.isoformat()
    rows = table.every(connection, table.c.status == "ordered", due)
    return [each for each in rows if each.overdue is None]


def algorithm_ids(connection: Connection) -> set[str]:
    """Ids of all algorithms."""
    return set(tables.algorithm.ids(connection))


def story(ledger: Ledger, identity: str) -> list[Step]:
    """The entries of a noun, in order."""
    return noun_story(ledger, tables.step, identity)
