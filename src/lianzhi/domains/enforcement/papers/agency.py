"""Settings of an enforcement bureau for its papers and its Open311 address."""

import datetime as dt
from importlib.resources import files
from pathlib import Path
from typing import Literal

import msgspec

from lianzhi.documents import agency
from lianzhi.law.words import Words

_SHIPPED = Path(str(files("lianzhi.domains.enforcement"))) / "policy" / "agency"


class Within(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A period that the bureau sets for itself."""

    length: int
    unit: Literal["calendar_days", "working_days", "months", "years"]
    basis: Words


class Exchange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Public information about the Open311 address."""

    contact: str = ""
    """Contact for questions about the address."""
    key_service: str = ""
    """How to get an API key: a text or an address."""
    type: Literal["", "production", "development", "test"] = ""


class Agency(agency.Agency, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Names, addresses, and ways to pay and to contest, as printed on papers."""

    pay_to: Words | None = None
    review_to: Words | None = None
    court: Words | None = None
    perform: Words | None = None
    """How and by when a penalty other than a fine is to be performed."""
    defence_basis: Words | None = None
    supervision_basis: Words | None = None
    reply_within: Within | None = None
    open311: Exchange = Exchange()
    reviewers: dict[str, str] = {}  # noqa: RUF012 - a struct copies it
    """User name of a legal reviewer -> number of the legal qualification."""


def load(day: dt.date, own: Path) -> Agency:
    """Settings of the operator's own file over the shipped ones. Raises PolicyError."""
    return agency.load_agency(Agency, _SHIPPED, day, own)
