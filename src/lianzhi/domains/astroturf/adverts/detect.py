"""Detects texts that hire for the trade, sell it, or ask for its services.

A linear model reads a text twice: its characters, and the order of the roles that its words play
(`roles.toml`). Where trade and offer are not both found, the threshold is higher. A result is
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
from lianzhi.domains.astroturf.adverts.normalised import NormalisedText, normalised
from lianzhi.domains.astroturf.adverts.roles import Part
from lianzhi.text.arrays.batch import SEPARATOR
from lianzhi.text.fold.folding import fold_batch
from lianzhi.text.model.ngrams import ngram_means

KINDS = ("recruiting", "selling", "paid_negative", "pay_to_delete")
#: Texts of one batch.
_PORTION = 4096
_SURE = 30.0
_EDGE = chr(SEPARATOR)
Floats = NDArray[np.float64]


class Span(NamedTuple):
    """Code points [start, end) of the original text that support the offer."""

    start: int
    end: int
    role: str
    sense: str
    entry: str
    """The word or wording as normalised, evasions undone."""


@dataclass(frozen=True, slots=True)
class Offer:
    """Result of a text: kind, strength and supporting spans."""

    kind: str
    """The likeliest of `KINDS`."""
    strength: float
    """Probability of an offer of any kind; from the policy's `clear` on it clearly is one."""
    spans: tuple[Span, ...]
    """Trades and offers in the order of the text; empty where only the whole text indicates it."""


@dataclass(frozen=True, slots=True)
class Model:
    """A linear model over hashed n-grams of characters and of roles."""

    weights: NDArray[np.int8]
    """Shape [2**bits, 1 + kinds]: an offer of any kind, and each kind."""
    unit: Floats
    """Value of one weight step, shape [1 + kinds], like `bias`."""
    bias: Floats
    longest: int

    def logits(self, lines: Sequence[str]) -> Floats:
        """Log-odds of each line (`read_as`), shape [lines, 1 + kinds]; independent of the other
        lines, since sums are of integers.
        """
        means = ngram_means(fold_batch(lines), self.weights, self.longest)
        out: Floats = means * self.unit + self.bias
        return out


@cache
def load() -> Model:
    """The shipped model."""
    with (files(__package__) / "weights.npz").open("rb") as file, np.load(file) as data:
        return Model(data["weights"], data["unit"], data["bias"], int(data["longest"]))


def read_as(reading: NormalisedText, parts: Sequence[Part]) -> str:
    """The model's input: the normalised text, then its roles in order."""
    marks = "".join(part.role.mark for part in parts)
    return f"{reading.line.strip(_EDGE)}\n{marks}"


def taken_off(reading: NormalisedText, parts: Sequence[Part]) -> float:
    """Reduction of a text's log-odds, by the sides found in it."""
    policy = roles.load()
    trades = [part for part in parts if part.role.side == "trade"]
    deals = [
        part
        for part in parts
        if part.role.side == "offer"
        and not any(trade.start <= part.start and part.end <= trade.end for trade in trades)
    ]
    if trades and deals:
        return 0.0
    advertised = sum(part.end - part.start for part in trades or deals)
    if len(reading.line) - 2 - advertised < policy.least_beside:
        return np.inf
    return policy.one_side if advertised else policy.neither


def offers(texts: Sequence[str]) -> list[Offer]:
    """The result of each text, independent of the other texts."""
    return [
        offer
        for first in range(0, len(texts), _PORTION)
        for offer in _portion(texts[first : first + _PORTION])
    ]


def _portion(texts: Sequence[str]) -> Iterator[Offer]:
    known, read = roles.load(), normalised(texts)
    parts = [known.parts(reading.line) for reading in read]
    logits = load().logits([read_as(*both) for both in zip(read, parts, strict=True)])
    off = np.array([taken_off(*both) for both in zip(read, parts, strict=True)])
    bounded = np.clip(logits[:, 0] - off, -_SURE, _SURE)
    strength = np.where(np.isinf(off), 0.0, 1 / (1 + np.exp(-bounded)))
    kinds = logits[:, 1:].argmax(1)
    for reading, part, kind, sure in zip(
        read, parts, kinds.tolist(), strength.tolist(), strict=True
    ):
        yield Offer(KINDS[kind], sure, tuple(_spans(reading, part)) if sure >= known.clear else ())


def _spans(reading: NormalisedText, parts: Sequence[Part]) -> Iterator[Span]:
    for start, end, role in parts:
        if role.side in {"trade", "offer"}:
            inner = reading.line[start:end]
            yield Span(*reading.span(start, end), role.name, role.sense, inner)
