"""Assessment 评估: how much a text harms, in what way, and whether it rather defends."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lianzhi.text import entries, linear
from lianzhi.text.entries import KINDS
from lianzhi.text.folding import Batch, fold, fold_batch
from lianzhi.text.matching import Matches, match

#: Texts folded and scored together. Larger batches fall out of the processor's cache.
_CHUNK = 512


class Span(NamedTuple):
    """A harmful stretch: code points [start, end) of the original text."""

    start: int
    end: int
    kind: str


@dataclass(frozen=True, slots=True)
class Assessment:
    """What was found in one text.

    `offence` is the calibrated probability that the text is offensive; `kinds` the strength of
    evidence, 0 to 1, for each kind found (0.5: clear); `counter`, 0 to 1, how much the text defends
    somebody or condemns abuse; `spans` the entries that the kinds mainly rest on, in order.
    """

    offence: float
    kinds: dict[str, float]
    counter: float
    spans: tuple[Span, ...]


class Scores(NamedTuple):
    """The figures of `Assessment` for many texts, as float32 arrays."""

    offence: NDArray[np.float32]
    """Shape [n]."""
    counter: NDArray[np.float32]
    """Shape [n]."""
    kinds: NDArray[np.float32]
    """Shape [n, len(KINDS)], columns as in `KINDS`."""


def score_many(texts: Sequence[str]) -> Scores:
    """Score many texts. Any strings will do; the figures are those of `assess`, to the bit."""
    out = Scores(
        np.empty(len(texts), np.float32),
        np.empty(len(texts), np.float32),
        np.empty((len(texts), len(KINDS)), np.float32),
    )
    for begin in range(0, len(texts), _CHUNK):
        batch = fold_batch(texts[begin : begin + _CHUNK])
        scores = _score(batch, match(batch))
        for column, part in zip(out, scores, strict=True):
            column[begin : begin + _CHUNK] = part
    return out


def _score(batch: Batch, found: Matches) -> Scores:
    model = linear.load()
    offence = model.probability(model.logit(batch), found.kinds.max(axis=1))
    return Scores(
        offence.astype(np.float32),
        found.counter.astype(np.float32),
        found.kinds.astype(np.float32),
    )


def assess(text: str) -> Assessment:
    """Assess one text. Any string will do."""
    batch = fold_batch([text])
    found = match(batch)
    scores = _score(batch, found)
    kinds = zip(KINDS, scores.kinds[0].tolist(), strict=True)
    return Assessment(
        offence=float(scores.offence[0]),
        kinds={kind: score for kind, score in kinds if score > 0},
        counter=float(scores.counter[0]),
        spans=_spans(text, found),
    )


def _spans(text: str, found: Matches) -> tuple[Span, ...]:
    told = found.harms.where(found.weight >= entries.load().policy.span)
    if not told.start.size:
        return ()
    folded = fold(text)
    places = zip(
        (told.start - 1).tolist(), (told.end - 1).tolist(), told.role.tolist(), strict=True
    )
    return tuple(sorted(Span(*folded.span(start, end), KINDS[role]) for start, end, role in places))
