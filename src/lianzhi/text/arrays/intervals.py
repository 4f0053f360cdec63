"""Stretches [start, end) of a batch, and the texts that they lie in."""

import numpy as np
from numpy.typing import NDArray

from lianzhi.text.arrays.batch import Index

Mask = NDArray[np.bool_]


def texts_of(text: Index, texts: int) -> Mask:
    """Return for each of `texts` texts whether its number is among `text`."""
    out = np.zeros(texts, bool)
    out[text] = True
    return out


def inside(start: Index, end: Index, starts: Index, ends: Index) -> Mask:
    """Return which stretches [start, end) lie inside one of the stretches [starts, ends).

    That is: of the others that begin no later, one ends no earlier.
    """
    if not starts.size:
        return np.zeros(start.size, bool)
    order = np.argsort(starts)
    reach = np.concatenate(([-1], np.maximum.accumulate(ends[order])))
    within: Mask = reach[starts[order].searchsorted(start, "right")] >= end
    return within
