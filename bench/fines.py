"""Unlike fines for like cases, in made towns: one harsh officer and one who spares friends.

Each town is made with all its anomalies in it and again without any. Towns share no code and no
constants with the monitor, and those before _FIRST were looked at while it was made. The baseline
knows no facts: Welch's t-test of the logarithms of the fines that an officer led against all other
fines, with Benjamini and Hochberg at the same rate.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import sys
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import NamedTuple

import msgspec
import numpy as np
from scipy.stats import false_discovery_control, ttest_ind

from lianzhi.domains.enforcement.inspection.model import History
from lianzhi.domains.enforcement.inspection.penalties import compare
from lianzhi.domains.enforcement.inspection.policy import Policy, latest
from lianzhi.domains.enforcement.inspection.rows import Enterprise, Inspection, Officer, Penalty
from lianzhi.domains.enforcement.inspection.strictness import inspectors
from lianzhi.domains.enforcement.town import Town, make
from lianzhi.stats.intervals import wilson

_FIRST = 201
_SHUFFLES = 100


class Told(NamedTuple):
    """Who is told, of a town."""

    harsh: set[str]
    mild: set[str]
    sparing: set[str]
    friends: set[str]
    """Officers, for an enterprise that they fined again and again."""
    squads: set[str]
    strict: set[str]
    lenient: set[str]


class Result(NamedTuple):
    """What was put in, and what monitor and baseline told."""

    made: dict[str, set[str]]
    monitor: Told
    baseline: Told


def _tried(job: tuple[int, bool]) -> Result:
    seed, planted = job
    town = make(seed) if planted else make(seed, planted=())
    policy = latest()
    quick = msgspec.structs.replace(policy.model, resamples=_SHUFFLES)
    policy = msgspec.structs.replace(policy, model=quick)
    cases, officers = _cases(town), _officers(town)
    found = compare(cases, policy, officers)
    hands = [one for level in ("lead", "officer") for one in found.levels[level] if one.look]
    who = inspectors(_history(town), policy).compared
    monitor = Told(
        {one.name for one in hands if one.z > 0},
        {one.name for one in hands if one.z < 0},
        {one.officer for one in found.sparing if one.look},
        {one.officer for one in found.friends if one.look},
        {one.name for one in found.levels["squad"] if one.look},
        {one.officer for one in who if one.look and one.z > 0},
        {one.officer for one in who if one.look and one.z < 0},
    )
    made = {one.key: set(one.ids) for one in town.answers if one.about == "officers"}
    return Result(made, monitor, _baseline(cases, policy))


def _baseline(cases: Sequence[Penalty], policy: Policy) -> Told:
    fines = np.log([one.fine for one in cases if one.fine])
    leads = np.array([one.officers[0] for one in cases if one.fine])
    names = [name for name in sorted(set(leads)) if (leads == name).sum() > 1]
    p = [
        ttest_ind(fines[leads == name], fines[leads != name], equal_var=False).pvalue
        for name in names
    ]
    told = false_discovery_control(p) <= policy.strictness.false
    high = {n: fines[leads == n].mean() > fines[leads != n].mean() for n in names}
    up = {name for name, yes in zip(names, told, strict=True) if yes and high[name]}
    down = {name for name, yes in zip(names, told, strict=True) if yes} - up
    return Told(up, down, down, set(), set(), set(), set())


def _cases(town: Town) -> list[Penalty]:
    return [
        Penalty(
            id=one.id,
            enterprise=one.enterprise,
            item=one.item,
            department=one.department,
            officers=one.officers,
            facts={k: v for k, v in msgspec.to_builtins(one.facts).items() if v is not None},
            decided=one.decided,
            list=one.list or "",
            fine=float(one.fine),
        )
        for one in town.penalties
        if one.decided is not None and one.fine is not None
    ]


def _officers(town: Town) -> dict[str, Officer]:
    return {one.id: Officer(one.id, one.squad, one.department, None) for one in town.officers}


def _history(town: Town) -> History:
    return History.of(
        [
            Enterprise(one.id, one.industry, one.grid, one.staff, one.opened)
            for one in town.enterprises
        ],
        [
            Inspection(
                one.id, one.enterprise, one.day, one.list, one.reason, one.officers, one.violations
            )
            for one in town.inspections
        ],
    )


def main() -> None:
    towns = int(sys.argv[1]) if len(sys.argv) > 1 else 60
    start = time.perf_counter()
    jobs = [(seed, planted) for planted in (True, False) for seed in range(_FIRST, _FIRST + towns)]
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(_tried, jobs, chunksize=1))
    planted, clean = results[:towns], results[towns:]
    print(f"{towns} towns with every anomaly in them and {towns} without; 95 % intervals")
    picks: tuple[tuple[str, Callable[[Result], Told]], ...] = (
        ("monitor", lambda one: one.monitor),
        ("raw fines", lambda one: one.baseline),
    )
    rows = (
        ("harsh_finer", "harsh", lambda told: told.harsh),
        ("favours", "spares or is mild", lambda told: told.sparing | told.mild | told.friends),
        ("strict_inspector", "strict", lambda told: told.strict),
        ("lenient_inspector", "lenient", lambda told: told.lenient),
    )
    print(
        f"\n{'planted':<20}{'told as':<20}{'by':<12}{'recall':>18}{'false among told':>20}", end=""
    )
    print(f"{'clean towns, any told':>25}")
    for key, word, told in rows:
        for name, pick in picks:
            if key.endswith("inspector") and name != "monitor":
                continue
            there = [one for one in planted if one.made.get(key)]
            right = sum(bool(one.made[key] & told(pick(one))) for one in there)
            any_told = sum(bool(told(pick(one))) for one in clean)
            false = _false([(told(pick(one)), one.made.get(key, set())) for one in planted])
            print(f"{key:<20}{word:<20}{name:<12}{_of(right, len(there)):>18}{false:>20}", end="")
            print(f"{_of(any_told, towns):>25}")
    for name, some in (("clean", clean), ("planted", planted)):
        squads = sum(bool(one.monitor.squads) for one in some)
        print(f"any squad told: {_of(squads, towns)} of {name} towns")
    print(f"{time.perf_counter() - start:.0f} s")


def _false(told: Iterable[tuple[set[str], set[str]]]) -> str:
    """False discovery rate: mean over towns of the share of those told that were not put in."""
    shares = [len(found - made) / max(len(found), 1) for found, made in told]
    half = 1.96 * float(np.std(shares, ddof=1)) / len(shares) ** 0.5
    mean = float(np.mean(shares))
    return f"{mean:.3f} ({max(0.0, mean - half):.3f}-{mean + half:.3f})"


def _of(part: int, whole: int) -> str:
    lo, hi = wilson(part, whole)
    return f"{part / whole:.2f} ({lo:.2f}-{hi:.2f})"


if __name__ == "__main__":
    main()
