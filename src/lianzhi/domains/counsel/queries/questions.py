"""What pages and the index read of the pool of questions."""

import datetime as dt

from sqlalchemy import ColumnElement, Connection, or_

from lianzhi.domains.counsel.nouns.question import Question
from lianzhi.domains.counsel.queries import tables
from lianzhi.kit.noun_views import Page, page

STATES = ("valid", "coming", "expired", "drafted", "sent_back", "reviewed", "withdrawn")
"""Valid, not yet or no longer valid on a day; or a status of the work on it."""


def questions(
    connection: Connection, state: str, field: str, today: dt.date, cursor: str
) -> Page[Question]:
    """Questions in a state, those that changed last first; an empty field means any."""
    where = _in_state(state, today)
    if field:
        where.append(tables.question.c.field == field)
    return page(connection, tables.question, tables.question.c.index, where, cursor)


def counts(connection: Connection, today: dt.date) -> dict[str, int]:
    """How many questions are in each state."""
    return {state: tables.question.count(connection, *_in_state(state, today)) for state in STATES}


def valid(connection: Connection, today: dt.date) -> list[Question]:
    """All questions whose answer holds on a day."""
    return tables.question.every(connection, *_in_state("valid", today))


def _in_state(state: str, today: dt.date) -> list[ColumnElement[bool]]:
    column, day = tables.question.c, today.isoformat()
    has_begun = column.live_since <= day
    match state:
        case "valid":
            return [has_begun, or_(column.live_until.is_(None), column.live_until >= day)]
        case "coming":
            return [column.live_since > day]
        case "expired":
            return [has_begun, column.live_until < day]
        case _:
            return [column.status == state]
