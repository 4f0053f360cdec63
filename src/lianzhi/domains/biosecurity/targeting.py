"""Where to inspect: a fixed number of inspections spread over channels by what they found before.

A stated share of the inspections is spread evenly, so that a risk that rises where few look is
seen (explore). The others follow the chance of each channel to have the highest hit rate, given its
past (exploit): Thompson sampling, Biometrika 25 (1933), 285-294, with beta posteriors whose
evidence fades by half in each half-life, since risks move.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv

from lianzhi.domains.biosecurity.figure_tables import ChannelResult

#: Weight of the prior in inspections: its mean is the hit rate of all channels together.
PRIOR = 4.0
#: Posterior draws; each of them places the same share of the inspections.
DRAWS = 200


class Channel(NamedTuple):
    """The plan for one channel in the next period, in inspections."""

    name: str
    explore: int
    exploit: int
    available: int
    """Consignments in the last period that the channel has: no more are planned."""
    rate: float
    """Expected share of inspections that find a pest, with its 95 % credible interval."""
    lo: float
    hi: float

    @property
    def inspections(self) -> int:
        """Of both kinds."""
        return self.explore + self.exploit


def targets(
    rows: Sequence[ChannelResult],
    budget: int,
    explore: float = 0.2,
    half_life: float = 8.0,
    seed: int = 1,
) -> list[Channel]:
    """The plan by channel, the most inspections first; the same seed gives the same plan.

    Periods are in the order of their names. `explore`: share of the `budget` that is spread evenly,
    0 to 1. `half_life`: periods after which a result counts half. Where there are fewer
    consignments than the budget, all are inspected. Raises ValueError.
    """
    if not 0 <= explore <= 1 or half_life <= 0 or budget < 1:
        raise ValueError(
            f"budget is {budget}, explore {explore}, half_life {half_life}; "
            "give 1 or more, 0 to 1, and above 0"
        )
    for row in rows:
        if row.hits > row.inspected or row.inspected > row.available:
            raise ValueError(
                f"{row.channel} in {row.period}: {row.hits} hits of {row.inspected} inspected of "
                f"{row.available} available; give no more hits than inspections than consignments"
            )
    rows = sorted(rows, key=lambda row: (row.period, row.channel))
    names = sorted({row.channel for row in rows})
    a, b = _posterior(rows, names, half_life)
    last = {row.channel: row.available for row in rows}
    capacity = np.array([last[name] for name in names], np.float64)
    total = min(budget, int(capacity.sum()))
    evenly = _whole(_level(capacity, explore * total), round(explore * total), capacity)
    chosen = _thompson(a, b, capacity - evenly, total - int(evenly.sum()), seed)
    by_risk = _whole(chosen, total - int(evenly.sum()), capacity - evenly)
    limits = (betaincinv(a, b, tail) for tail in (0.025, 0.975))
    columns = (names, evenly, by_risk, capacity, a / (a + b), *limits)
    plan = [
        Channel(name, int(n), int(m), int(most), float(rate), float(lo), float(hi))
        for name, n, m, most, rate, lo, hi in zip(*columns, strict=True)
    ]
    return sorted(plan, key=lambda channel: (-channel.inspections, channel.name))


Array = NDArray[np.float64]


def _posterior(
    rows: Sequence[ChannelResult], names: Sequence[str], half_life: float
) -> tuple[Array, Array]:
    """Parameters of the beta distribution of each channel's hit rate."""
    periods = sorted({row.period for row in rows})
    hits, misses = np.zeros(len(names)), np.zeros(len(names))
    for row in rows:
        age = len(periods) - 1 - periods.index(row.period)
        weight, place = 0.5 ** (age / half_life), names.index(row.channel)
        hits[place] += weight * row.hits
        misses[place] += weight * (row.inspected - row.hits)
    # Half a hit and half a miss keep the mean off 0 and 1.
    mean = (hits.sum() + 0.5) / (hits.sum() + misses.sum() + 1)
    return hits + PRIOR * mean, misses + PRIOR * (1 - mean)


def _thompson(a: Array, b: Array, room: Array, number: int, seed: int) -> Array:
    """Inspections by channel: each draw sends its share to the best that still has room."""
    plan = np.zeros(len(a))
    share = number / DRAWS
    for rates in np.random.default_rng(seed).beta(a, b, (DRAWS, len(a))):
        left = share
        for place in np.argsort(-rates):
            step = min(left, room[place] - plan[place])
            plan[place] += step
            left -= step
            if left <= 0:
                break
    return plan


def _level(capacity: Array, number: float) -> Array:
    """So many inspections spread evenly, where a channel with too few gives the rest away."""
    plan = np.zeros(len(capacity))
    while number > 1e-9 and (open_ := plan < capacity).any():
        step = np.where(open_, np.minimum(number / open_.sum(), capacity - plan), 0)
        plan += step
        number -= float(step.sum())
    return plan


def _whole(plan: Array, number: int, capacity: Array) -> Array:
    """Whole inspections that add up to `number`, by largest remainder, within the capacity."""
    whole = np.floor(plan + 1e-9)
    for place in np.argsort(whole - plan, kind="stable"):
        if whole.sum() < number and whole[place] < capacity[place]:
            whole[place] += 1
    return whole
