"""Settings of the office for its papers."""

import datetime as dt
from importlib.resources import files
from pathlib import Path

from lianzhi.documents import agency
from lianzhi.law.words import Words

_SHIPPED = Path(str(files("lianzhi.domains.counsel"))) / "policy" / "agency"


class Agency(agency.Agency, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Names, addresses and ways to contest, as printed on papers."""

    court: Words | None = None
    """Before which its decisions are contested."""
    review_to: Words | None = None
    """Who re-reviews its answers to petitions, or its answers on disclosure."""


def load(day: dt.date, own: Path) -> Agency:
    """Settings of the operator's own file over the shipped ones. Raises PolicyError."""
    return agency.load_agency(Agency, _SHIPPED, day, own)
