"""Targeting beside uniform sampling and an allocation of the past: hits in two years.

All have the same budget in the same simulated ports. `of the best` compares with who knows the true
rates. Intervals are over ports: 95 %, of the mean of paired ratios.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from bench.targeting_world import World, port
from lianzhi.domains.biosecurity.figure_tables import ChannelResult
from lianzhi.domains.biosecurity.targeting import targets
from lianzhi.stats.intervals import bootstrap_mean

PORTS, WARM_UP, WEEKS, BUDGET = 60, 26, 104, 240
EXPLORE = (0.0, 0.1, 0.2, 0.4)
Counts = NDArray[np.int64]
Plan = Callable[[list[ChannelResult], int, World], Counts]


def proportional(weights: NDArray[np.float64], capacity: Counts, budget: int) -> Counts:
    """The budget by weights, what is beyond a channel's consignments spread over the others."""
    plan = np.zeros(len(capacity))
    left = min(float(budget), float(capacity.sum()))
    while left > 1e-6:
        room = np.where(plan < capacity, np.maximum(weights, 1e-9), 0.0)
        step = np.minimum(left * room / room.sum(), capacity - plan)
        plan, left = plan + step, left - float(step.sum())
    whole = np.floor(plan).astype(np.int64)
    order = np.argsort(whole - plan)
    whole[order[: budget - int(whole.sum())]] += 1
    return np.minimum(whole, capacity)


def uniform(past: list[ChannelResult], week: int, world: World) -> Counts:
    capacity = world.volumes[week]
    return proportional(capacity.astype(float), capacity, BUDGET)


def historic(past: list[ChannelResult], week: int, world: World) -> Counts:
    """In proportion to the hit rates of the warm-up, for ever."""
    hits, seen = np.zeros(world.rates.shape[1]), np.zeros(world.rates.shape[1])
    for row in past:
        if int(row.period) < WARM_UP:
            hits[int(row.channel)] += row.hits
            seen[int(row.channel)] += row.inspected
    return proportional(hits / np.maximum(seen, 1), world.volumes[week], BUDGET)


def knowing(past: list[ChannelResult], week: int, world: World) -> Counts:
    capacity = world.volumes[week]
    plan, left = np.zeros_like(capacity), BUDGET
    for place in np.argsort(-world.rates[week]):
        plan[place] = min(left, capacity[place])
        left -= plan[place]
    return plan


def targeted(explore: float) -> Plan:
    def plan(past: list[ChannelResult], week: int, world: World) -> Counts:
        planned = {each.name: each.inspections for each in targets(past, BUDGET, explore)}
        wanted = np.array([planned[f"{k}"] for k in range(world.rates.shape[1])])
        return np.minimum(wanted, world.volumes[week])

    return plan


def hits(world: World, plan: Plan, seed: int) -> int:
    """Pests found after the warm-up, in which all channels are inspected by their volume."""
    dice = np.random.default_rng((7, seed))
    past: list[ChannelResult] = []
    total = 0
    for week in range(WARM_UP + WEEKS):
        chosen = uniform(past, week, world) if week < WARM_UP else plan(past, week, world)
        found = dice.binomial(chosen, world.rates[week])
        rows = zip(chosen, found, world.volumes[week], strict=True)
        past += [
            ChannelResult(f"{week:03}", f"{k}", int(n), int(h), int(v))
            for k, (n, h, v) in enumerate(rows)
        ]
        if week >= WARM_UP:
            total += int(found.sum())
    return total


def compare(kind: str, plans: dict[str, Plan], ports: int) -> dict[str, NDArray[np.float64]]:
    """Hits by plan, a port each."""
    worlds = [port(kind, WARM_UP + WEEKS, seed) for seed in range(ports)]
    return {
        name: np.array([hits(world, plan, n) for n, world in enumerate(worlds)], float)
        for name, plan in plans.items()
    }


def mean_ratio(hits: NDArray[np.float64], others: NDArray[np.float64]) -> str:
    lo, hi = bootstrap_mean(hits / others, seed=1)
    return f"{float((hits / others).mean()):.2f} ({lo:.2f}–{hi:.2f})"


def main() -> None:
    plans: dict[str, Plan] = {"uniform": uniform, "historic": historic, "best": knowing}
    plans |= {f"targeted, explore {share:.0%}": targeted(share) for share in EXPLORE}
    print(f"\n{PORTS} ports, {BUDGET} inspections a week, {WEEKS} weeks after {WARM_UP}")
    print("| port | plan | hits, of uniform | of historic | of the best |")
    print("|---|---|---|---|---|")
    for kind in ("changing", "steady", "alike"):
        found = compare(kind, plans, PORTS)
        for name in plans:
            ratios = [mean_ratio(found[name], found[k]) for k in ("uniform", "historic", "best")]
            print(f"| {kind} | {name} | {' | '.join(ratios)} |", flush=True)


if __name__ == "__main__":
    main()
