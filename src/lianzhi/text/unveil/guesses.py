"""Guesses: stretches of a plain batch, and the words that they may have been written for."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Index = NDArray[np.int64]
Floats = NDArray[np.float32]


class Guesses(NamedTuple):
    """Guesses, one row each."""

    start: Index
    """Stretch [start, end)."""
    end: Index
    word: Index
    """By its place in the vocabulary."""
    cost: Floats
    """What it costs to write it so, in nats."""
    ways: Index
    """The ways of writing: bits, as in `WAYS`."""

    def where(self, which: NDArray[np.bool_] | Index) -> "Guesses":
        """Return some of the guesses."""
        return Guesses._make(column[which] for column in self)


def none() -> Guesses:
    """Return no guesses."""
    empty = np.zeros(0, np.int64)
    return Guesses(empty, empty, empty, np.zeros(0, np.float32), empty)


def cheapest(parts: list[Guesses]) -> Guesses:
    """Return the cheapest of the guesses at each word for each stretch, by stretch."""
    guesses = Guesses._make(map(np.concatenate, zip(*parts, strict=True)))
    guesses = guesses.where(np.lexsort((guesses.cost, guesses.word, guesses.end, guesses.start)))
    new = np.ones(guesses.start.size, bool)
    new[1:] = (
        (guesses.start[1:] != guesses.start[:-1])
        | (guesses.end[1:] != guesses.end[:-1])
        | (guesses.word[1:] != guesses.word[:-1])
    )
    return guesses.where(new)
