"""What a bureau of enforcement says of itself on its papers and to other programs."""

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
    """What programs of other cities and citizens are told of the Open311 address."""

    contact: str = ""
    """Whom to ask about the address itself."""
    key_service: str = ""
    """How to come by an API key: words or an address."""
    type: Literal["", "production", "development", "test"] = ""


class Agency(agency.Agency, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What papers say of a bureau: names, addresses, the ways to pay and to contest."""

    pay_to: Words | None = None
    review_to: Words | None = None
    court: Words | None = None
    perform: Words | None = None
    """How and by when what is no fine is performed."""
    defence_basis: Words | None = None
    supervision_basis: Words | None = None
    reply_within: Within | None = None
    open311: Exchange = Exchange()
    reviewers: dict[str, str] = {}  # noqa: RUF012 - a struct copies it
    """User name of a legal reviewer -> number of the legal qualification."""


def load(day: dt.date, own: Path) -> Agency:
    """What the operator's own file says, and for the rest what ships. Raises PolicyError."""
    return agency.load_agency(Agency, _SHIPPED, day, own)
