"""Texts of adverts in normal form: folded, hidden words restored, with offsets into the
original.
"""

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lianzhi.domains.astroturf.adverts import roles
from lianzhi.text import fold, unveil
from lianzhi.text.arrays.batch import SEPARATOR
from lianzhi.text.fold.folding import fold_batch
from lianzhi.text.unveil.unveiler import Unveiler, with_words

_EDGE = chr(SEPARATOR)


class NormalisedText(NamedTuple):
    """A normalised text between separators."""

    text: str
    line: str
    begin: NDArray[np.int64] | None
    """Start in the folded text of each character of the line; None where the line is that text."""
    end: NDArray[np.int64] | None
    """End in the folded text of each character of the line."""

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The original's [start, end) for a range of the line that holds no separator."""
        if self.begin is not None and self.end is not None:
            start, end = int(self.begin[start:end].min()), int(self.end[start:end].max())
        return fold(self.text).span(start - 1, end - 1)


@cache
def _unveiler() -> Unveiler:
    sides = {"trade", "offer"}
    known = roles.load().roles
    hidden = {word for word_list in known if word_list.side in sides for word in word_list.words}
    return with_words(
        hidden,
        {word for word_list in known if word_list.side not in sides for word in word_list.words},
    )


def normalised(texts: Sequence[str]) -> list[NormalisedText]:
    """Normal forms of texts, in linear time."""
    batch = fold_batch(texts)
    whole, starts = batch.text(), batch.starts.tolist()
    out = [
        NormalisedText(text, whole[first : last + 1], None, None)
        for text, first, last in zip(texts, starts[:-1], starts[1:], strict=True)
    ]
    restored = unveil.restore(batch, _unveiler())
    if not restored.text.size:
        return out
    again = unveil.rewrite(batch, restored)
    lines, bounds = again.batch.text(), again.batch.starts.tolist()
    for row, place in enumerate(again.texts.tolist()):
        first, last, base = bounds[row], bounds[row + 1], starts[place]
        inner = slice(first, last + 1)
        out[place] = NormalisedText(
            texts[place],
            f"{lines[first:last]}{_EDGE}",
            again.begin[inner] - base,
            again.end[inner] - base,
        )
    return out
