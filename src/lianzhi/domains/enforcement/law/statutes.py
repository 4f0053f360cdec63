"""The law of this domain: bases, periods, gates, calendar and rules on late fines.

`lianzhi.law`'s shipped data come first, then this domain's folders under `policy/`, then one of the
deployment; a later folder replaces keys of earlier ones. Each is read once per process.
"""

from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

from lianzhi.chain.policy import PolicyError
from lianzhi.domains.enforcement.law.penalty_gates import PREDICATES, PenaltyGates
from lianzhi.domains.enforcement.law.step_facts import Terms
from lianzhi.law import basis, gates, holidays, periods, surcharge_rules
from lianzhi.law.calendar import Calendar

_POLICY = Path(str(files("lianzhi.domains.enforcement"))) / "policy"


def _folders(*folders: Path | None) -> list[Path]:
    return [folder for folder in folders if folder is not None]


@cache
def bases(own: Path | None = None) -> basis.Bases:
    """Legal bases of this domain. Raises BasisError."""
    return basis.load(_folders(basis.SHIPPED, _POLICY / "bases", own))


@cache
def statutory_periods(own: Path | None = None) -> periods.Periods:
    """Statutory periods of this domain. Raises PeriodError."""
    return periods.load(_folders(periods.SHIPPED, _POLICY / "periods", own))


@cache
def penalty_gates(own: Path | None = None) -> PenaltyGates:
    """Gates of a penalty proceeding. Raises GatesError."""
    return gates.load(_folders(_POLICY / "gates", own), PREDICATES, Terms)


def own_part(folder: Path | None, name: str) -> Path | None:
    """A file or folder of a bureau's own policy; None where it has none of this name."""
    return folder / name if folder is not None and (folder / name).exists() else None


class Statutes(NamedTuple):
    """The law that a bureau applies, with what it added or replaced."""

    gates: PenaltyGates
    bases: basis.Bases
    periods: periods.Periods
    calendar: Calendar


def statutes(folder: Path | None) -> Statutes:
    """The shipped law with a bureau's `gates/`, `bases/`, `periods/` and `holidays.toml`.

    Raises PolicyError naming file, field and mend.
    """
    known, marked = holidays.shipped(), own_part(folder, "holidays.toml")
    try:
        return Statutes(
            penalty_gates(own_part(folder, "gates")),
            bases(own_part(folder, "bases")),
            statutory_periods(own_part(folder, "periods")),
            known if marked is None else holidays.load(marked, known),
        )
    except holidays.HolidaysError as error:
        raise PolicyError(f"policy {folder}: {error}") from None
    except (gates.GatesError, basis.BasisError, periods.PeriodError) as error:
        raise PolicyError(f"policy {error}") from None


@cache
def late_fines() -> surcharge_rules.Rules:
    """Rules on fines that are paid late."""
    return surcharge_rules.load([_POLICY / "surcharge"])
