"""Strata of a draw: rosters by tier of risk, from the register and past inspections."""

import datetime as dt
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from lianzhi.domains.enforcement.inspection.policy import Tier
from lianzhi.domains.enforcement.inspection.roster import Candidate, Certified, Rosters
from lianzhi.domains.enforcement.nouns.register import Enterprise, Officer
from lianzhi.domains.enforcement.nouns.visit import Visit
from lianzhi.domains.enforcement.rulebook.visit_rules import VisitPolicy
from lianzhi.record.lots import allot

ALL = "all"
"""Stratum of everybody where risk does not count."""


class Register(NamedTuple):
    """What a draw needs of the register."""

    enterprises: Sequence[Enterprise]
    officers: Sequence[Officer]
    visits: Sequence[Visit]


def tiered(ranked: Sequence[str], tiers: Sequence[Tier]) -> dict[str, str]:
    """Enterprise -> tier. `ranked`: the riskiest first; so are the tiers."""
    strata: dict[str, str] = {}
    begin, share = 0, Fraction(0)
    for tier in tiers:
        share += Fraction(str(tier.share))
        end = round(share * len(ranked))
        strata |= dict.fromkeys(ranked[begin:end], tier.name)
        begin = end
    return strata


def sizes(total: int, tiers: Sequence[Tier]) -> dict[str, int]:
    """Stratum -> number to draw, of `total`; one stratum `ALL` where there are no tiers."""
    shares = {tier.name: Fraction(str(tier.drawn)) for tier in tiers}
    return allot(total, shares or {ALL: Fraction(1)})


def rosters(
    register: Register,
    day: dt.date,
    rules: VisitPolicy,
    tiers: Mapping[str, str],
    *,
    rest: str = ALL,
    conflicts: Mapping[str, Collection[str]],
) -> Rosters:
    """Who can be drawn and sent, as it was known on a day.

    `rules`: how many inspections an enterprise may have in a year, and for which reasons they
    count. `tiers`: enterprise -> stratum, `rest` for others. `conflicts`: officer -> enterprises
    where they may not go (行政处罚法 43). Raises DrawError.
    """
    past = sorted(
        (visit for visit in register.visits if visit.day <= day),
        key=lambda visit: (visit.day, visit.id),
    )
    last = {visit.enterprise: tuple(sorted(visit.officers)) for visit in past}
    done = Counter(
        visit.enterprise
        for visit in past
        if visit.day.year == day.year and visit.reason in rules.counted
    )
    return Rosters.of(
        (
            Candidate(
                id=enterprise.id,
                stratum=tiers.get(enterprise.id, rest),
                lots=1,
                inspected=done[enterprise.id],
                cap=rules.caps.get(enterprise.industry, rules.cap),
                last_pair=last.get(enterprise.id, ()),
            )
            for enterprise in register.enterprises
        ),
        (
            Certified(officer.id, officer.until, tuple(sorted(conflicts.get(officer.id, ()))))
            for officer in register.officers
        ),
    )
