"""Lists by what items draw: how much of what is bought still counts, and what order is left."""

from collections.abc import Callable

import numpy as np
from scipy.stats import kendalltau

from bench.ratings.world import ANGRY, BEGIN, DAY, DAYS, HOUR, ITEMS, Rated, World
from lianzhi.domains.astroturf.ratings.ranking import Ranked, rank, table

Buying = Callable[[World, np.random.Generator], tuple[Rated, list[int]]]
FARM, TOURS, THERE = 40, 15, 0.8


def some_day(made: World, item: int, draw: np.random.Generator) -> int:
    first = max(int(made.released[item] - BEGIN) // DAY, 0)
    return BEGIN + int(draw.integers(first, DAYS - 2)) * DAY


def parts(item: list[int], who: list[np.ndarray], first: list[int], hours: float, draw) -> Rated:
    account = np.concatenate(who)
    each = [one.size for one in who]
    time = np.repeat(first, each) + (draw.random(account.size) * hours * HOUR).astype(np.int64)
    return Rated(account, np.repeat(item, each), np.ones(account.size), time)


def doubled(made: World, draw: np.random.Generator) -> tuple[Rated, list[int]]:
    """As many accounts again, each used once, within 48 hours."""
    items = draw.choice(np.arange(ANGRY.stop, ITEMS), 8, False).tolist()
    size, account = np.bincount(made.rated.item), int(made.rated.account.max()) + 1
    ends = account + np.cumsum(size[items])
    who = [np.arange(end - size[item], end) for item, end in zip(items, ends, strict=True)]
    return parts(items, who, [some_day(made, item, draw) for item in items], 48, draw), items


def from_nothing(made: World, draw: np.random.Generator) -> tuple[Rated, list[int]]:
    """Five new items, each with 150 accounts that are used once, over ten days."""
    account = int(made.rated.account.max()) + 1 + np.arange(5 * 150).reshape(5, 150)
    first = [BEGIN + int(draw.integers(0, DAYS - 20)) * DAY for _ in range(5)]
    items = list(range(ITEMS, ITEMS + 5))
    return parts(items, list(account), first, 240, draw), items


def farm(made: World, draw: np.random.Generator) -> tuple[Rated, list[int]]:
    """Forty accounts, most of them each time, on fifteen items, each within an hour."""
    items = draw.choice(np.arange(ANGRY.stop, ITEMS), TOURS, False).tolist()
    all_ = int(made.rated.account.max()) + 1 + np.arange(FARM)
    who = [all_[draw.random(FARM) < THERE] for _ in items]
    return parts(items, who, [some_day(made, item, draw) for item in items], 1, draw), items


def crowd(made: World, draw: np.random.Generator) -> tuple[Rated, list[int]]:
    """The same as the first with accounts that act on twenty other items as well, on their own."""
    bought, items = doubled(made, draw)
    who = np.repeat(np.unique(bought.account), 20)
    item = draw.choice(ITEMS, who.size, p=made.likes / made.likes.sum())
    time = BEGIN + (draw.random(who.size) * DAYS * DAY).astype(np.int64)
    return bought.plus(Rated(who, item, np.ones(who.size), time)), items


BOUGHT: dict[str, Buying] = {
    "throw-away accounts, within 48 hours": doubled,
    "new items, throw-away accounts alone": from_nothing,
    "40 accounts on 15 items, an hour each": farm,
    "camouflaged accounts, within 48 hours": crowd,
}


def ranked(rated: Rated) -> Ranked:
    return rank(table(rated.account, rated.item, rated.time))


def lists(worlds: list[World], seed: int) -> None:
    """Print what is left of what is bought, and Kendall's tau to the order without it."""
    orders, flagged = [], 0
    for made in worlds:
        clean = ranked(made.rated)
        size = np.bincount(made.rated.item)
        orders.append(kendalltau(size, clean.organic)[0])
        flagged += len({one.item for one in clean.reasons})
    print(
        f"lists, {len(worlds)} clean worlds: tau of raw and re-ranked order {np.mean(orders):.4f}, "
        f"least {min(orders):.4f}; {flagged} of {len(worlds) * ITEMS:,} items flagged"
    )
    print("bought | items | still counts, mean | tau, raw list | tau, re-ranked | items flagged")
    for name, buying in BOUGHT.items():
        left, raw, again, told = [], [], [], []
        for place, made in enumerate(worlds):
            draw = np.random.default_rng((seed, place))
            bought, some = buying(made, draw)
            rated = made.rated.plus(bought)
            truth = np.bincount(made.rated.item, minlength=int(rated.item.max()) + 1)
            drawn = np.bincount(rated.item)
            found = ranked(rated)
            left += ((found.organic - truth)[some] / (drawn - truth)[some]).tolist()
            raw.append(kendalltau(truth, drawn)[0])
            again.append(kendalltau(truth, found.organic)[0])
            items = {one.item for one in found.reasons}
            told += [item in items for item in some]
        half = 1.96 * np.std(left) / len(left) ** 0.5
        print(
            f"{name} | {len(left)} | {np.mean(left):.2f} ({np.mean(left) - half:.2f}-"
            f"{np.mean(left) + half:.2f}) | {np.mean(raw):.3f} | {np.mean(again):.3f} | "
            f"{np.mean(told):.2f}"
        )
