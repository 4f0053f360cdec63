"""What an agency says of itself on its papers: dated data, and the operator's own file over it."""

import datetime as dt
import tomllib
from pathlib import Path
from typing import TypeVar

import msgspec

from lianzhi.chain import dated
from lianzhi.chain.policy import PolicyError
from lianzhi.law.words import Words
from lianzhi.typed_toml import convert

_MOST_BYTES = 100_000


class Agency(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One agency. What it does not say is missing from its papers, which then can't be issued."""

    name: Words | None = None
    short: str = ""
    """机关代字: how its numbers begin."""
    head: str = ""
    """Who approves for the agency."""
    address: Words | None = None
    contact: str = ""

    def __post_init__(self) -> None:
        if "/" in self.short or len(self.short) > 20 or self.short != self.short.strip():
            raise ValueError(f"short is {self.short!r:.40}; give up to twenty characters, no '/'")


AgencyT = TypeVar("AgencyT", bound=Agency)


def load_agency(form: type[AgencyT], shipped: Path, day: dt.date, own: Path) -> AgencyT:
    """What the operator's own file says, and for the rest what `shipped` says of a day.

    `form`: the agency with what the papers of a domain need beside. Raises PolicyError.
    """
    version = dated.on(dated.read(form, shipped), day)
    agency = form() if version is None else version[1]
    try:
        if own.stat().st_size > _MOST_BYTES:
            raise PolicyError(f"{own}: over {_MOST_BYTES:,} bytes; shorten it")
        fields = tomllib.loads(own.read_text("utf-8"))
        given = convert(fields, form)
    except FileNotFoundError:
        return agency
    except (OSError, ValueError) as error:
        raise PolicyError(f"{own}: {error}; mend it and start again") from None
    return msgspec.structs.replace(agency, **{name: getattr(given, name) for name in fields})
