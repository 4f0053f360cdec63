"""Attacks between characters: invisible characters, separators, and neighbours that swap places."""

import tomllib
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from bench.cloak.edits import Edit
from bench.cloak.halves import Half, half_of, in_half

_TABLE = Path(__file__).with_name("gaps.toml")
#: From this length on two pairs of neighbours may swap.
_LONG = 5


@cache
def table() -> dict[str, Any]:
    """`gaps.toml`."""
    return tomllib.loads(_TABLE.read_text("utf-8"))


@cache
def marks(name: str, half: Half) -> tuple[str, ...]:
    """The characters of the list `name` that this half puts in."""
    return tuple(in_half("", table()[name], half))


def zero_width(stretch: str, half: Half, rng: Random) -> list[Edit]:
    """Invisible characters between those of the stretch."""
    return _put(stretch, "zero_width", half, rng)


def separators(stretch: str, half: Half, rng: Random) -> list[Edit]:
    """Spaces, dots, stars and the like between the characters of the stretch."""
    return _put(stretch, "separators", half, rng)


def _put(stretch: str, name: str, half: Half, rng: Random) -> list[Edit]:
    """One sign all through the stretch, as people do, and in one gap at least."""
    inner = range(1, len(stretch))
    if not inner:
        return []
    manner = table()[half]
    sign = rng.choice(marks(name, half))
    always = rng.choice(inner)
    places = range(len(stretch) + 1) if manner["outside"] else inner
    return [
        Edit(place, place, sign * rng.randint(1, manner["most"]))
        for place in places
        if place == always or rng.random() < manner["share"]
    ]


def shuffle(stretch: str, half: Half, rng: Random) -> list[Edit]:
    """A pair of neighbours, of a long stretch perhaps two, in the other order."""
    pairs = [stretch[place : place + 2] for place in range(len(stretch) - 1)]
    fits = [
        place
        for place, pair in enumerate(pairs)
        if pair != pair[::-1] and half_of(pair, pair[::-1]) == half
    ]
    if not fits:
        return []
    chosen = [rng.choice(fits)]
    apart = [place for place in fits if abs(place - chosen[0]) > 1]
    if apart and len(stretch) >= _LONG and rng.random() < 0.5:
        chosen.append(rng.choice(apart))
    return [Edit(place, place + 2, pairs[place][::-1]) for place in sorted(chosen)]
