"""Personal pronouns: who speaks in a text, and whom it may speak to or of."""

import numpy as np
from numpy.typing import NDArray

from lianzhi.text.arrays.batch import Batch

#: First person, and second and third person, singular.
SELF, OTHERS = "我俺", "你您他她"


def without_others(batch: Batch) -> NDArray[np.bool_]:
    """Return which texts of a batch have no pronoun of the second or third person."""
    others = np.zeros(batch.codes.size, bool)
    for other in OTHERS:
        others |= batch.codes == ord(other)
    places = np.flatnonzero(others)
    out = np.ones(batch.starts.size - 1, bool)
    out[batch.starts.searchsorted(places, "right") - 1] = False
    return out
