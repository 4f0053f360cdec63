"""Latin letters and digits beside an entry: an abbreviation is no hit inside another word."""

import numpy as np
from numpy.typing import NDArray

from lianzhi.text.arrays.batch import Codes, Index

Mask = NDArray[np.bool_]


def beside_latin(codes: Codes, start: Index, end: Index) -> Mask:
    """Return which stretches are part of a longer Latin run or of a product code.

    Part of a run is what has a Latin letter or digit beside it, a space between or not. Product
    codes: SB-600, SB/T 10016. `codes` is a batch, so that a separator is on either side.
    """
    before, after = codes[start - 1], codes[end]  # a separator, at least, is on either side
    last = codes.size - 1
    first, two = codes[np.minimum(end + 1, last)], codes[np.minimum(end + 2, last)]
    product = ((after == ord("-")) | (after == ord("/"))) & (
        _is_digit(first) | is_latin(first) & ~is_latin(two)
    )
    before = np.where(before == ord(" "), codes[np.maximum(start - 2, 0)], before)
    after = np.where(after == ord(" "), first, after)
    beside: Mask = product | is_latin(before) | is_latin(after)
    return beside


def _is_digit(codes: Codes) -> Mask:
    digit: Mask = (codes >= ord("0")) & (codes <= ord("9"))
    return digit


def is_latin(codes: Codes) -> Mask:
    """Return which folded code points are Latin letters or digits."""
    return _is_digit(codes) | ((codes >= ord("a")) & (codes <= ord("z")))
