"""The law of this domain: bases, periods, gates and rules on late fines.

`lianzhi.law`'s shipped data come first, then this domain's folders under `policy/`, then one of the
deployment; a later folder replaces keys of earlier ones. Each is read once per process.
"""

from functools import cache
from importlib.resources import files
from pathlib import Path

from lianzhi.domains.enforcement.law.penalty_gates import PREDICATES, PenaltyGates
from lianzhi.domains.enforcement.law.step_facts import Terms
from lianzhi.law import basis, gates, periods, surcharge_rules

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


@cache
def late_fines() -> surcharge_rules.Rules:
    """Rules on fines that are paid late."""
    return surcharge_rules.load([_POLICY / "surcharge"])
