"""Made-up ratings: people of their own mind over a hundred days, and what can be done."""

import numpy as np

from lianzhi.domains.astroturf.ratings.table import Floats, Ints, Ratings

DAY, HOUR, BEGIN = 86_400_000, 3_600_000, 1_700_000_000_000
ITEMS, EACH = 40, 100
Rows = tuple[Ints, Ints, Floats, Ints]


def opinions(draw: np.random.Generator, mean: float, size: int, noise: float = 1.0) -> Floats:
    """Whole stars about a mean."""
    return np.clip(np.rint(draw.normal(mean, noise, size)), 1, 5)


def calm(seed: int = 1, people: int = 400) -> Rows:
    """Forty items with a hundred ratings each, which come any time."""
    draw = np.random.default_rng(seed)
    item = np.repeat(np.arange(ITEMS), EACH)
    account = np.concatenate([draw.permutation(people)[:EACH] for _ in range(ITEMS)])
    quality = draw.normal(3.5, 0.6, ITEMS)
    time = BEGIN + draw.integers(0, 100 * DAY, item.size)
    return account, item, opinions(draw, quality[item], item.size), time


def joined(*parts: Rows) -> Rows:
    account, item, rating, time = (np.concatenate(part) for part in zip(*parts, strict=True))
    return account, item, rating, time


def rows(account: Ints, item: int | Ints, rating: float | Floats, time: Ints) -> Rows:
    full = np.ones(account.size)
    return account, (full * item).astype(np.int64), full * rating, time


def within(draw: np.random.Generator, size: int, since: float, hours: float) -> Ints:
    """Times within hours from a day on."""
    return (BEGIN + since * DAY + draw.random(size) * hours * HOUR).astype(np.int64)


def table(made: Rows) -> Ratings:
    return Ratings.of(*made)[0]
