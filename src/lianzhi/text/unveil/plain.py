"""Folded texts without signs: what unveiling reads, and where each character stood."""

from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lianzhi.text.arrays import compiled
from lianzhi.text.arrays.batch import Batch, Codes, Index
from lianzhi.text.fold.folding import fold
from lianzhi.text.fold.signs import signs


class Plain(NamedTuple):
    """A batch without its signs."""

    codes: Codes
    """Code points, a separator before each text and one more at the end."""
    place: Index
    """The place of each in the batch."""


def without_signs(batch: Batch) -> Plain:
    """Return a batch without its signs."""
    if fast := compiled.twin("unveil._plain"):
        return Plain(*fast.without(batch.codes, _sign_bytes()))
    place = (~signs()[batch.codes]).nonzero()[0]
    return Plain(batch.codes[place], place)


@cache
def _sign_bytes() -> NDArray[np.uint8]:
    return signs().view(np.uint8)


def plain_text(text: str) -> str:
    """Return one text, folded and without its signs."""
    skip = signs()
    return "".join(char for char in fold(text).text if not skip[ord(char)])
