"""Ticking: what becomes known by the passing of time, each thing told once.

A clock of a penalty file that is warned or overdue is one entry for that clock and stage; a letter
whose answer is late is one entry. What was told is on the noun itself, so it is not told again
after a restart, nor where two nodes take turns.
"""

from typing import Any

from sqlalchemy import Connection, Table, and_, or_, select

from lianzhi.domains.enforcement.desk.each import each
from lianzhi.domains.enforcement.desk.office import Office, draft
from lianzhi.domains.enforcement.desk.requests import Requests
from lianzhi.domains.enforcement.nouns.letter import Letter
from lianzhi.domains.enforcement.queries import tables
from lianzhi.domains.enforcement.rulebook.clocks import clocks

_TELLS = frozenset({"warned", "overdue"})


class Ticking:
    """See module."""

    def __init__(self, office: Office, requests: Requests) -> None:
        self._office, self._requests = office, requests

    def tick(self) -> int:
        """Tell what is new; returns how many entries. Raises ExceptionGroup for what failed, after
        all else was done."""
        return each((self._requests.tick, self._penalties, self._letters), lambda kind: kind())

    def _penalties(self) -> int:
        column = tables.penalty.c
        # A file that is closed has one clock left: the decision may still have to be published.
        runs = or_(
            column.closed.is_(None),
            and_(column.decided.is_not(None), column.published.is_(None), column.fine > 0),
        )
        return each(self._ids(tables.penalty, runs, ~column.imported), self._penalty)

    def _penalty(self, identity: str) -> int:
        office, day = self._office, self._office.today()
        with office.reading() as connection:
            if not self._untold(connection, identity):
                return 0
        with office.batch() as batch:
            drafts = [
                draft(
                    "penalty.warned",
                    identity,
                    office.now(),
                    {
                        "penalty": identity,
                        "day": day,
                        "clock": clock.key,
                        "stage": clock.status,
                        "last_day": clock.last_day,
                        "mark": clock.mark,
                    },
                )
                for clock in self._untold(batch.connection, identity)
            ]
            batch.append(drafts)
        return len(drafts)

    def _untold(self, connection: Connection, identity: str) -> list[Any]:
        office = self._office
        penalty = office.penalty(connection, identity)
        return [
            clock
            for clock in clocks(penalty, office.rules, office.today())
            if clock.status in _TELLS and clock.mark not in penalty.warned
        ]

    def _letters(self) -> int:
        column = tables.letter.c
        late = and_(
            column.status.in_(("sent", "received")), column.due < self._office.today().isoformat()
        )
        return each(self._ids(tables.letter, late), self._letter)

    def _letter(self, identity: str) -> int:
        office = self._office
        with office.reading() as connection:
            if office.one(connection, tables.letter, Letter, identity).overdue is not None:
                return 0
        with office.batch() as batch:
            payload = {"letter": identity, "day": office.today()}
            batch.append([draft("letter.overdue", identity, office.now(), payload)])
        return 1

    def _ids(self, table: Table, *conditions: Any) -> list[str]:
        with self._office.reading() as connection:
            return list(
                connection.scalars(select(table.c.id).where(*conditions).order_by(table.c.id))
            )
