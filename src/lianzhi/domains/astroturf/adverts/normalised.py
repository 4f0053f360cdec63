"""Texts as they are meant: folded, hidden words of the trade restored, with the way back."""

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lianzhi.domains.astroturf.adverts import roles
from lianzhi.text import fold, unveil
from lianzhi.text.arrays.batch import SEPARATOR
from lianzhi.text.fold.folding import fold_batch
from lianzhi.text.unveil.restoration import Unveiler, with_words

_EDGE = chr(SEPARATOR)


class Meant(NamedTuple):
    """One text as it is meant, between separators."""

    text: str
    line: str
    begin: NDArray[np.int64] | None
    """For each character of the line where what is behind it begins in the folded text; None where
    the line is that text ..."""
    end: NDArray[np.int64] | None
    """... and where it ends."""

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The original's [start, end) behind the line's, which holds no separator."""
        if self.begin is not None and self.end is not None:
            start, end = int(self.begin[start:end].min()), int(self.end[start:end].max())
        return fold(self.text).span(start - 1, end - 1)


@cache
def _unveiler() -> Unveiler:
    """What restores words of trades and offers."""
    sides = {"trade", "offer"}
    known = roles.load().roles
    hidden = {word for one in known if one.side in sides for word in one.words}
    return with_words(
        hidden, {word for one in known if one.side not in sides for word in one.words}
    )


def meant(texts: Sequence[str]) -> list[Meant]:
    """Read texts as they are meant. Linear in their length."""
    batch = fold_batch(texts)
    whole, starts = batch.text(), batch.starts.tolist()
    out = [
        Meant(text, whole[first : last + 1], None, None)
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
        out[place] = Meant(
            texts[place],
            f"{lines[first:last]}{_EDGE}",
            again.begin[inner] - base,
            again.end[inner] - base,
        )
    return out
