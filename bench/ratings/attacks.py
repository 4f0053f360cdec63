"""Attacks: accounts that somebody runs rate an item as they are told to."""

from typing import NamedTuple

import numpy as np

from bench.ratings.world import ANGRY, BEGIN, DAY, DAYS, HOUR, Rated, World, whole


class Attack(NamedTuple):
    """What the accounts do. `goal`: an attack of the kind that the goals are set for, with the most
    that the mean may move."""

    name: str
    stars: tuple[int, ...] = (1,)
    fillers: int = 0
    hours: float = 48
    part: float = 0.5
    """Accounts, as a share of the ratings that the item has."""
    when: str = "any"
    """`any` time after the release; `new`: in the week after it; `live`: two weeks after it, and
    nothing is known yet of what comes after the attack."""
    army: int = 0
    """So many accounts go from item to item; 0: each item has its own."""
    goal: float | None = None


ATTACKS = (
    Attack("throw-away, all 1 star", goal=0.10),
    Attack("throw-away, all 5 stars", (5,), goal=0.10),
    Attack("camouflaged, all 1 star", fillers=20, goal=0.25),
    Attack("camouflaged, all 5 stars", (5,), 20, goal=0.25),
    Attack("camouflaged, 1 or 2 stars", (1, 2), 20),
    Attack("camouflaged, in the week of release", fillers=20, when="new"),
    Attack("two weeks after it, seen at its end", fillers=20, when="live"),
    Attack("camouflaged, over 10 days", fillers=20, hours=240),
    Attack("throw-away, over 60 days", hours=1440),
    Attack("camouflaged, over 60 days", fillers=20, hours=1440),
    Attack("8 accounts against 12 items, 1 star, in 3 hours", fillers=20, hours=3, army=8),
    Attack("8 accounts against 12 items, 1 star, in 48 hours", fillers=20, army=8),
)  # fmt: skip
#: Items under attack in one world, how many ratings they have before; items that an army goes to,
#: how many of it are there each time; and how many ratings are too few to attack.
AT_ONCE, RATINGS, MARCH, THERE, FEW = 8, (50, 200), 12, 0.8, 20


def attacked(made: World, attack: Attack, seed: int) -> tuple[Rated, Rated, list[int]]:
    """Ratings with those of attackers, the same without them, and which items they are against."""
    draw = np.random.default_rng((seed, len(attack.name), sum(map(ord, attack.name))))
    size = np.bincount(made.rated.item, minlength=made.released.size)
    fit = (size >= RATINGS[0]) & (size <= RATINGS[1])
    fit[: ANGRY.stop] = False
    items = draw.permutation(np.flatnonzero(fit))[: MARCH if attack.army else AT_ONCE].tolist()
    parts, account = [], int(made.rated.account.max()) + 1
    army = account + np.arange(attack.army)
    account += attack.army
    if attack.army:
        parts.append(filling(made, army, attack.fillers, BEGIN + DAYS * DAY, draw))
    known = np.ones(made.rated.item.size, bool)
    for item in tuple(items):
        first = max(int(made.released[item]), BEGIN)
        room = BEGIN + DAYS * DAY - int(attack.hours * HOUR) - first
        room = room if attack.when == "any" else min(room, 5 * DAY)
        first += int(draw.random() * max(room, 1)) + (14 * DAY if attack.when == "live" else 0)
        if attack.when == "live":
            mine = made.rated.item == item
            later = mine & (made.rated.time >= first + attack.hours * HOUR)
            size[item] = (mine & ~later).sum()
            if size[item] < FEW:
                items.remove(item)
                continue
            known &= ~later
        if attack.army:
            who = army[draw.random(army.size) < THERE]
        else:
            who = account + np.arange(int(size[item] * attack.part))
            account += who.size
        time = first + (draw.random(who.size) * attack.hours * HOUR).astype(np.int64)
        stars = draw.choice(attack.stars, who.size).astype(float)
        parts.append(Rated(who, np.full(who.size, item), stars, time))
        if attack.fillers and not attack.army:
            parts.append(filling(made, who, attack.fillers, first, draw))
    honest = made.rated.where(known)
    return honest.plus(*parts), honest, items


def filling(made: World, who, each: int, until: int, draw) -> Rated:
    """What accounts rate to look like others: what is popular, about as others do."""
    account = np.repeat(who, each)
    usual = np.bincount(made.rated.item, made.rated.rating) / np.bincount(made.rated.item)
    likes = np.bincount(made.rated.item).astype(float)
    item = np.concatenate([draw.choice(likes.size, each, False, likes / likes.sum()) for _ in who])
    time = until - (draw.random(account.size) * 120 * DAY).astype(np.int64)
    time = np.maximum(time, made.released[item] + (draw.random(account.size) * 9 * DAY).astype(int))
    return Rated(account, item, whole(usual[item] + draw.normal(0, 0.8, account.size)), time)
