"""Watch: what the monitors ask about the record, computed anew only when it has grown.

With a thousand enterprises that takes seconds. A page does not wait for it: it gets what was found
last, while one thread at most computes anew.
"""

import threading
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection, func, select

from lianzhi.domains.enforcement.desk.office import Office
from lianzhi.domains.enforcement.queries import tables
from lianzhi.domains.enforcement.supervision import policy
from lianzhi.domains.enforcement.supervision.look import Look
from lianzhi.domains.enforcement.supervision.monitors import Report, report
from lianzhi.domains.enforcement.supervision.recorded_rows import rows_of
from lianzhi.domains.enforcement.supervision.rows import Rows

_MINUTE_MS = 60_000


class Watched(NamedTuple):
    """What was found, when, and of which state of the record."""

    report: Report
    look: Look
    at: int
    mark: str
    entries: int
    """Of the record when it was computed."""


class Standing(NamedTuple):
    """What was found last, and whether it is being computed anew."""

    watched: Watched | None
    """None: nothing was found yet since the start."""
    computing: bool


class Watch:
    """See module. Thread-safe: it is computed once at a time."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._computing, self._asking = threading.Lock(), threading.Lock()
        self._kept: Watched | None = None
        self._thread: threading.Thread | None = None
        self._failed: Exception | None = None
        if (own := self._own("supervision")) is not None:
            policy.load(own)  # a fault in it ends the start, not the first computation

    def last(self, *, recompute: bool = False) -> Standing:
        """What was found last, at once. Where it does not stand any more, or `anew`, a thread
        computes it meanwhile; what that failed with is raised to whoever asks next."""
        with self._asking:
            failed, self._failed = self._failed, None
            if failed is not None:
                raise failed
            busy = self._thread is not None and self._thread.is_alive()
            kept = self._kept
            if not busy and (recompute or kept is None or not self._stands(kept)):
                self._thread = threading.Thread(
                    target=self._compute, args=(recompute,), name="supervision", daemon=True
                )
                self._thread.start()
                busy = True
            return Standing(kept, busy)

    def now(self, *, recompute: bool = False) -> Watched:
        """The newest findings, for who can wait. What is younger than the policy's `fresh_minutes`
        stands even if the record has grown since, unless `anew`."""
        with self._computing:
            if self._kept is not None and not recompute and self._stands(self._kept):
                return self._kept
            office, terms, at = self._office, self._terms(), self._office.now()
            with office.reading() as connection:
                mark = _mark(connection)
                if self._kept is not None and self._same(self._kept, mark):
                    return self._kept
                rows = self._rows(connection)
            look = Look(rows, office.rules, terms, office.today(), self._own("visits"))
            self._kept = Watched(report(look), look, at, mark, office.ledger.size)
            return self._kept

    def _compute(self, recompute: bool) -> None:
        try:
            self.now(recompute=recompute)
        except Exception as error:  # told to whoever asks next
            self._failed = error

    def _stands(self, kept: Watched) -> bool:
        """Whether it is young, or the record is as it was."""
        office = self._office
        age = office.now() - kept.at
        if 0 <= age < self._terms().fresh_minutes * _MINUTE_MS:
            return kept.report.day == office.today()
        with office.reading() as connection:
            return self._same(kept, _mark(connection))

    def _same(self, kept: Watched, mark: str) -> bool:
        return kept.mark == mark and kept.report.day == self._office.today()

    def _terms(self) -> policy.Supervision:
        return policy.on(self._office.today(), self._own("supervision"))

    def _own(self, name: str) -> Path | None:
        folder: Path = self._office.home / "enforcement" / name
        return folder if folder.exists() else None

    def _rows(self, connection: Connection) -> Rows:
        return rows_of(
            penalties=tables.penalty.every(connection),
            visits=tables.inspection.every(connection),
            permits=tables.permit.every(connection),
            requests=tables.request.every(connection),
            enterprises=tables.enterprise.every(connection),
            officers=tables.officer.every(connection),
        )


def _mark(connection: Connection) -> str:
    """Changes whenever a noun of this domain does; looking at pages, which is on the record too,
    changes nothing here."""
    digest = sha256()
    for column in (tables.step.c.index, tables.enterprise.c.index):
        digest.update(f"{connection.scalar(select(func.max(column)))};".encode())
    for state in connection.scalars(select(tables.officer.c.state).order_by(tables.officer.c.id)):
        digest.update(bytes(state) + b";")
    return digest.hexdigest()
