"""What learning reads of the tables: causes of disputes, and cases that were handled."""

import datetime as dt

import msgspec
from sqlalchemy import Connection, select

from lianzhi.domains.mediation.queries import tables
from lianzhi.stats.recurring import Handled, Seen


class _Facts(msgspec.Struct):
    opened: dt.date


class _Case(msgspec.Struct):
    field: str
    office: str
    facts: _Facts


_decode = msgspec.json.Decoder(_Case).decode


def handled(connection: Connection) -> list[Handled]:
    """Cases that offices handled; the rest of their rows is left where it is."""
    cases = map(_decode, connection.scalars(select(tables.warning.c.state)))
    return [Handled(each.field, each.office, each.facts.opened) for each in cases]


def seen(connection: Connection) -> list[Seen]:
    """Disputes as field, cause, office, party and day of receipt."""
    column = tables.dispute.c
    rows = connection.execute(
        select(column.field, column.cause, column.office, column.party, column.received)
    )
    return [
        Seen(field, cause, office, party, dt.date.fromisoformat(day))
        for field, cause, office, party, day in rows
    ]
