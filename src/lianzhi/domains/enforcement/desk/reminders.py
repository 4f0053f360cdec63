"""Reminders of time limits: one entry for each clock and stage, one for each late letter.

The penalty or letter itself stores which reminders were recorded, so none is repeated after a
restart or by a second node.
"""

from typing import Any

from sqlalchemy import Connection

from lianzhi.domains.enforcement.desk.office import Office, draft
from lianzhi.domains.enforcement.desk.requests import Requests
from lianzhi.domains.enforcement.desk.run_all import run_all
from lianzhi.domains.enforcement.queries import tables
from lianzhi.domains.enforcement.rulebook.clocks import Running, clocks
from lianzhi.kit.noun_tables import NounTable

_REMINDED = frozenset({"warned", "overdue"})


class Reminders:
    """Records the reminders that are due."""

    def __init__(self, office: Office, requests: Requests) -> None:
        self._office, self._requests = office, requests

    def tick(self) -> int:
        """Record due reminders; returns the number of entries. Raises ExceptionGroup of all
        failures, after everything was tried."""
        return run_all((self._requests.tick, self._penalties, self._letters), lambda kind: kind())

    def _penalties(self) -> int:
        column = tables.penalty.c
        # A file that is closed has one clock left: the decision may still have to be published.
        unpublished = column.decided.is_not(None) & column.public_since.is_(None)
        runs = column.closed.is_(None) | (unpublished & (column.fine > 0))
        return run_all(self._ids(tables.penalty, runs, ~column.imported), self._penalty)

    def _penalty(self, identity: str) -> int:
        office, day = self._office, self._office.today()
        with office.reading() as connection:
            if not self._due(connection, identity):
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
                for clock in self._due(batch.connection, identity)
            ]
            batch.append(drafts)
        return len(drafts)

    def _due(self, connection: Connection, identity: str) -> list[Running]:
        office = self._office
        penalty = office.penalty(connection, identity)
        return [
            clock
            for clock in clocks(penalty, office.rules, office.today())
            if clock.status in _REMINDED and clock.mark not in penalty.warned
        ]

    def _letters(self) -> int:
        column = tables.letter.c
        waits, today = column.status.in_(("sent", "received")), self._office.today()
        late = self._ids(tables.letter, waits, column.due < today.isoformat())
        return run_all(late, self._letter)

    def _letter(self, identity: str) -> int:
        office = self._office
        with office.reading() as connection:
            if tables.letter.load(connection, identity).overdue is not None:
                return 0
        with office.batch() as batch:
            payload = {"letter": identity, "day": office.today()}
            batch.append([draft("letter.overdue", identity, office.now(), payload)])
        return 1

    def _ids(self, table: NounTable[Any], *conditions: Any) -> list[str]:
        with self._office.reading() as connection:
            return table.ids(connection, *conditions)
