"""Assessment 评估: how much a text harms, in what way, and whether it rather defends."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lianzhi.text import entries
from lianzhi.text.encoder import Encoder
from lianzhi.text.entries import KINDS
from lianzhi.text.folding import Batch, fold, fold_batch
from lianzhi.text.matching import Matches, match
from lianzhi.text.offence import offence

#: Texts, and code points, that are worked on at a time: enough to pay for a call, few enough to fit
#: into memory whatever is sent.
_TEXTS, _POINTS = 2048, 1 << 20


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


def score_many(texts: Sequence[str], encoder: Encoder | None = None) -> Scores:
    """Score many texts. Any strings will do; the figures are those of `assess`, to the bit.

    Give `lianzhi.text.encoder.load()` to have it asked where the linear tier is unsure.
    """
    out = Scores(
        np.empty(len(texts), np.float32),
        np.empty(len(texts), np.float32),
        np.empty((len(texts), len(KINDS)), np.float32),
    )
    for begin, end in _chunks(texts):
        batch = fold_batch(texts[begin:end])
        scores = _score(batch, match(batch), encoder)
        for column, part in zip(out, scores, strict=True):
            column[begin:end] = part
    return out


def _chunks(texts: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Bounds of chunks; a text that is too long for one stands alone."""
    ends = list(accumulate(map(len, texts)))
    begin = 0
    while begin < len(texts):
        most = _POINTS + (ends[begin - 1] if begin else 0)
        end = min(begin + _TEXTS, max(begin + 1, bisect_right(ends, most)))
        yield begin, end
        begin = end


def _score(batch: Batch, found: Matches, encoder: Encoder | None) -> Scores:
    return Scores(
        offence(batch, found.kinds.max(axis=1), encoder=encoder).astype(np.float32),
        found.counter.astype(np.float32),
        found.kinds.astype(np.float32),
    )


def assess(text: str, encoder: Encoder | None = None) -> Assessment:
    """Assess one text. Any string will do. `encoder` as for `score_many`."""
    return assess_many([text], encoder)[0]


def assess_many(texts: Sequence[str], encoder: Encoder | None = None) -> list[Assessment]:
    """Assess many texts, each as `assess` does; far cheaper than one by one."""
    done: list[Assessment] = []
    for begin, end in _chunks(texts):
        chunk = texts[begin:end]
        batch = fold_batch(chunk)
        found = match(batch)
        spans = _spans(chunk, batch, found)
        offensive, counter, kinds = (column.tolist() for column in _score(batch, found, encoder))
        for place in range(len(chunk)):
            scored = zip(KINDS, kinds[place], strict=True)
            done.append(
                Assessment(
                    offence=offensive[place],
                    kinds={kind: score for kind, score in scored if score > 0},
                    counter=counter[place],
                    spans=spans.get(place, ()),
                )
            )
    return done


def _spans(texts: Sequence[str], batch: Batch, found: Matches) -> dict[int, tuple[Span, ...]]:
    """Spans by the text's place in the batch, for the texts that have any."""
    told = found.harms.where(found.weight >= entries.load().policy.span)
    begin = batch.starts[told.text] + 1
    places: dict[int, list[tuple[int, int, str]]] = {}
    for text, start, end, role in zip(
        told.text.tolist(),
        (told.start - begin).tolist(),
        (told.end - begin).tolist(),
        told.role.tolist(),
        strict=True,
    ):
        places.setdefault(text, []).append((start, end, KINDS[role]))
    spans = {}
    for text, marked in places.items():
        folded = fold(texts[text])
        spans[text] = tuple(sorted(Span(*folded.span(a, b), kind) for a, b, kind in marked))
    return spans
