"""What desks and pages read of the tables."""

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence

from sqlalchemy import ColumnElement, Connection, func, select

from lianzhi.domains.biosecurity.nouns.interception import Interception
from lianzhi.domains.biosecurity.nouns.signs import Alarm, RecordedFirst
from lianzhi.domains.biosecurity.queries import tables
from lianzhi.domains.biosecurity.rules.firsts import Sighting
from lianzhi.kit.noun_story import Step, noun_story
from lianzhi.kit.noun_views import Page, page
from lianzhi.office.ports import Ledger


def between(since: dt.date | None, until: dt.date) -> list[ColumnElement[bool]]:
    """Interceptions of the days [since, until)."""
    day = tables.interception.c.day
    conditions: list[ColumnElement[bool]] = [day < until.isoformat()]
    return conditions if since is None else [*conditions, day >= since.isoformat()]


def channel_is(channel: str) -> ColumnElement[bool]:
    """Interceptions of a channel."""
    return tables.interception.c.channel == channel


def taxon_in(codes: Collection[str]) -> ColumnElement[bool]:
    """Interceptions identified as one of some codes."""
    return tables.interception.c.taxon.in_(sorted(codes))


def interceptions(
    connection: Connection,
    where: Mapping[str, str],
    conditions: Sequence[ColumnElement[bool]] = (),
    cursor: str = "",
) -> Page[Interception]:
    """Interceptions, the newest first; a page at a time."""
    column = tables.interception.c
    wanted = [*conditions, *(column[name] == value for name, value in where.items() if value)]
    return page(connection, tables.interception, column.day, wanted, cursor)


def counts(
    connection: Connection, column: str, conditions: Sequence[ColumnElement[bool]] = ()
) -> dict[str, int]:
    """How many interceptions there are of each value, the most first."""
    field = tables.interception.c[column]
    query = select(field, func.count()).where(*conditions).group_by(field)
    rows = connection.execute(query.order_by(func.count().desc(), field)).all()
    return {value: count for value, count in rows if value}


def sightings(connection: Connection, codes: Collection[str] | None = None) -> Iterator[Sighting]:
    """Confirmed interceptions, with the taxon as identified; `codes`: of these taxa only."""
    column = tables.interception.c
    query = select(
        column.id, column.taxon, column.confirmed, column.port, column.host, column.origin,
        column.channel,
    ).where(column.taxon != "", column.confirmed.is_not(None))  # fmt: skip
    if codes is not None:
        query = query.where(column.taxon.in_(sorted(codes)))
    for identity, taxon, day, *rest in connection.execute(query):
        yield Sighting(identity, taxon, dt.date.fromisoformat(day), *rest)


def days(
    connection: Connection, codes: Collection[str] | None = None
) -> list[tuple[str, str, dt.date]]:
    """Taxon as identified, channel and day of each confirmed interception."""
    column = tables.interception.c
    query = select(column.taxon, column.channel, column.day).where(
        column.taxon != "", column.confirmed.is_not(None)
    )
    if codes is not None:
        query = query.where(column.taxon.in_(sorted(codes)))
    rows = connection.execute(query)
    return [(taxon, channel, dt.date.fromisoformat(day)) for taxon, channel, day in rows]


def first_day(connection: Connection) -> dt.date | None:
    """Day of the earliest interception; None: there is none."""
    day = connection.scalar(select(func.min(tables.interception.c.day)))
    return None if day is None else dt.date.fromisoformat(day)


def known_firsts(
    connection: Connection, taxa: Collection[str] | None = None
) -> dict[str, RecordedFirst]:
    """Firsts on the record by id, revoked ones among them; `taxa`: of these only."""
    where = [] if taxa is None else [tables.first.c.taxon.in_(sorted(taxa))]
    return {first.id: first for first in tables.first.every(connection, *where)}


def known_alarms(connection: Connection, taxa: Collection[str] | None = None) -> dict[str, Alarm]:
    """Alarms on the record by id, withdrawn ones among them; `taxa`: of these only."""
    where = [] if taxa is None else [tables.alarm.c.taxon.in_(sorted(taxa))]
    return {alarm.id: alarm for alarm in tables.alarm.every(connection, *where)}


def firsts(
    connection: Connection, scope: str = "", status: str = "standing", cursor: str = ""
) -> Page[RecordedFirst]:
    """Firsts, the latest first."""
    column = tables.first.c
    wanted = [column.status == status] + ([column.scope == scope] if scope else [])
    return page(connection, tables.first, column.day, wanted, cursor)


def first_counts(
    connection: Connection, since: dt.date | None, until: dt.date
) -> dict[tuple[str, str], int]:
    """How many firsts of [since, until) there are by scope and status."""
    column = tables.first.c
    conditions = [column.day < until.isoformat()]
    if since is not None:
        conditions.append(column.day >= since.isoformat())
    query = select(column.scope, column.status, func.count()).where(*conditions)
    rows = connection.execute(query.group_by(column.scope, column.status))
    return {(scope, status): count for scope, status, count in rows}


def case_of(connection: Connection, sign: str) -> str:
    """The case of a first or an alarm; empty: it has none."""
    link = tables.sign.get(connection, sign)
    return link.case if link else ""


def signs_of(connection: Connection, case: str) -> list[str]:
    """Firsts and alarms that opened or joined a case."""
    return [link.id for link in tables.sign.every(connection, tables.sign.c.case == case)]


def inspected(
    connection: Connection, since: dt.date | None, until: dt.date, channel: str = "", port: str = ""
) -> int:
    """Batches inspected in periods that lie wholly within [since, until)."""
    column = tables.effort.c
    conditions = [column.until < until.isoformat()]
    if since is not None:
        conditions.append(column.since >= since.isoformat())
    conditions += [column.channel == channel] if channel else []
    conditions += [column.port == port] if port else []
    return int(connection.scalar(select(func.sum(column.inspected)).where(*conditions)) or 0)


def story(ledger: Ledger, identity: str) -> list[Step]:
    """The entries about a noun alone, in order, with the texts that are left of them."""
    return noun_story(ledger, tables.step, identity)


def port_ids(connection: Connection) -> set[str]:
    """Ids of all ports."""
    return set(connection.scalars(select(tables.port.c.id)))


def interception_ids(connection: Connection) -> set[str]:
    """Ids of all interceptions."""
    return set(connection.scalars(select(tables.interception.c.id)))


def register_state(connection: Connection) -> tuple[int, int]:
    """How many taxa there are, and the last entry that changed one: differs once any does."""
    column = tables.taxon.c
    query = select(func.count(), func.coalesce(func.max(column.index), -1))
    count, last = connection.execute(query).one()
    return count, last
