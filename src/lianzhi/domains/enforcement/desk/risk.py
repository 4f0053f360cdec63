"""Risk: enterprises ranked as the record knows them, and what the order would have gained.

Fitting takes seconds: it is done when somebody asks, once at a time, without holding the record,
and kept until the day or the number of enterprises, inspections or requests is another.
"""

import datetime as dt
import threading
from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, func, select

from lianzhi.domains.enforcement.desk.office import Office
from lianzhi.domains.enforcement.inspection import policy
from lianzhi.domains.enforcement.inspection.gains import Gains, gains
from lianzhi.domains.enforcement.inspection.model import History
from lianzhi.domains.enforcement.inspection.penalised import NotFittedError
from lianzhi.domains.enforcement.inspection.risk import Ranked, rank
from lianzhi.domains.enforcement.queries import tables
from lianzhi.domains.enforcement.supervision.history import history
from lianzhi.domains.enforcement.supervision.recorded_rows import rows_of

Mark = tuple[object, ...]
"""The day, and how much the record knew; see module."""


class Ranking(NamedTuple):
    """Enterprises, as vault tokens, the highest risk first; none where they can't be ranked."""

    mark: Mark
    at: int
    """When it was computed, Unix ms."""
    history: History
    least: int
    """Inspections that it takes."""
    ranked: Sequence[Ranked]
    why: str = ""
    """Why nothing is ranked."""

    @property
    def short(self) -> bool:
        """Whether there are too few inspections to rank by."""
        return len(self.history.inspections) < self.least


class _KeptGains(NamedTuple):
    mark: Mark
    gains: Gains | None


class Risk:
    """See module. Thread-safe: who asks meanwhile waits."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._ranking: Ranking | None = None
        self._kept_gains: _KeptGains | None = None
        self._ranks, self._gains = threading.Lock(), threading.Lock()

    def ranking(self) -> Ranking:
        """The ranking of today. Raises PolicyError where no policy is in force."""
        office = self._office
        with self._ranks:
            with office.reading() as connection:
                mark = (office.today(), *_sizes(connection))
                if self._ranking is not None and self._ranking.mark == mark:
                    return self._ranking
                known = _history(connection).before(office.today() + dt.timedelta(days=1))
            terms = policy.on(office.today()).model
            try:
                ranked, why = rank(known, office.today(), terms)[0], ""
            except NotFittedError as error:
                ranked, why = [], str(error)
            least = terms.least_inspections
            self._ranking = Ranking(mark, office.now(), known, least, ranked, why)
            return self._ranking

    def gained(self, ranking: Ranking) -> bool:
        """Whether what the ranking gains is known already, so that `gains` answers at once."""
        return self._kept_gains is not None and self._kept_gains.mark == ranking.mark

    def gains(self, ranking: Ranking) -> Gains | None:
        """How many days earlier the score would have found violations; None: too short a history
        to try it."""
        with self._gains:
            if self._kept_gains is None or self._kept_gains.mark != ranking.mark:
                terms = policy.on(self._office.today()).model
                try:
                    computed = gains(ranking.history, terms) if ranking.ranked else None
                except NotFittedError:
                    computed = None
                self._kept_gains = _KeptGains(ranking.mark, computed)
            return self._kept_gains.gains


def _history(connection: Connection) -> History:
    rows = rows_of(
        enterprises=tables.enterprise.every(connection),
        officers=tables.officer.every(connection),
        visits=tables.inspection.every(connection),
        requests=tables.request.every(connection),
    )
    return history(rows)


def _sizes(connection: Connection) -> Mark:
    column = tables.enterprise.c.index  # an enterprise told anew has a later entry
    counted = (tables.enterprise, tables.inspection, tables.request)
    sizes = [connection.scalar(select(func.count()).select_from(table.table)) for table in counted]
    return (connection.scalar(select(func.max(column))), *sizes)
