"""Inspection: days earlier by both figures, and who is found among planted officers, in made towns.

Each town is made once with officers put in (`planted`) and once without. The baselines know neither
enterprises nor facts: a two-sided binomial test of each officer's share of findings against the
town's, and Welch's t-test of the logarithms of fines; both with Benjamini and Hochberg.
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
from scipy.stats import binomtest, false_discovery_control, ttest_ind

from bench.inspection_world import STRICTEST, World, world
from lianzhi.domains.enforcement.inspection.gains import SCORES, WITHIN, gains
from lianzhi.domains.enforcement.inspection.model import History
from lianzhi.domains.enforcement.inspection.officer_odds import Odds
from lianzhi.domains.enforcement.inspection.penalties import compare
from lianzhi.domains.enforcement.inspection.policy import latest
from lianzhi.domains.enforcement.inspection.strictness import inspectors
from lianzhi.stats.intervals import wilson

_SHUFFLES = 100
#: Seed of the first town; those below were looked at while the monitor was made.
_FIRST = 1000


class Told(NamedTuple):
    """Officers told to find more and fewer violations, to fine higher and lower."""

    strict: set[str]
    lenient: set[str]
    harsh: set[str]
    mild: set[str]


class Result(NamedTuple):
    """What was found in one town, by the monitor and by the baseline."""

    made: World
    monitor: Told
    baseline: Told
    days: dict[tuple[str, str], float]
    odds: tuple[Odds, Odds]
    """Of the strictest: drawn to 1, and not."""


def _tried(job: tuple[int, bool]) -> Result:
    made = world(*job)
    policy = latest()
    quick = msgspec.structs.replace(policy.model, resamples=_SHUFFLES)
    policy = msgspec.structs.replace(policy, model=quick)
    history = History.of(made.enterprises, made.inspections)
    who = inspectors(history, policy).compared
    levels = compare(made.penalties, policy, made.officers).levels
    groups = [*levels["lead"], *levels["officer"]]
    days, odds = {}, (Odds(1.0, 1.0, 1.0), Odds(1.0, 1.0, 1.0))
    if made.strictest:
        found = gains(history, policy.model, seed=job[0])
        days = {(s, w): found.gains[s][w].days for s in SCORES for w in WITHIN}
        one = next(one for one in who if one.officer == made.strictest)
        odds = one.shrunken, one.unshrunken
    monitor = Told(
        {one.officer for one in who if one.look and one.z > 0},
        {one.officer for one in who if one.look and one.z < 0},
        {one.name for one in groups if one.look and one.z > 0},
        {one.name for one in groups if one.look and one.z < 0},
    )
    made = made._replace(enterprises=[], inspections=[], penalties=[])
    return Result(made, monitor, _baseline(world(*job), policy.strictness.false), days, odds)


def _baseline(made: World, false: float) -> Told:
    share = np.mean([bool(one.violations) for one in made.inspections])
    names = sorted(made.officers)
    tested = []
    for name in names:
        mine = [bool(one.violations) for one in made.inspections if name in one.officers]
        p = binomtest(sum(mine), len(mine), share).pvalue
        tested.append((p, np.mean(mine) > share))
    more, fewer = _split(names, tested, false)
    tested = []
    for name in names:
        mine = [np.log(one.fine) for one in made.penalties if name in one.officers]
        rest = [np.log(one.fine) for one in made.penalties if name not in one.officers]
        p = ttest_ind(mine, rest, equal_var=False).pvalue if len(mine) > 1 else 1.0
        tested.append((p, bool(mine) and np.mean(mine) > np.mean(rest)))
    return Told(more, fewer, *_split(names, tested, false))


def _split(
    names: Sequence[str], tested: Sequence[tuple[float, bool]], false: float
) -> tuple[set[str], set[str]]:
    told = false_discovery_control([p for p, _ in tested]) <= false
    up = {n for n, yes, (_, more) in zip(names, told, tested, strict=True) if yes and more}
    return up, {n for n, yes in zip(names, told, strict=True) if yes} - up


def main() -> None:
    towns = int(sys.argv[1]) if len(sys.argv) > 1 else 50
    start = time.perf_counter()
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        jobs = [
            (seed, planted) for planted in (True, False) for seed in range(_FIRST, _FIRST + towns)
        ]
        results = list(pool.map(_tried, jobs, chunksize=1))
    planted, none = results[:towns], results[towns:]
    print(f"{towns} towns with officers put in, {towns} without; mean over towns, 95 % interval")
    print("\ndays earlier            across all            own list             team's list")
    for score in SCORES:
        cells = [_mean([one.days[score, within] for one in planted]) for within in WITHIN]
        print(f"{score:<16}" + "".join(f"{cell:>22}" for cell in cells))
    print(f"\nodds ratio of the strictest, planted {np.exp(STRICTEST):.1f} and what is ordinary")
    for k, name in enumerate(("drawn to 1", "not drawn")):
        logs = [np.log(one.odds[k]) - one.made.strictest_odds for one in planted]
        covered = sum(lo <= 0 <= hi for _, lo, hi in logs)
        mean = np.mean([one[0] for one in logs])
        half = 1.96 * np.std([one[0] for one in logs], ddof=1) / towns**0.5
        lo, hi = np.exp(mean - half), np.exp(mean + half)
        print(
            f"{name:<16}{np.exp(mean):.2f} ({lo:.2f}-{hi:.2f}) of the true one on the geometric "
            f"mean, which its interval holds in {_of(covered, towns)}"
        )
    _show("who finds violations", ("strict", "lenient"), planted, none)
    _show("who fines", ("harsh", "mild"), planted, none)
    print(f"\n{time.perf_counter() - start:.0f} s")


def _show(
    title: str, kinds: tuple[str, str], planted: Sequence[Result], none: Sequence[Result]
) -> None:
    print(f"\n{title:<22}" + "".join(f"{f'recall, {kind}':>24}" for kind in kinds), end="")
    print(f"{'false share of told':>26}{'towns without: any told':>28}")
    picks: tuple[tuple[str, Callable[[Result], Told]], ...] = (
        ("monitor", lambda one: one.monitor),
        ("raw baseline", lambda one: one.baseline),
    )
    for name, pick in picks:
        line = f"{name:<22}"
        for kind in kinds:
            right = [getattr(pick(one), kind) & getattr(one.made, kind) for one in planted]
            line += f"{_of(_count(right), _count(getattr(one.made, kind) for one in planted)):>24}"
        shares = []
        for one in planted:
            told = [(getattr(pick(one), kind), getattr(one.made, kind)) for kind in kinds]
            wrong = _count(found - made for found, made in told)
            shares.append(wrong / max(_count(found for found, _ in told), 1))
        alarms = sum(any(getattr(pick(one), kind) for kind in kinds) for one in none)
        print(f"{line}{_mean(shares, 3):>26}{_of(alarms, len(none)):>28}")


def _count(sets: Iterable[set[str]]) -> int:
    return sum(map(len, sets))


def _of(part: int, whole: int) -> str:
    lo, hi = wilson(part, whole)
    return f"{part / whole:.2f} ({lo:.2f}-{hi:.2f})"


def _mean(values: Sequence[float], places: int = 1) -> str:
    mean, half = np.mean(values), 1.96 * np.std(values, ddof=1) / len(values) ** 0.5
    return f"{mean:.{places}f} ({mean - half:.{places}f}-{mean + half:.{places}f})"


if __name__ == "__main__":
    main()
