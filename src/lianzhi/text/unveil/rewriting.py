"""Rewriting: the texts that hide something, as they are meant, and the way back."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lianzhi.text.arrays.batch import SEPARATOR, Batch, as_codes
from lianzhi.text.unveil.restoration import Restored

Index = NDArray[np.int64]


class Rewritten(NamedTuple):
    """Some texts of a batch as they are meant."""

    batch: Batch
    texts: Index
    """Which texts of the batch they are."""
    begin: Index
    """For each code point the stretch [begin, end) of the batch that it stands for."""
    end: Index
    restored: Index
    """For each code point the row of `Restored` that it is from; -1 if it was written."""


def rewrite(batch: Batch, restored: Restored) -> Rewritten:
    """Return the texts of a batch in which something was restored, with it put in."""
    texts = np.unique(restored.text)
    part = batch.select(texts)
    shift = (batch.starts[texts] - part.starts[:-1])[texts.searchsorted(restored.text)]
    start, end = restored.start - shift, restored.end - shift
    edges = np.zeros(part.codes.size + 1, np.int64)
    edges[start] += 1
    edges[end] -= 1
    kept = (np.cumsum(edges[:-1]) == 0).nonzero()[0]
    size = np.array([len(form) for form in restored.form], np.int64)
    row = np.repeat(np.arange(size.size), size)
    within = np.arange(row.size) - np.repeat(np.cumsum(size) - size, size)
    forms = as_codes("".join(restored.form))
    most = int(size.max(initial=0)) + 1
    order = np.argsort(np.concatenate((kept * most, start[row] * most + within)), kind="stable")
    codes = np.concatenate((part.codes[kept], forms))[order]
    starts = (codes == SEPARATOR).nonzero()[0]
    back = np.append(batch.starts[texts], batch.starts[texts[-1:] + 1]) - part.starts
    moved = back[part.starts.searchsorted(kept, "right") - 1]
    return Rewritten(
        Batch(codes, starts),
        texts,
        np.concatenate((kept + moved, restored.start[row]))[order],
        np.concatenate((kept + moved + 1, restored.end[row]))[order],
        np.concatenate((np.full(kept.size, -1), row))[order],
    )
