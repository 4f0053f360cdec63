"""Register: the enterprises and officers that the work is about, as their last entry tells them."""

import datetime as dt

import msgspec

from lianzhi.chain.life import START, Steps
from lianzhi.chain.noun import Noun, Payload
from lianzhi.record.entry import Entry


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


def _enterprise(before: Enterprise | None, entry: Entry, payload: Payload) -> Enterprise:
    fields = {**payload, "id": payload["enterprise"], "index": entry.index}
    return msgspec.convert(fields, Enterprise)


def _officer(before: Officer | None, entry: Entry, payload: Payload) -> Officer:
    return msgspec.convert({**payload, "id": payload["officer"], "index": entry.index}, Officer)


_STEPS: Steps = {}  # each entry says anew how they stand
ENTERPRISE = Noun(
    "enterprise",
    Enterprise,
    _STEPS,
    _enterprise,
    columns=("industry", "grid", "index"),
    indexes=(("grid",),),
    has_story=False,
)
OFFICER_STEPS: Steps = {"officer.registered": (frozenset({START}), None)}
OFFICER = Noun(
    "officer", Officer, OFFICER_STEPS, _officer, columns=("squad", "department", "until")
)
