"""Made buyers and orders, without any difference between the groups unless one is put in.

Shares no code with the audit. `SCENARIOS` are worlds that break naive tests in different ways.
"""

from typing import NamedTuple

import numpy as np


class World(NamedTuple):
    """How many buyers and orders, and how they vary."""

    users: int = 200
    orders: float = 5.0
    strata: int = 20
    share: float = 0.5
    """Of buyers in the group."""
    icc: float = 0.5
    """Share of the variance within strata that is the buyer's own."""
    skew: float = 0.0
    """Spread of the logarithm of orders a buyer."""
    scale: float = 1.0
    """Spread of the group's buyers beside the reference's."""
    sorting: float = 0.0
    """How far the groups buy different things."""
    tail: str = "normal"
    gap: float = 0.0
    """Of log prices, put in."""


SCENARIOS = {
    "plain": World(),
    "orders independent": World(icc=0.0),
    "buyers differ much": World(icc=0.9),
    "orders unequal": World(skew=1.0),
    "orders unequal, buyers differ much": World(skew=1.0, icc=0.9),
    "a tenth in the group": World(share=0.1),
    "ten of 200 in the group": World(share=0.05),
    "group varies twice": World(scale=2.0),
    "small group varies twice": World(scale=2.0, share=0.2),
    "small group varies half": World(scale=0.5, share=0.2),
    "20 buyers": World(users=20),
    "12 buyers": World(users=12, orders=10),
    "30 buyers, six in the group": World(users=30, share=0.2),
    "500 strata": World(strata=500),
    "two orders, 200 strata": World(orders=2, strata=200),
    "40 buyers, 40 strata": World(users=40, orders=2, strata=40),
    "groups buy unlike things": World(sorting=0.6),
    "unlike things, 100 strata": World(sorting=0.6, strata=100, icc=0.8),
    "heavy tails": World(tail="t"),
    "skewed prices": World(tail="lognormal"),
    "one stratum": World(strata=1),
    "60 buyers with 50 orders": World(users=60, orders=50, icc=0.3),
    "40 buyers with 30 unequal": World(users=40, orders=30, skew=0.7),
    "2,000 buyers": World(users=2000, strata=200),
}


def draw(world: World, dice: np.random.Generator) -> tuple[np.ndarray, ...]:
    """Buyer, stratum, whether in the group, and log price of each order."""
    in_group = np.arange(world.users) < max(2, round(world.users * world.share))
    spread = np.exp(world.skew * dice.standard_normal(world.users) - world.skew**2 / 2)
    user = np.repeat(np.arange(world.users), np.maximum(1, dice.poisson(world.orders * spread)))
    stratum = dice.integers(0, world.strata, user.size)
    if world.sorting:
        half = world.strata // 2
        own = np.where(
            in_group[user],
            dice.integers(0, half, user.size),
            dice.integers(half, world.strata, user.size),
        )
        stratum = np.where(dice.random(user.size) < world.sorting, own, stratum)
    effect = {
        "normal": lambda: dice.standard_normal(world.users),
        "t": lambda: dice.standard_t(4, world.users) / 2**0.5,
        "lognormal": lambda: (dice.lognormal(0, 1, world.users) - np.exp(0.5)) / 2.16,
    }[world.tail]()
    effect = effect * np.where(in_group, world.scale, 1.0)
    own = world.icc**0.5 * effect[user] + (1 - world.icc) ** 0.5 * dice.standard_normal(user.size)
    price = dice.normal(3, 1, world.strata)[stratum] + 0.1 * own + world.gap * in_group[user]
    return user, stratum, in_group[user], price
