"""Soft patterns: short convolutions over characters, each counted at its best match.

A pattern gives every known character points at each of its places, adds them up wherever it may
stand in a text, and keeps the largest sum, if above nothing; the text's score is the sum of those
by the patterns' factors. That is a convolution over embedded characters with its largest value
kept (Kim, EMNLP 2014), written out as tables. Unlike n-grams, patterns know that characters are
alike. Points are small integers, so that a text scores the same alone and in a batch.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from lianzhi.text.arrays import compiled
from lianzhi.text.arrays.archive import load_arrays
from lianzhi.text.arrays.batch import SEPARATOR, Batch, Codes, Index
from lianzhi.text.arrays.memory import in_large_pages
from lianzhi.text.model.ngrams import crossing

Floats = NDArray[np.float64]

#: Texts whose sums are computed at once: few enough for the processor's cache.
_BLOCK = 128


@dataclass(frozen=True, slots=True)
class Patterns:
    """Fitted patterns. The logit is the sum of points times factors, times `unit`, plus `bias`."""

    row: NDArray[np.uint16]
    """Each code point's row in `points`; 0 for all that are unknown."""
    points: NDArray[np.int16]
    """Shape [width, rows, patterns]; a pattern is two characters wide or more."""
    offset: NDArray[np.int16]
    """Points of a pattern wherever it stands; shape [patterns]."""
    factor: NDArray[np.int64]
    unit: float
    bias: float

    def logit(self, batch: Batch, chosen: Index | None = None) -> Floats:
        """Return the logit of each text, or of those in `chosen`: shape [texts].

        The separators around a text are part of it.
        """
        if chosen is None:
            chosen = np.arange(batch.starts.size - 1)
        if fast := compiled.twin("model._sums"):
            total = fast.patterns(*batch, chosen, self.row, self.points, self.offset, self.factor)
        else:
            batch, texts = batch.select(chosen), chosen.size
            blocks = [batch.starts[i : i + _BLOCK + 1] for i in range(0, texts, _BLOCK)]
            parts = [self._best(batch.codes, starts) @ self.factor for starts in blocks]
            total = np.concatenate(parts) if parts else np.zeros(0)
        out: Floats = total * self.unit + self.bias
        return out

    def _best(self, codes: Codes, starts: Index) -> NDArray[np.int16]:
        """Return the largest sum of each pattern in each text of a block, at least 0."""
        width, _, patterns = self.points.shape
        rows = self.row[codes[starts[0] : starts[-1] + 1]]
        starts = starts - starts[0]
        size = max(rows.size - width + 1, 0)
        # The last text may be shorter than a pattern.
        sums = np.zeros((rows.size, patterns), np.int16)
        best = sums[:size]
        for place, points in enumerate(self.points):
            best += points.take(rows[place : place + size], axis=0)
        best += self.offset
        best[crossing(starts, width, size)] = 0
        return np.maximum(np.maximum.reduceat(sums, starts[:-1]), 0)


def rows_of(codes: NDArray[np.int64]) -> NDArray[np.uint16]:
    """Number the known characters from 1 on, over all code points."""
    row = np.zeros(SEPARATOR + 1, np.uint16)
    row[codes] = np.arange(1, codes.size + 1)
    return row


@cache
def load() -> Patterns:
    """Load the shipped patterns."""
    data = load_arrays(__package__, "patterns")
    return Patterns(
        row=in_large_pages(rows_of(data["codes"])),
        points=in_large_pages(data["points"].astype(np.int16)),
        offset=data["offset"],
        factor=data["factor"].astype(np.int64),
        unit=float(data["unit"]),
        bias=float(data["bias"]),
    )
