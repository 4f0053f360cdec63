"""A year of ratings from one to five stars by people who act on their own."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

HOUR, DAY = 3_600_000, 86_400_000
BEGIN, DAYS = 1_700_000_000_000, 365
ITEMS, PEOPLE = 240, 2600
#: Items that are told from the others: some split their public, some are once in the news, and of
#: some the public changes its mind within days.
SPLIT, NEWS, ANGRY = range(8), range(8, 20), range(20, 24)
NOISE, LEANING, SPREAD = 0.9, 0.4, 0.6


class Rated(NamedTuple):
    """One rating in each row."""

    account: NDArray[np.int64]
    item: NDArray[np.int64]
    rating: NDArray[np.float64]
    time: NDArray[np.int64]

    def plus(self, *more: "Rated") -> "Rated":
        """With the rows of others."""
        return Rated(*map(np.concatenate, zip(self, *more, strict=True)))

    def where(self, some: NDArray[np.bool_]) -> "Rated":
        """Some of the rows."""
        return Rated(*(column[some] for column in self))


class World(NamedTuple):
    """A platform."""

    rated: Rated
    released: NDArray[np.int64]
    likes: NDArray[np.float64]
    """How many people an item draws, in proportion."""
    quality: NDArray[np.float64]


def whole(opinion: NDArray[np.float64]) -> NDArray[np.float64]:
    """What somebody clicks who thinks so."""
    return np.clip(np.rint(opinion), 1, 5)


def world(seed: int) -> World:
    """One platform. Half of an item's public comes soon after its release."""
    draw = np.random.default_rng((seed, 99))
    released = draw.integers(-120, DAYS - 10, ITEMS)
    likes = draw.lognormal(0, 0.7, ITEMS)
    quality = draw.normal(3.5, SPREAD, ITEMS)
    quality[: ANGRY.stop] = draw.normal(3.5, 0.3, ANGRY.stop)
    age = np.arange(DAYS)[:, None] - released
    drawn = likes * np.where(age >= 0, 0.3 + 3 * np.exp(-np.maximum(age, 0) / 25), 0)
    parts = [visits(draw, drawn, quality, released)]
    parts += [news(draw, item, int(released[item]), quality) for item in (*NEWS, *ANGRY)]
    times = BEGIN + released.astype(np.int64) * DAY
    return World(Rated(*map(np.concatenate, zip(*parts, strict=True))), times, likes, quality)


def visits(draw, drawn, quality, released) -> Rated:
    """People come for some time, now and then, and rate one to six items in an hour."""
    account, item, day, hour = [], [], [], []
    for person in range(PEOPLE):
        count = min(int(draw.pareto(0.9) * 3) + 1, 120)
        first = int(draw.integers(-100, DAYS - 5))
        last = min(max(first, 0) + int(draw.integers(5, 300)), DAYS - 1)
        first = max(first, 0)
        known: set[int] = set()
        while len(known) < count:
            when = int(draw.integers(first, last + 1))
            at = draw.random() * 0.9
            some = draw.choice(ITEMS, min(int(draw.integers(1, 7)), count - len(known)), False,
                               drawn[when] / drawn[when].sum())  # fmt: skip
            for one in set(some.tolist()) - known:
                known.add(one)
                account.append(person)
                item.append(one)
                day.append(when)
                hour.append(at + draw.random() / 24)
            if draw.random() < 0.02:  # some lose interest
                break
    who, what, when = np.array(account), np.array(item), np.array(day)
    seldom = np.bincount(who, minlength=PEOPLE)[who] <= 2
    leaning = draw.normal(0, LEANING, PEOPLE)[who]
    # Who rates once in a lifetime is moved to it: loves it or hates it more than others do.
    liking = draw.normal(0, NOISE, who.size) * np.where(seldom, 1.3, 1)
    split = np.isin(what, SPLIT)
    side = np.where(draw.random(who.size) < 0.35 + 0.04 * what, -1.5, 1.5)
    early = np.where(when - released[what] < 7, 0.3, 0)
    opinion = quality[what] + leaning + early + np.where(split, side + liking / 2, liking)
    time = BEGIN + when * DAY + (np.array(hour) * DAY).astype(np.int64)
    return Rated(who, what, whole(opinion), time)


def news(draw, item: int, released: int, quality) -> Rated:
    """Many come within days; a third of them are new and never seen again."""
    size, long = int(draw.integers(40, 140)), draw.uniform(1, 5)
    first = draw.uniform(max(released, 0), DAYS - long - 1)
    known = np.argsort(draw.random(PEOPLE))[:size]
    fresh = PEOPLE + item * 1000 + np.arange(size)
    account = np.where(draw.random(size) < 0.35, fresh, known)
    turn = draw.normal(-1.2, 0.1) if item in ANGRY else draw.normal(0, 0.2)
    opinion = quality[item] + turn + draw.normal(0, NOISE + LEANING / 4, size)
    time = BEGIN + ((first + draw.beta(1, 2, size) * long) * DAY).astype(np.int64)
    return Rated(account, np.full(size, item), whole(opinion), time)
