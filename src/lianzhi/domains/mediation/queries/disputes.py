"""What pages and desks read of disputes."""

from collections.abc import Mapping

from sqlalchemy import Connection, func, or_, select

from lianzhi.domains.mediation.nouns.dispute import RecordedDispute
from lianzhi.domains.mediation.queries import tables
from lianzhi.kit.noun_story import Step, noun_story
from lianzhi.kit.noun_views import Page, page
from lianzhi.office.ports import Ledger


def disputes(
    connection: Connection, where: Mapping[str, str], cursor: str = ""
) -> Page[RecordedDispute]:
    """Disputes by values of columns, empty for any; the newest first, a page at a time."""
    column = tables.dispute.c
    wanted = [column[name] == value for name, value in where.items() if value]
    return page(connection, tables.dispute, column.received, wanted, cursor)


def counts(connection: Connection, name: str, where: Mapping[str, str]) -> dict[str, int]:
    """How many disputes have each value of a column, narrowed to values of others; those that
    have none are not counted."""
    column = tables.dispute.c
    wanted = [column[key] == value for key, value in where.items() if value]
    query = select(column[name], func.count()).where(*wanted).group_by(column[name])
    return {row[0]: row[1] for row in connection.execute(query) if row[0]}


def waiting(connection: Connection, mediator: str = "") -> list[RecordedDispute]:
    """Disputes for which something may be due, the oldest first: those that are not closed, and
    settled ones without a visit. `mediator`: of this user alone."""
    column = tables.dispute.c
    wanted = [column.mediator == mediator] if mediator else []
    unfinished = or_(column.status != "closed", column.unvisited.is_(True))
    return tables.dispute.every(connection, unfinished, *wanted, order=(column.received, column.id))


def load(connection: Connection) -> dict[str, int]:
    """How many disputes each mediator has open."""
    column = tables.dispute.c
    query = select(column.mediator, func.count()).where(
        column.mediator != "", column.status != "closed"
    )
    return {row[0]: row[1] for row in connection.execute(query.group_by(column.mediator))}


def story(ledger: Ledger, identity: str) -> list[Step]:
    """The entries of a dispute in order. Sealed texts stand there as they are stored: sealed."""
    return noun_story(ledger, tables.step, identity)
