"""A small town for tests: enterprises whose risk is known, officers of whom some are far out."""

import datetime as dt
import functools

import numpy as np

from lianzhi.domains.enforcement.inspection.model import History
from lianzhi.domains.enforcement.inspection.rows import Enterprise, Inspection, Officer

START = dt.date(2024, 1, 1)
DAYS = 700
OFFICERS = [f"o{k:02}" for k in range(16)]


@functools.cache
def town(seed=1, strict=(), size=1600, enterprises=300, late=(), sector=False):
    """`strict` and `late`: (officer, log odds) pairs, always and in the second half of the time."""
    rng = np.random.default_rng(seed)
    strict, late = dict(strict), dict(late)
    some, risk = [], {}
    for k in range(enterprises):
        staff = int(rng.integers(1, 200))
        one = Enterprise(f"e{k:03}", "abcd"[k % 4], f"g{k % 9}", staff, dt.date(2015, 1, 1))
        some.append(one)
        risk[one.id] = -2.6 + 0.4 * np.log(staff) + 0.6 * (k % 4 == 0) + rng.normal(0, 0.5)
    rows = []
    for k, day in enumerate(np.sort(rng.integers(0, DAYS, size))):
        one = some[rng.integers(enterprises)]
        pool = OFFICERS if not sector else OFFICERS["abcd".index(one.industry) * 4 :][:4]
        team = tuple(str(name) for name in rng.choice(pool, 2, replace=False))
        odds = risk[one.id] + sum(strict.get(name, 0) for name in team)
        odds += sum(late.get(name, 0) for name in team) * (day > DAYS / 2)
        found = ("fire.exit",) if rng.random() < 1 / (1 + np.exp(-odds)) else ()
        date = START + dt.timedelta(days=int(day))
        rows.append(Inspection(f"i{k:04}", one.id, date, "fire", "random", team, found))
    return History.of(some, rows), risk


def officers():
    return {name: Officer(name, f"s{k // 4}", "d", None) for k, name in enumerate(OFFICERS)}
