"""Assessment 评估: how much a text harms, in what way, and whether it rather defends."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lianzhi.text import lexicons
from lianzhi.text.entries import KINDS, ROLES, Lexicon
from lianzhi.text.folding import Batch, fold, fold_batch
from lianzhi.text.matching import Hits, Matches, match, shadowed
from lianzhi.text.offence import offence

#: Texts, and code points, that are worked on at a time: enough to pay for a call, few enough to fit
#: into memory whatever is sent.
_TEXTS, _POINTS = 2048, 1 << 20


class Span(NamedTuple):
    """A harmful stretch: code points [start, end) of the original text."""

    start: int
    end: int
    kind: str


class Shadow(NamedTuple):
    """A stretch, as in `Span`, at which an entry in shadow would stand."""

    start: int
    end: int
    kind: str
    term: str


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
    shadow: tuple[Shadow, ...] = ()


class Scores(NamedTuple):
    """The figures of `Assessment` for many texts, as float32 arrays."""

    offence: NDArray[np.float32]
    """Shape [n]."""
    counter_speech: NDArray[np.float32]
    """Shape [n]."""
    kinds: NDArray[np.float32]
    """Shape [n, len(KINDS)], columns as in `KINDS`."""


def score_many(texts: Sequence[str], lexicon: Lexicon | None = None) -> Scores:
    """Score many texts, by the shipped lexicon unless another is given.

    Any strings will do; the figures are those of `assess`, to the bit.
    """
    lexicon = lexicon or lexicons.shipped()
    out = Scores(
        np.empty(len(texts), np.float32),
        np.empty(len(texts), np.float32),
        np.empty((len(texts), len(KINDS)), np.float32),
    )
    for begin, end in _chunks(texts):
        batch = fold_batch(texts[begin:end])
        scores = _score(batch, match(batch, lexicon), lexicon)
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


def _score(batch: Batch, found: Matches, lexicon: Lexicon) -> Scores:
    return Scores(
        offence(batch, found.kinds.max(axis=1), lexicon=lexicon).astype(np.float32),
        found.counter.astype(np.float32),
        found.kinds.astype(np.float32),
    )


def assess(text: str, lexicon: Lexicon | None = None) -> Assessment:
    """Assess one text, by the shipped lexicon unless another is given. Any string will do."""
    return assess_many([text], lexicon)[0]


def assess_many(texts: Sequence[str], lexicon: Lexicon | None = None) -> list[Assessment]:
    """Assess many texts, each as `assess` does; far cheaper than one by one."""
    lexicon = lexicon or lexicons.shipped()
    done: list[Assessment] = []
    for begin, end in _chunks(texts):
        chunk = texts[begin:end]
        batch = fold_batch(chunk)
        found = match(batch, lexicon)
        spans = _spans(chunk, batch, found.harms.where(found.weight >= lexicon.policy.span))
        shadows = _shadows(chunk, batch, lexicon)
        offensive, counter, kinds = (column.tolist() for column in _score(batch, found, lexicon))
        for place in range(len(chunk)):
            scored = zip(KINDS, kinds[place], strict=True)
            done.append(
                Assessment(
                    offence=offensive[place],
                    kinds={kind: score for kind, score in scored if score > 0},
                    counter_speech=counter[place],
                    spans=spans.get(place, ()),
                    shadow=shadows.get(place, ()),
                )
            )
    return done


def _spans(texts: Sequence[str], batch: Batch, told: Hits) -> dict[int, tuple[Span, ...]]:
    """Spans by the text's place in the batch, for the texts that have any."""
    return {
        text: tuple(sorted(Span(start, end, ROLES[role]) for start, end, role, _ in marked))
        for text, marked in _places(texts, batch, told).items()
    }


def _shadows(texts: Sequence[str], batch: Batch, lexicon: Lexicon) -> dict[int, tuple[Shadow, ...]]:
    """The same for entries in shadow, if there are any."""
    if not lexicon.shadow.any():
        return {}
    terms = lexicon.terms
    return {
        text: tuple(sorted(Shadow(a, b, ROLES[role], terms[entry]) for a, b, role, entry in marked))
        for text, marked in _places(texts, batch, shadowed(batch, lexicon)).items()
    }


def _places(
    texts: Sequence[str], batch: Batch, hits: Hits
) -> dict[int, list[tuple[int, int, int, int]]]:
    """(start, end, role, entry) of hits in the original, by the text's place in the batch."""
    begin = batch.starts[hits.text] + 1
    places: dict[int, list[tuple[int, int, int, int]]] = {}
    for text, *hit in zip(
        hits.text.tolist(),
        (hits.start - begin).tolist(),
        (hits.end - begin).tolist(),
        hits.role.tolist(),
        hits.entry.tolist(),
        strict=True,
    ):
        start, end, role, entry = hit
        places.setdefault(text, []).append((start, end, role, entry))
    for text, marked in places.items():
        folded = fold(texts[text])
        places[text] = [(*folded.span(a, b), role, entry) for a, b, role, entry in marked]
    return places
