"""A made-up town that inspects and fines, with strict, lenient and unequal officers put in.

Shares no code and no constants with what ranks enterprises and compares officers.
"""

import datetime as dt
from typing import NamedTuple

import numpy as np

from lianzhi.domains.enforcement.inspection.rows import Enterprise, Inspection, Officer, Penalty

#: log 24: odds of a finding with the strictest officer, against an ordinary one in their place.
STRICTEST = 3.18
_STRICT, _LENIENT = (1.25, 1.1), (-1.25, -1.4)
_HARSH, _MILD = (0.6, 0.75), (-0.6, -0.75)
_OFFICERS, _SQUADS, _ENTERPRISES, _INSPECTIONS, _DAYS = 36, 6, 700, 3200, 760
_TRADES = ("catering", "retail", "garage", "factory", "hotel", "school", "depot")
_START = dt.date(2024, 2, 1)


class World(NamedTuple):
    """Files of a town, and who was put in."""

    enterprises: list[Enterprise]
    officers: dict[str, Officer]
    inspections: list[Inspection]
    penalties: list[Penalty]
    strictest: str
    """Empty where nobody was put in."""
    strictest_odds: float
    """Of their findings against the median of the others' in their place, logarithm."""
    strict: set[str]
    lenient: set[str]
    harsh: set[str]
    mild: set[str]


def world(seed: int, planted: bool, by_sector: bool = False) -> World:
    """Make a town. `by_sector`: each squad sees mostly trades of its own."""
    rng = np.random.default_rng([seed, planted, by_sector])
    names = [f"o{k:02}" for k in range(_OFFICERS)]
    squad = {name: k % _SQUADS for k, name in enumerate(names)}
    officers = {name: Officer(name, f"s{squad[name]}", "d", None) for name in names}
    looks = dict(zip(names, rng.normal(0, 0.18, _OFFICERS), strict=True))
    fines = dict(zip(names, rng.normal(0, 0.03, _OFFICERS), strict=True))
    picked = [str(name) for name in rng.permutation(names)]
    some: dict[str, set[str]] = {"strict": set(), "lenient": set(), "harsh": set(), "mild": set()}
    if planted:
        for kind, effects, extra in (
            ("strict", looks, (STRICTEST, *_STRICT)),
            ("lenient", looks, _LENIENT),
            ("harsh", fines, _HARSH),
            ("mild", fines, _MILD),
        ):
            for value in extra:
                name = picked.pop()
                effects[name] += value
                some[kind].add(name)
    strictest = max(looks, key=lambda name: looks[name]) if planted else ""
    others = [looks[name] for name in names if name != strictest]
    far = float(looks[strictest] - np.median(others)) if planted else 0.0

    enterprises, risk = [], {}
    trade_risk = rng.normal(0, 0.5, len(_TRADES))
    for k in range(_ENTERPRISES):
        trade = int(rng.integers(len(_TRADES)))
        staff = int(rng.lognormal(2.2, 1.1)) + 1
        opened = _START - dt.timedelta(days=int(rng.integers(30, 7000)))
        one = Enterprise(f"e{k:04}", _TRADES[trade], f"g{rng.integers(45)}", staff, opened)
        enterprises.append(one)
        risk[one.id] = -2.1 + trade_risk[trade] + 0.25 * np.log(staff) + rng.normal(0, 0.7)

    inspections, penalties = [], []
    last: dict[str, int] = {}
    teams = [[n for n in names if squad[n] == s] for s in range(_SQUADS)]
    for k, day in enumerate(np.sort(rng.integers(0, _DAYS, _INSPECTIONS))):
        one = enterprises[rng.integers(_ENTERPRISES)]
        s = int(rng.integers(_SQUADS))
        if by_sector and rng.random() < 0.9:
            s = _TRADES.index(one.industry) % _SQUADS
        team = tuple(str(name) for name in rng.choice(teams[s], 2, replace=False))
        since = min(int(day) - last.get(one.id, -300), 500)
        odds = risk[one.id] + sum(looks[name] for name in team) + 0.0012 * since
        found = rng.random() < 1 / (1 + np.exp(-odds))
        items = (f"made.item_{rng.integers(7)}",) if found else ()
        date = _START + dt.timedelta(days=int(day))
        reason = "random" if rng.random() < 0.8 else "revisit"
        inspections.append(Inspection(f"i{k}", one.id, date, "general", reason, team, items))
        last[one.id] = int(day)
        for item in items:
            facts = {"times": int(rng.integers(1, 4)), "harm": bool(rng.random() < 0.3)}
            fine = (
                900 * (1 + int(item[-1])) * (0.5 + facts["times"]) * (1.8 if facts["harm"] else 1)
            )
            fine *= np.exp(sum(fines[name] for name in team) + rng.normal(0, 0.35))
            penalties.append(
                Penalty(
                    id=f"p{k}",
                    enterprise=one.id,
                    item=item,
                    department="d",
                    officers=team,
                    facts=facts,
                    decided=date + dt.timedelta(days=int(rng.integers(10, 60))),
                    list="ordinary",
                    fine=float(round(fine, -1)),
                )
            )
    return World(enterprises, officers, inspections, penalties, strictest, far, **some)
