"""Templates: the common and varying parts of a family's texts."""

from collections import Counter
from collections.abc import Sequence
from difflib import SequenceMatcher
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from lianzhi.text import fold

#: Share of the examined texts that must contain a part for it to belong to the template.
_MOST = 0.75
#: Fewest characters of a common part.
_SHORTEST = 2
_LOOKED_AT = 24
_LONGEST = 400


class Part(NamedTuple):
    """A range [start, end) of the example."""

    start: int
    end: int
    slot: bool
    """Whether it differs between texts."""


class Template(NamedTuple):
    """The template of a family of texts."""

    example: str
    """The most typical text, as written."""
    parts: tuple[Part, ...]

    @property
    def common(self) -> str:
        """The common parts joined."""
        return "".join(self.example[a:b] for a, b, slot in self.parts if not slot)

    def __str__(self) -> str:
        """The example with a sign for each slot."""
        return "".join("〔…〕" if slot else self.example[a:b] for a, b, slot in self.parts)


def template(texts: Sequence[str]) -> Template:
    """The template of one or more texts, independent of their order."""
    counted = Counter(text[:_LONGEST] for text in texts)
    texts_ = sorted(counted, key=lambda text: (-counted[text], text))[:_LOOKED_AT]
    plain = [fold(text) for text in texts_]
    covers = [_covered(plain[0].text, other.text) for other in plain]
    if len(texts_) > 2:  # the medoid
        near = [sum(SequenceMatcher(None, a.text, b.text, False).ratio() for b in plain[:8])
                for a in plain[:8]]  # fmt: skip
        middle = int(np.argmax(near))
        covers = [_covered(plain[middle].text, other.text) for other in plain]
    else:
        middle = 0
    example, folded = texts_[middle], plain[middle]
    share = np.mean(covers, axis=0) if folded.text else np.zeros(0)
    common = np.zeros(len(example), bool)
    for place in np.flatnonzero(share >= _MOST).tolist():
        start, end = folded.span(place, place + 1)
        common[start:end] = True
    bounds = [0, *(np.flatnonzero(np.diff(common)) + 1).tolist(), len(example)]
    parts = [Part(a, b, not common[a]) for a, b in pairwise(bounds) if a < b]
    return Template(example, tuple(parts))


def _covered(text: str, other: str) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Mask of the characters of a text that also occur in another, in order and in runs."""
    out = np.zeros(len(text), bool)
    for block in SequenceMatcher(None, text, other, autojunk=False).get_matching_blocks():
        if block.size >= _SHORTEST:
            out[block.a : block.a + block.size] = True
    return out
