"""How far rigged ratings move each mean, and what honest items lose; `python -m bench ratings`.

Made-up platforms of 240 items and some 2,600 people over a year, eight items at a time under
attack. What is looked for was fitted on seeds from 100 to 103; these are others.
"""

import sys
from collections import Counter

import numpy as np
from scipy.stats import kendalltau

from bench.ratings.attacks import ATTACKS, Attack, attacked
from bench.ratings.baselines import BASELINES
from bench.ratings.lists import lists
from bench.ratings.world import ANGRY, DAY, ITEMS, NEWS, SPLIT, Rated, World, world
from lianzhi.domains.astroturf.ratings.assess import Assessed, assess
from lianzhi.domains.astroturf.ratings.table import Ratings
from lianzhi.stats.intervals import clopper_pearson

#: Worlds for attacks that have a goal, and for the others.
WITH_GOAL, OTHERS, FIRST = 25, 10, 500
KINDS = {"split their public": SPLIT, "in the news": NEWS, "public changes its mind": ANGRY}
KINDS["ordinary"] = range(ANGRY.stop, ITEMS)
#: An order is compared among items with so many ratings.
ENOUGH = 50


def found(rated: Rated, released=None) -> Assessed:
    return assess(Ratings.of(rated.account, rated.item, rated.rating, rated.time)[0], released)


def mean_of(by_world: list[float]) -> str:
    """Mean over worlds with its 95 % interval."""
    some = np.array(by_world)
    half = 1.96 * some.std(ddof=1) / some.size**0.5
    return f"{some.mean():.3f} ({max(some.mean() - half, 0):.3f}-{some.mean() + half:.3f})"


def share(count: int, of: int) -> str:
    low, high = clopper_pearson(count, of)
    return f"{count / of:.3f} ({low:.3f}-{high:.3f})"


def attack(kind: Attack, worlds: dict[int, World], clean: dict[int, Assessed]) -> str:
    robust, within, held, told = [], 0, 0, 0
    others: dict[str, list[float]] = {name: [] for name in BASELINES}
    shifts: list[float] = []
    for seed in list(worlds)[: WITH_GOAL if kind.goal else OTHERS]:
        made = worlds[seed]
        rated, honest, items = attacked(made, kind, seed)
        if not items:
            continue
        cut = honest.item.size < made.rated.item.size
        after, before = found(rated), found(honest) if cut else clean[seed]
        moved = np.abs(after.means.robust - before.means.robust)[items]
        shifts += moved.tolist()
        robust.append(float(moved.mean()))
        within += int((moved <= (kind.goal or 0.25)).sum())
        inside = (after.means.lo <= before.means.plain) & (before.means.plain <= after.means.hi)
        held += int(inside[items].sum())
        flagged = {one.item for one in after.reasons if one.kind != "crowd"}
        told += len(flagged.intersection(items))
        for name, take in BASELINES.items():
            others[name].append(float(np.abs(take(rated) - take(honest))[items].mean()))
    cells = [kind.name, f"{len(shifts)}", mean_of(robust), f"{np.quantile(shifts, 0.95):.2f}"]
    cells += [share(within, len(shifts)), share(told, len(shifts)), share(held, len(shifts))]
    return " | ".join(cells + [f"{np.mean(some):.2f}" for some in others.values()])


def untouched(worlds: dict[int, World], clean: dict[int, Assessed]) -> None:
    orders = []
    counts: Counter[tuple[str, str]] = Counter()
    lost = early = 0
    for seed in worlds:
        means = clean[seed].means
        some = means.ratings >= ENOUGH
        orders.append(kendalltau(means.plain[some], means.robust[some])[0])
        lost += int((clean[seed].weight < 1).sum())
        for name, items in KINDS.items():
            kinds = {(one.item, one.kind) for one in clean[seed].reasons if one.item in items}
            counts.update((name, kind) for _, kind in kinds)
    print(
        f"clean, {len(orders)} worlds: Kendall's tau of plain and robust order {mean_of(orders)}, "
        f"least {min(orders):.3f}; {lost} of {sum(w.rated.item.size for w in worlds.values()):,} "
        "ratings count less"
    )
    for name, items in KINDS.items():
        whole = len(items) * len(worlds)
        told = {kind: n for (of, kind), n in counts.items() if of == name}
        less = sum(n for kind, n in told.items() if kind != "crowd")
        print(f"{name}: {whole} items; flagged {share(less, whole)}; {told}")
    whole = 0
    for seed, made in list(worlds.items())[:OTHERS]:
        draw = np.random.default_rng(seed)
        items = np.flatnonzero(made.released > made.rated.time.min() + 15 * DAY)[:20]
        item = np.repeat(items, 5)
        time = made.released[item] - (draw.random(item.size) * 14 * DAY).astype(int) - 1
        who = draw.integers(0, 2000, item.size)
        rated = made.rated.plus(Rated(who, item, draw.choice([1.0, 5.0], item.size), time))
        flagged = {one.item for one in found(rated, made.released).reasons
                   if one.kind == "before_release"}  # fmt: skip
        early += len(flagged.intersection(items.tolist()))
        whole += items.size
    print(f"rated before the release: {whole} items; flagged {share(early, whole)}")


def main() -> None:
    worlds = {seed: world(seed) for seed in range(FIRST, FIRST + WITH_GOAL)}
    clean = {seed: found(made.rated) for seed, made in worlds.items()}
    untouched(worlds, clean)
    head = "attack | n | robust: mean shift | 95th percentile | within goal, or .25 | flagged | "
    print(head + "interval holds the clean mean | " + " | ".join(BASELINES), flush=True)
    missed = False
    for kind in ATTACKS:
        row = attack(kind, worlds, clean)
        print(row, flush=True)
        missed |= kind.goal is not None and float(row.split(" | ")[2].split()[0]) > kind.goal
    lists(list(worlds.values())[:OTHERS], FIRST)
    sys.exit(missed)


if __name__ == "__main__":
    main()
