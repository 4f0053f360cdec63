"""Figures: the scorecard of this bureau, drawn from the record as it stands.

Reading all rows and judging the figures takes a second or two, so both are kept until the record
says more, and for ten minutes at most, because time limits run out without any entry.
"""

import datetime as dt
from collections import OrderedDict
from threading import Lock
from typing import NamedTuple

from lianzhi.chain.published.figures import Audit
from lianzhi.domains.enforcement.desk.export_rows import Due, work_rows
from lianzhi.domains.enforcement.desk.office import Office
from lianzhi.domains.enforcement.desk.requests import Requests
from lianzhi.domains.enforcement.figures.scorecard import DIMENSIONS, Card, audit, card
from lianzhi.domains.enforcement.figures.scorecard_rows import Town
from lianzhi.domains.enforcement.queries import steps, views
from lianzhi.law.clock import china_day

_FRESH_MS = 600_000
_CARDS = 8

Stamp = tuple[int, int]
"""Newest entry about a noun, and which ten minutes: all that a card depends on."""


class AuditedCard(NamedTuple):
    """A card, and what the checks that anybody's figures get say of it."""

    card: Card
    audit: Audit


class _Rows(NamedTuple):
    stamp: Stamp
    town: Town
    first: dt.date


class Figures:
    """See module. Thread-safe."""

    def __init__(self, office: Office, requests: Requests, due: Due) -> None:
        self._office, self._requests, self._due = office, requests, due
        self._lock = Lock()
        self._rows: _Rows | None = None
        self._cards: OrderedDict[tuple[Stamp, dt.date, dt.date], AuditedCard] = OrderedDict()

    def audited_card(self, since: dt.date | None, until: dt.date) -> AuditedCard:
        """The card of what began in [since, until), by month, department and squad.

        `since` None: from the first day that is on the record.
        """
        with self._lock:
            rows = self._read()
            key = (rows.stamp, since or rows.first, until)
            audited = self._cards.get(key)
            if audited is None:
                begin = min(key[1], until - dt.timedelta(1))
                drawn_card = card(rows.town, begin, until, self._office.now(), DIMENSIONS)
                audited = self._cards[key] = AuditedCard(drawn_card, audit(drawn_card))
                while len(self._cards) > _CARDS:
                    self._cards.popitem(last=False)
            return audited

    def _read(self) -> _Rows:
        office = self._office
        with office.reading() as connection:
            newest = steps.newest(connection)
        stamp = (newest, office.now() // _FRESH_MS)
        if self._rows is None or self._rows.stamp != stamp:
            rows_by_kind = work_rows(office, self._due, named=False)
            with office.reading() as connection:
                officers = views.officers(connection)
            squads = {grid.id: grid.squad for grid in self._requests.grids().grids}
            days = [row.day for row in rows_by_kind["inspections"]]
            days += [row.filed for row in rows_by_kind["penalties"] if row.filed]
            days += [china_day(row.received_at) for row in rows_by_kind["requests"]]
            days += [row.applied for row in rows_by_kind["permits"] if row.applied]
            first = min(days, default=office.today())
            self._rows = _Rows(stamp, Town(**rows_by_kind, officers=officers, grids=squads), first)
        return self._rows
