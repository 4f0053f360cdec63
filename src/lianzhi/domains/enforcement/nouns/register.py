"""Register: the enterprises and officers that the work is about, as their last entry tells them."""

import datetime as dt
from typing import Any

import msgspec


class Enterprise(msgspec.Struct, frozen=True, kw_only=True):
    """One enterprise. Its name and place are texts of the entry, which can be erased."""

    id: str
    """Vault token."""
    industry: str
    grid: str = ""
    staff: int | None = None
    opened: dt.date | None = None
    index: int = 0
    """Entry of the record that holds its name."""


class Officer(msgspec.Struct, frozen=True, kw_only=True):
    """One officer 执法人员, by user name, with the certificate; or an observer, who has none."""

    id: str
    name: str = ""
    squad: str = ""
    department: str = ""
    certificate: str = ""
    until: dt.date | None = None
    """Last day on which the certificate is good; None: has none."""
    observer: str = ""
    """`grid_worker` or `volunteer`: may report, may not find a violation. Empty: an officer."""
    languages: tuple[str, ...] = ()
    """Of an observer, those in which they read a checklist."""
    index: int = 0
    """Entry of the record that holds the name of an observer, which can be erased."""


def enterprise(payload: dict[str, Any], index: int) -> Enterprise:
    """The enterprise that an entry tells."""
    return msgspec.convert({**payload, "id": payload["enterprise"], "index": index}, Enterprise)


def officer(payload: dict[str, Any], index: int) -> Officer:
    """The officer or observer that an entry tells."""
    return msgspec.convert({**payload, "id": payload["officer"], "index": index}, Officer)
