"""Procedure: what each place regulates for itself within the law, as dated data."""

import datetime as dt
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from lianzhi.chain import dated

_SHIPPED = Path(str(files("lianzhi.domains.enforcement"))) / "policy" / "procedure"
_Yuan = Annotated[int, msgspec.Meta(ge=0)]
_Days = Annotated[int, msgspec.Meta(ge=1, le=3660)]


class NoProcedureError(dated.NoVersionError):
    """A day before the first version of the procedure."""


class Hearing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """From which penalty on a hearing may be requested (行政处罚法 63)."""

    person: _Yuan
    unit: _Yuan
    """Minimum fines 以上: the figure itself is included."""
    sanctions: tuple[str, ...] = ()

    def due(self, *, unit: bool, fine: int, sanctions: frozenset[str]) -> bool:
        """Whether the party may request one."""
        least = self.unit if unit else self.person
        return fine >= least or bool(sanctions & {*self.sanctions})


class Review(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which cases need legal review."""

    asked: Literal["all", "due"] = "due"


class Grave(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which cases are serious."""

    fine: _Yuan


class Limitation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Cases with the longer limitation period (行政处罚法 36)."""

    grave_fields: tuple[str, ...]
    """Fields of items, as `fire` in `fire.exit_blocked`."""


class Archive(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How long files are kept."""

    years: Annotated[int, msgspec.Meta(ge=1, le=100)]
    grave_years: Annotated[int, msgspec.Meta(ge=1, le=100)]


class Revisit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When a closed case is revisited."""

    days: _Days


class Spot(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Limits of decisions on the spot (行政处罚法 68)."""

    collect: _Yuan
    """Highest fine that may be collected at once without any other reason."""


class Certificates(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Certificates of officers."""

    warn_days: _Days
    """Days before expiry from which a certificate is shown."""


class Grounds(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Legal bases, by key, of what is ordered beside a penalty."""

    rectify: str
    """Of an order to put a violation right."""
    transfer: str
    """Of handing a suspected crime to the organs of justice."""


class Procedure(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One dated version of the procedure."""

    defence: str
    """Key of the period for stating and defending."""
    hearing: Hearing
    review: Review
    limitation: Limitation
    grave: Grave
    archive: Archive
    revisit: Revisit
    spot: Spot
    certificates: Certificates
    grounds: Grounds
    letters: dict[str, _Days]
    """Kind of letter -> working days for the answer."""


class Procedures:
    """All versions of a bureau's procedure."""

    def __init__(self, folder: Path | None = None) -> None:
        """Versions of a folder, by default the shipped ones. Raises PolicyError."""
        self._folder = folder or _SHIPPED
        self._versions = dated.read(Procedure, self._folder)

    def at(self, day: dt.date) -> Procedure:
        """The version of a day. Raises PolicyError before the first."""
        procedure = dated.on(self._versions, day)
        if procedure is None:
            raise NoProcedureError(self._folder, day)
        return procedure[1]
