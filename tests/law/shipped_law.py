"""The law that is shipped: what `lianzhi.law` knows, and what the domains bring."""

from pathlib import Path

from lianzhi.domains.legal_data import folders
from lianzhi.law import basis, periods, surcharge_rules


def bases_with(*own: Path) -> basis.Bases:
    """All shipped bases, and files or folders over them."""
    return basis.load([basis.SHIPPED, *folders("bases"), *own])


BASES = bases_with()
PERIODS = periods.load([periods.SHIPPED, *folders("periods")])
LATE_FINES = surcharge_rules.load(folders("surcharge"))
