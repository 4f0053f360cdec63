"""Rows that the monitors examine, read from a folder of files or from the record."""

import datetime as dt
from collections.abc import Mapping
from functools import cached_property
from typing import Any

import msgspec

from lianzhi.domains.enforcement.importing.town_rows import (
    Enterprise,
    Inspection,
    Officer,
    Penalty,
    Permit,
    Request,
    TownItem,
)
from lianzhi.domains.enforcement.law.money import Account
from lianzhi.law.clock import china_day
from lianzhi.tabular.folder import Folder

NO_CERTIFICATE = dt.date.min
"""Stands for the last day of a certificate where there is none."""


class Rows(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """The rows of a town or bureau; without observers or items of its own these are empty."""

    enterprises: tuple[Enterprise, ...] = ()
    officers: tuple[Officer, ...] = ()
    observers: frozenset[str] = frozenset()
    grids: tuple[str, ...] = ()
    requests: tuple[Request, ...] = ()
    inspections: tuple[Inspection, ...] = ()
    penalties: tuple[Penalty, ...] = ()
    permits: tuple[Permit, ...] = ()
    items: tuple[TownItem, ...] = ()
    waived: frozenset[str] = frozenset()
    """Cases in which the party waived the defence; files of a town do not record it."""
    on_the_spot: frozenset[str] = frozenset()
    """Cases that were decided on the spot."""
    accounts: Mapping[str, Account] = {}
    """State of the fine of a recorded file at closing, with instalments and suspension. For other
    files it is computed from the row, which knows only the last payment."""

    @classmethod
    def of(cls, folder: Folder) -> "Rows":
        """The good rows of a folder of files."""
        reads = {kind: read.rows for kind, read in folder.reads.items()}
        kept: dict[str, Any] = {
            kind: reads.get(kind, ())
            for kind in (
                *("enterprises", "officers", "requests", "inspections", "penalties", "permits"),
                "items",
            )
        }
        return cls(
            observers=frozenset(row.id for row in reads.get("observers", ())),
            grids=tuple(row.id for row in reads.get("grids", ())),
            **kept,
        )

    @cached_property
    def certified(self) -> Mapping[str, dt.date | None]:
        """Officer -> last day of the certificate; None: no certificate."""
        return {
            row.id: None if row.certificate_until == NO_CERTIFICATE else row.certificate_until
            for row in self.officers
        }

    @cached_property
    def squads(self) -> Mapping[str, str]:
        """Officer -> squad."""
        return {row.id: row.squad for row in self.officers}

    @cached_property
    def found_on(self) -> Mapping[str, dt.date]:
        """Inspection -> its day, the day of discovery of its violations."""
        return {row.id: row.day for row in self.inspections}

    @cached_property
    def last_day(self) -> dt.date | None:
        """Last day of any event in the rows; later events are not covered."""
        days = [row.day for row in self.inspections]
        for row in self.penalties:
            days += filter(None, (row.filed, row.decided, row.served, row.published, row.closed))
        for permit in self.permits:
            days += filter(None, (permit.applied, permit.decided, permit.published))
        moments = [row.received_at for row in self.requests]
        moments += [row.disposed_at for row in self.requests if row.disposed_at is not None]
        return max([*days, *([china_day(max(moments))] if moments else [])], default=None)
