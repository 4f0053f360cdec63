"""Edits to a stretch of text, and how the attacks that go character by character choose them."""

from collections.abc import Callable, Sequence
from random import Random
from typing import NamedTuple, TypeVar

from bench.cloak.halves import Half

Item = TypeVar("Item")

#: How often a character that can be replaced is. Nobody replaces all of them every time.
SHARE = 0.8


class Edit(NamedTuple):
    """Code points [start, end) of a stretch give way to `new`; an insertion where equal."""

    start: int
    end: int
    new: str


class Choice(NamedTuple):
    """What may stand for the next `length` code points."""

    length: int
    new: str


#: Edits of one stretch, in order and apart; none where there is nothing to do.
Attack = Callable[[str, Half, Random], list[Edit]]
#: For each position of a stretch what may stand for what begins there, the likeliest first.
Options = Callable[[str, Half], list[list[Choice]]]


def likely(items: Sequence[Item], rng: Random) -> Item:
    """One of `items`, the first more often than the second, and so on."""
    return rng.choices(items, [1 / rank for rank in range(1, len(items) + 1)])[0]


def by_character(options: Options) -> Attack:
    """The attack that replaces most of what has options, and something in any case."""

    def attack(stretch: str, half: Half, rng: Random) -> list[Edit]:
        choices = options(stretch, half)
        places = [place for place, some in enumerate(choices) if some]
        if not places:
            return []
        always = rng.choice(places)
        edits: list[Edit] = []
        done = 0
        for place in places:
            if place < done or (place != always and rng.random() >= SHARE):
                continue
            fits = choices[place]
            if place < always:  # what must be replaced is not swallowed by what stands before it
                fits = [choice for choice in fits if place + choice.length <= always]
            if fits:
                choice = likely(fits, rng)
                done = place + choice.length
                edits.append(Edit(place, done, choice.new))
        return edits

    return attack
