"""What the desks of domains share: the day by the deployment's clock, reading, entries."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import msgspec
from sqlalchemy import Connection

from lianzhi.law.clock import china_day
from lianzhi.office.ports import Ledger
from lianzhi.record.entry import Draft, Text


class DomainOffice:
    """Mixin for the office of a domain, which has a ledger and a clock in Unix ms."""

    __slots__ = ()
    ledger: Ledger
    now: Callable[[], int]

    def today(self) -> dt.date:
        """Current day in China."""
        return china_day(self.now())

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection for reading."""
        with self.ledger.engine.connect() as connection:
            yield connection


def domain_draft(
    domain: str,
    kind: str,
    ref: str,
    at: int,
    payload: Mapping[str, Any],
    texts: Mapping[str, Text] | None = None,
) -> Draft:
    """An entry `<domain>.<noun>.<step>`; days become text, blank texts are left out."""
    kept = {name: text for name, text in (texts or {}).items() if text[0].strip()}
    return Draft(f"{domain}.{kind}", ref, at, msgspec.to_builtins(payload), kept)
