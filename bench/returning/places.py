"""What a made-up world is furnished with: words, topics with their links, makers of names."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

Draw = np.random.Generator
Namer = Callable[[Draw], str]
HOUR = 3_600_000
DAY = 24 * HOUR
#: Everybody's way to write.
SYLLABLES = [chr(0x4E00 + 37 * n) for n in range(420)]
CONSONANTS, VOWELS = "bcdfghjklmnprstwxz", "aeiou"


class Topic(NamedTuple):
    """What people talk about: words, places where it is talked about, links as they appear."""

    words: list[str]
    hosts: list[str]
    links: list[str]
    times: np.ndarray[Any, Any]
    """When each link appears, in order; the first few are there from the beginning and stay."""
    lasting: int
    slogans: list[str]


def lot(draw: Draw, some: Sequence[str]) -> str:
    """Any of them."""
    return some[int(draw.random() * len(some))]


def word(draw: Draw) -> str:
    return "".join(lot(draw, SYLLABLES) for _ in range(draw.integers(2, 4)))


def latin(draw: Draw, syllables: int) -> str:
    return "".join(lot(draw, CONSONANTS) + lot(draw, VOWELS) for _ in range(syllables))


def digits(draw: Draw, count: int) -> str:
    return "".join(map(str, draw.integers(0, 10, count)))


def sentence(draw: Draw, words: list[str], common: list[str], count: int) -> list[str]:
    """Words of a topic among those of everybody."""
    return [lot(draw, words if draw.random() < 0.35 else common) for _ in range(count)]


def topic(draw: Draw, number: int, days: float, common: list[str]) -> Topic:
    words = [word(draw) for _ in range(40)]
    hosts = [f"{latin(draw, 3)}{number}.example" for _ in range(5)]
    weight = 1 / np.arange(1, 6)
    appear = np.sort(draw.uniform(0, days * DAY, draw.poisson(3 * days)))
    times = np.concatenate((np.zeros(6), appear)).astype(np.int64)
    links = [
        f"https://{draw.choice(hosts, p=weight / weight.sum())}/{latin(draw, 2)}/{n}"
        for n in range(times.size)
    ]
    slogans = ["".join(sentence(draw, words, common, 6)) for _ in range(12)]
    return Topic(words, hosts, links, times, 6, slogans)


def recent(draw: Draw, some: Topic, at: int) -> str:
    """A link of the last two days or so."""
    upto = int(np.searchsorted(some.times, at, "right"))
    since = max(int(np.searchsorted(some.times, at - 2 * DAY)), 0)
    return some.links[int(draw.integers(min(since, upto - 1), upto))]


def person(draw: Draw) -> str:
    """How somebody calls oneself."""
    kind = draw.random()
    if kind < 0.2:
        return f"user{digits(draw, 9)}"  # what the platform gives
    if kind < 0.5:
        return latin(draw, int(draw.integers(2, 5))) + digits(draw, int(draw.integers(0, 5)))
    if kind < 0.85:
        return word(draw) + word(draw) + digits(draw, int(draw.choice([0, 0, 1, 2, 3, 4])))
    return f"{latin(draw, 2)}_{latin(draw, 2)}{draw.integers(1970, 2010)}"


def seller(draw: Draw) -> Namer:
    """One rule by which somebody makes accounts by the hundred."""
    kind, stem, many = draw.integers(4), word(draw), int(draw.integers(3, 8))
    first = latin(draw, 2)
    if kind == 0:
        return lambda some: stem + digits(some, many)
    if kind == 1:
        return lambda some: f"{latin(some, many % 4 + 2)}{digits(some, many)}"
    if kind == 2:
        return lambda some: f"{first}_{digits(some, many)}{latin(some, 1)}"
    return lambda some: f"user{digits(some, 9)}"
