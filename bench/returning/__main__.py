"""Groups that come back, and what is wrongly taken for them; `python -m bench returning`.

Worlds of 400 clean groups, 200 remembered and 40 that come back, looked at every three hours with
what was known by then. Each group is handed over as it is known to be, so far as it acts;
`--search` looks for groups instead, in fewer worlds; `--events` sees them as a node does, from
events. `fit` prints the weights fitted on worlds of other seeds. Seeds can be given.
"""

import multiprocessing
import sys
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial

import numpy as np
from scipy.optimize import minimize

from bench.returning.looks import Look, Seen, look
from bench.returning.worlds import KEPT
from lianzhi.accounts.memory.likeness import TRAITS
from lianzhi.accounts.memory.posterior import damped, posterior
from lianzhi.domains.astroturf.returning.policy import policy
from lianzhi.stats.intervals import clopper_pearson

FITTED, TRIED, SEARCHED = range(11, 15), range(17, 33), range(17, 19)
#: How rare a return is taken to be when weights are fitted: the rarer, the more the worst of the
#: others count.
RARE, RIDGE = 1e-3, 1e-4
#: Too seldom seen in simulated returns to be weighed by them.
UNWEIGHED = "account"


def linked(one: Look) -> int | None:
    return posterior(one.likeness, RULES).linked(RULES)


RULES = policy()


def share(count: int, of: int) -> str:
    lo, hi = clopper_pearson(count, of)
    return f"{count / max(of, 1):.2f} ({lo:.2f}-{hi:.2f}), {count} of {of}"


def report(worlds: Sequence[Seen]) -> None:
    found: Counter[float] = Counter()
    late: Counter[float] = Counter()
    whole: Counter[float] = Counter()
    false: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    compared: set[tuple[int, int]] = set()
    mistaken: set[tuple[int, int]] = set()
    for number, world in enumerate(worlds):
        clean = len(world.clean)
        kinds.update(world.clean)
        wrong, right = set(), dict[int, float]()
        for one in world.looks:
            told = linked(one)
            if one.owner < clean:
                compared.add((number, one.owner))
                if told is not None:
                    wrong.add(one.owner)
            elif told == world.back[one.owner - clean][0]:
                right.setdefault(one.owner - clean, one.day)
            elif told is not None:
                mistaken.add((number, one.owner))
        false.update("nobody" if one < 0 else world.clean[one] for one in wrong)
        for place, (_, kept, fifth) in enumerate(world.back):
            whole[kept] += 1
            found[kept] += right.get(place, np.inf) <= fifth + 1
            late[kept] += place in right
    print("| habits kept | found within 24 h of the fifth account | by the last look |")
    print("|---|---|---|")
    for kept in KEPT:
        print(f"| {kept} | {share(found[kept], whole[kept])} | {share(late[kept], whole[kept])} |")
    print(f"| all | {share(found.total(), whole.total())} | {share(late.total(), whole.total())} |")
    for kind, count in [("all", kinds.total()), *kinds.items()]:
        wrong_ = false.total() if kind == "all" else false[kind]
        lo, hi = clopper_pearson(wrong_, count)
        rate = ", ".join(f"{1000 * one:.1f}" for one in (wrong_ / count, lo, hi))
        print(f"false links per 1,000 {kind}, with limits: {rate}; {wrong_} of {count}")
    print(f"of them compared, for most of their accounts were new: {len(compared):,}")
    print(f"groups that came back, taken for another: {len(mistaken):,} of {whole.total():,}")
    singles(worlds)


def singles(worlds: Sequence[Seen]) -> None:
    first = [
        int(posterior(likeness, RULES).probability.argmax()) == origin
        for world in worlds for origin, likeness in world.singles if origin >= 0
    ]  # fmt: skip
    said = [
        posterior(likeness, RULES).linked(RULES) is not None
        for world in worlds for origin, likeness in world.singles if origin < 0
    ]  # fmt: skip
    print(f"single accounts, right group first: {share(sum(first), len(first))}")
    print(f"single accounts of clean groups, a link: {share(sum(said), len(said))}")


def fit(worlds: Sequence[Seen]) -> None:
    """Logistic regression with weights of 0 and more, of returns in the day after the fifth."""
    rows, same = [], []
    for world in worlds:
        for one in world.looks:
            back = one.owner - len(world.clean)
            if back >= 0 and not 0 <= one.day - world.back[back][2] <= 1:
                continue
            rows.append(one.likeness)
            same.append(np.arange(len(one.likeness)) == (world.back[back][0] if back >= 0 else -1))
    x, y = damped(np.concatenate(rows), RULES.damping, RULES.floor), np.concatenate(same)
    offset = np.log(RARE / (1 - RARE))
    weight = np.where(y, 1 / y.sum(), (1 - RARE) / RARE / (~y).sum())
    sign = np.where(y, -1.0, 1.0)

    def loss(given: np.ndarray) -> tuple[float, np.ndarray]:
        z = sign * (given[0] + x @ given[1:] + offset)
        slope = weight * sign / (1 + np.exp(-z))
        total = (weight * np.logaddexp(0, z)).sum() + RIDGE * (given[1:] ** 2).sum()
        return total, np.concatenate(([slope.sum()], x.T @ slope + 2 * RIDGE * given[1:]))

    bounds = [(None, None)] + [(0, 0 if one == UNWEIGHED else None) for one in TRAITS]
    start = np.full(len(TRAITS) + 1, 0.3)
    found = minimize(loss, start, jac=True, bounds=bounds, method="L-BFGS-B").x
    print(f"intercept = {found[0]:.2f}\n\n[weights]")
    print("\n".join(f"{trait} = {one:.2f}" for trait, one in zip(TRAITS, found[1:], strict=True)))


def main() -> None:
    fitting, search = "fit" in sys.argv, "--search" in sys.argv
    seeds: Sequence[int] = FITTED if fitting else SEARCHED if search else TRIED
    if given := [int(word) for word in sys.argv[1:] if word.isdigit()]:
        seeds = given
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(2, mp_context=context) as pool:
        worlds = list(pool.map(partial(look, search=search, events="--events" in sys.argv), seeds))
    (fit if fitting else report)(worlds)


if __name__ == "__main__":
    main()
