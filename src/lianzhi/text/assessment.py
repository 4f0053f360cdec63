"""Assessment 评估: how much a text harms, in what way, and whether it rather defends."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lianzhi.text import lexicons
from lianzhi.text.encoder import Encoder
from lianzhi.text.entries import KINDS, Lexicon
from lianzhi.text.evidence import Restoration, Shadow, Span, evidence
from lianzhi.text.folding import Batch
from lianzhi.text.matching import Matches
from lianzhi.text.offence import offence
from lianzhi.text.reading import Reading, read

#: Texts, and code points, that are worked on at a time: enough to pay for a call, few enough to fit
#: into memory whatever is sent.
_TEXTS, _POINTS = 8192, 1 << 20


@dataclass(frozen=True, slots=True)
class Assessment:
    """What was found in one text.

    `offence` is the calibrated probability that the text is offensive; `kinds` the strength of
    evidence, 0 to 1, for each kind found (0.5: clear); `counter_speech`, 0 to 1, how much the text
    defends somebody or condemns abuse; `spans` the entries that the kinds mainly rest on, in order;
    `shadow` what entries in shadow would add, which counts for nothing.
    """

    offence: float
    kinds: dict[str, float]
    counter_speech: float
    spans: tuple[Span, ...]
    restored: tuple[Restoration, ...] = ()
    shadow: tuple[Shadow, ...] = ()


class Scores(NamedTuple):
    """The figures of `Assessment` for many texts, as float32 arrays."""

    offence: NDArray[np.float32]
    """Shape [n]."""
    counter_speech: NDArray[np.float32]
    """Shape [n]."""
    kinds: NDArray[np.float32]
    """Shape [n, len(KINDS)], columns as in `KINDS`."""


def score_many(
    texts: Sequence[str],
    lexicon: Lexicon | None = None,
    *,
    meant: bool = True,
    encoder: Encoder | None = None,
) -> Scores:
    """Score many texts, by the shipped lexicon unless another is given.

    Any strings will do; the figures are those of `assess`, to the bit; what is said several times
    is read once. Without `meant` they are of what is written alone. Give
    `lianzhi.text.encoder.load()` to have it asked where the linear tier is unsure.
    """
    lexicon = lexicon or lexicons.shipped()
    once = list(dict.fromkeys(texts))
    if len(once) < len(texts):  # a crowd repeats itself
        scores = score_many(once, lexicon, meant=meant, encoder=encoder)
        place_of = dict(zip(once, range(len(once)), strict=True))
        places = np.fromiter(map(place_of.__getitem__, texts), np.intp, len(texts))
        return Scores(*(column[places] for column in scores))
    out = Scores(
        np.empty(len(texts), np.float32),
        np.empty(len(texts), np.float32),
        np.empty((len(texts), len(KINDS)), np.float32),
    )
    for begin, end in _chunks(texts):
        scores = _score(read(texts[begin:end], lexicon, meant=meant), lexicon, encoder)
        for column, part in zip(out, scores, strict=True):
            column[begin:end] = part
    return out


def _chunks(texts: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Bounds of chunks; a text that is too long for one stands alone."""
    if len(texts) == 1:
        yield 0, 1
        return
    ends = list(accumulate(map(len, texts)))
    begin = 0
    while begin < len(texts):
        most = _POINTS + (ends[begin - 1] if begin else 0)
        end = min(begin + _TEXTS, max(begin + 1, bisect_right(ends, most)))
        yield begin, end
        begin = end


def _score(reading: Reading, lexicon: Lexicon, encoder: Encoder | None) -> Scores:
    """The figures of a chunk: of what is written and what is meant, whatever is worse."""
    scores = _figures(reading.batch, reading.found, lexicon, encoder)
    if reading.meant is not None:
        meant, texts = reading.meant, reading.meant.texts
        others = _figures(meant.batch, meant.found, lexicon, encoder)
        scores.counter_speech[texts] = others.counter_speech
        for column, part in ((scores.offence, others.offence), (scores.kinds, others.kinds)):
            column[texts] = np.maximum(column[texts], part)
    return scores


def _figures(batch: Batch, found: Matches, lexicon: Lexicon, encoder: Encoder | None) -> Scores:
    if np.count_nonzero(found.kinds):
        strongest = np.maximum.reduce(found.kinds, axis=1)
    else:  # as a rule, where it is one text
        strongest = np.zeros(found.counter.size)
    own = None if found.oneself is None else found.oneself > 0
    offensive = offence(batch, strongest, lexicon=lexicon, encoder=encoder, oneself=own)
    if found.besides is not None:
        texts, rest, again = found.besides
        others = _figures(rest, again, lexicon, encoder).offence
        offensive[texts] = np.maximum(offensive[texts], others)
    return Scores(
        offensive.astype(np.float32),
        found.counter.astype(np.float32),
        found.kinds.astype(np.float32),
    )


def assess(
    text: str, lexicon: Lexicon | None = None, *, encoder: Encoder | None = None
) -> Assessment:
    """Assess one text, by the shipped lexicon unless another is given. Any string will do.

    `encoder` as for `score_many`.
    """
    return assess_many([text], lexicon, encoder=encoder)[0]


def assess_many(
    texts: Sequence[str], lexicon: Lexicon | None = None, *, encoder: Encoder | None = None
) -> list[Assessment]:
    """Assess many texts, each as `assess` does; far cheaper than one by one."""
    lexicon = lexicon or lexicons.shipped()
    done: list[Assessment] = []
    for begin, end in _chunks(texts):
        reading = read(texts[begin:end], lexicon)
        told = evidence(reading, lexicon)
        offensive, counter, kinds = (
            column.tolist() for column in _score(reading, lexicon, encoder)
        )
        for place, mine in enumerate(told):
            scored = zip(KINDS, kinds[place], strict=True)
            done.append(
                Assessment(
                    offence=offensive[place],
                    kinds={kind: score for kind, score in scored if score > 0},
                    counter_speech=counter[place],
                    spans=mine.spans,
                    restored=mine.restored,
                    shadow=mine.shadow,
                )
            )
    return done
