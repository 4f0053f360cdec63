"""Agency: what a bureau says of itself on its papers, as dated data or the operator's own file."""

import datetime as dt
import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Literal

import msgspec

from lianzhi.chain import dated
from lianzhi.chain.policy import PolicyError
from lianzhi.law.words import Words

_SHIPPED = Path(str(files("lianzhi.domains.enforcement"))) / "policy" / "agency"
_MOST_BYTES = 100_000


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


class Agency(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One bureau. What it does not say is missing from its papers, which then can't be issued."""

    name: Words | None = None
    short: str = ""
    """机关代字: how its numbers begin."""
    head: str = ""
    """Who approves for the bureau."""
    address: Words | None = None
    contact: str = ""
    pay_to: Words | None = None
    review_to: Words | None = None
    court: Words | None = None
    perform: Words | None = None
    """How and by when what is no fine is performed."""
    defence_basis: Words | None = None
    supervision_basis: Words | None = None
    reply_within: Within | None = None
    open311: Exchange = Exchange()
    reviewers: dict[str, str] = {}
    """User name of a legal reviewer -> number of the legal qualification."""

    def __post_init__(self) -> None:
        if "/" in self.short or len(self.short) > 20 or self.short != self.short.strip():
            raise ValueError(f"short is {self.short!r:.40}; give up to twenty characters, no '/'")


def load(day: dt.date, own: Path) -> Agency:
    """What the operator's own file says, and for the rest what ships. Raises PolicyError."""
    found = dated.on(dated.read(Agency, _SHIPPED), day)
    shipped = Agency() if found is None else found[1]
    try:
        if own.stat().st_size > _MOST_BYTES:
            raise PolicyError(f"{own}: over {_MOST_BYTES:,} bytes; shorten it")
        said = tomllib.loads(own.read_text("utf-8"))
        given = msgspec.convert(said, Agency)
    except FileNotFoundError:
        return shipped
    except (OSError, ValueError, msgspec.ValidationError) as error:
        raise PolicyError(f"{own}: {error}; mend it") from None
    return msgspec.structs.replace(shipped, **{name: getattr(given, name) for name in said})
