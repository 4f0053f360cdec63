"""Offers of the trade: texts that hire for it, sell it, or ask for it to be done.

A linear model reads a text twice: its characters, and the order of the roles that its words play
(`roles.toml`). Where a trade and an offer are not both seen, it must be surer. What is found is
evidence for a person to weigh.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lianzhi.domains.astroturf.adverts import roles
from lianzhi.domains.astroturf.adverts.meaning import Meant, meant
from lianzhi.domains.astroturf.adverts.roles import Part
from lianzhi.text.arrays.batch import SEPARATOR
from lianzhi.text.fold.folding import fold_batch
from lianzhi.text.model.ngrams import ngram_means

KINDS = ("recruiting", "selling", "paid_negative", "pay_to_delete")
#: Texts that are read side by side.
_PORTION = 4096
_SURE = 30.0
_EDGE = chr(SEPARATOR)
Floats = NDArray[np.float64]


class Span(NamedTuple):
    """Code points [start, end) of the original text that speak for the offer."""

    start: int
    end: int
    role: str
    sense: str
    entry: str
    """The word or wording as it was read, evasions undone."""


@dataclass(frozen=True, slots=True)
class Offer:
    """What a text comes to."""

    kind: str
    """One of `KINDS`: which it would be."""
    strength: float
    """That it is an offer of any kind, 0 to 1; from `clear` of the policy on it clearly is."""
    spans: tuple[Span, ...]
    """Trades and offers in the order of the text; none where it is known as a whole only."""


@dataclass(frozen=True, slots=True)
class Model:
    """A linear model over hashed n-grams of characters and of roles."""

    weights: NDArray[np.int8]
    """Shape [2**bits, 1 + kinds]: an offer at all, and which."""
    unit: Floats
    """What a weight is worth, shape [1 + kinds], as the next."""
    bias: Floats
    longest: int

    def logits(self, lines: Sequence[str]) -> Floats:
        """Log-odds of each line (`read_as`), shape [lines, 1 + kinds]; the same alone as among
        others, since sums are of integers."""
        means = ngram_means(fold_batch(lines), self.weights, self.longest)
        out: Floats = means * self.unit + self.bias
        return out


@cache
def load() -> Model:
    """The shipped model."""
    with (files(__package__) / "weights.npz").open("rb") as file, np.load(file) as data:
        return Model(data["weights"], data["unit"], data["bias"], int(data["longest"]))


def read_as(one: Meant, parts: Sequence[Part]) -> str:
    """What the model reads: the text as it is meant, then its roles in order."""
    marks = "".join(part.role.mark for part in parts)
    return f"{one.line.strip(_EDGE)}\n{marks}"


def taken_off(one: Meant, parts: Sequence[Part]) -> float:
    """What is taken off the log-odds of a text, by which sides are seen in it."""
    policy = roles.load()
    trades = [part for part in parts if part.role.side == "trade"]
    deals = [
        part
        for part in parts
        if part.role.side == "offer"
        and not any(one.start <= part.start and part.end <= one.end for one in trades)
    ]
    if trades and deals:
        return 0.0
    taken = sum(part.end - part.start for part in trades or deals)
    if len(one.line) - 2 - taken < policy.least_beside:
        return np.inf
    return policy.one_side if taken else policy.neither


def offers(texts: Sequence[str]) -> list[Offer]:
    """What each text comes to. Pure: the same alone as among others."""
    return [
        offer
        for first in range(0, len(texts), _PORTION)
        for offer in _portion(texts[first : first + _PORTION])
    ]


def _portion(texts: Sequence[str]) -> Iterator[Offer]:
    known, read = roles.load(), meant(texts)
    parts = [known.parts(one.line) for one in read]
    logits = load().logits([read_as(*both) for both in zip(read, parts, strict=True)])
    off = np.array([taken_off(*both) for both in zip(read, parts, strict=True)])
    bounded = np.clip(logits[:, 0] - off, -_SURE, _SURE)
    strength = np.where(np.isinf(off), 0.0, 1 / (1 + np.exp(-bounded)))
    kinds = logits[:, 1:].argmax(1)
    for one, some, kind, sure in zip(read, parts, kinds.tolist(), strength.tolist(), strict=True):
        yield Offer(KINDS[kind], sure, tuple(_spans(one, some)) if sure >= known.clear else ())


def _spans(one: Meant, parts: Sequence[Part]) -> Iterator[Span]:
    for start, end, role in parts:
        if role.side in {"trade", "offer"}:
            inner = one.line[start:end]
            yield Span(*one.span(start, end), role.name, role.sense, inner)
