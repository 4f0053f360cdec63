"""Bottom-k sketches of the shingles of texts (Broder, 1997; Cohen and Kaplan, 2007).

A shingle is `SHINGLE` letters, digits or Chinese characters in a row, hashed to 64 bits. The least
`SIZE` hashes of a text are a sample of its shingles, the same in every text that has them, so that
overlap and containment are estimated from two sketches alone.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lianzhi.text.fold.signs import sign_classes

Hashes = NDArray[np.uint64]
Index = NDArray[np.int64]
Shares = NDArray[np.float64]
SHINGLE = 5
SIZE = 128
#: Hash of no shingle: fills the sketches of short texts.
EMPTY = np.uint64(0xFFFFFFFFFFFFFFFF)
_BATCH = 2048
_FACTORS = np.array(
    [0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0xD6E8FEB86659FD93,
     0xA0761D6478BD642F],
    np.uint64,
)  # fmt: skip


class Sketches(NamedTuple):
    """Sketches of texts, one row each, and how many shingles each text has."""

    least: Hashes
    """Shape [texts, SIZE], ascending, filled with `EMPTY`."""
    shingles: NDArray[np.int64]


def sketch(texts: Sequence[str]) -> Sketches:
    """The sketches of texts; memory beside the result is that of some thousand texts."""
    least = np.full((len(texts), SIZE), EMPTY, np.uint64)
    counts = np.zeros(len(texts), np.int64)
    for start in range(0, len(texts), _BATCH):
        batch = texts[start : start + _BATCH]
        for row, hashes in enumerate(shingle_hashes(batch), start):
            counts[row] = hashes.size
            least[row, : min(hashes.size, SIZE)] = hashes[:SIZE]
    return Sketches(least, counts)


def shingle_hashes(texts: Sequence[str]) -> Iterator[Hashes]:
    """The distinct hashes of each text's shingles, ascending."""
    joined = "\n".join(texts) + "\n"
    codes = np.frombuffer(joined.encode("utf-32-le", "replace"), np.uint32)
    ends = np.cumsum([len(text) + 1 for text in texts])
    owner = np.repeat(np.arange(len(texts)), np.diff(ends, prepend=0))
    word = sign_classes().word[codes]
    codes, owner = codes[word].astype(np.uint64), owner[word]
    windows = codes.size - SHINGLE + 1
    if windows < 1:
        yield from (np.empty(0, np.uint64) for _ in texts)
        return
    hashes = np.zeros(windows, np.uint64)
    for place, factor in enumerate(_FACTORS):
        hashes += (codes[place : place + windows] + np.uint64(0x51ED)) * factor
    hashes ^= hashes >> np.uint64(31)
    hashes *= np.uint64(0xBF58476D1CE4E5B9)
    hashes ^= hashes >> np.uint64(29)
    whole = owner[:windows] == owner[SHINGLE - 1 :]
    hashes, owner = hashes[whole], owner[:windows][whole]
    bounds = np.searchsorted(owner, np.arange(len(texts) + 1)).tolist()
    for first, last in pairwise(bounds):
        yield _distinct(np.sort(hashes[first:last]))


def _distinct(ordered: Hashes) -> Hashes:
    if not ordered.size:
        return ordered
    return ordered[np.r_[True, ordered[1:] != ordered[:-1]]]


def estimated(sketches: Sketches, first: Index, second: Index) -> tuple[Shares, Shares]:
    """Share of each first text's shingles that the second has, and the other way, for many pairs.

    From the sketches alone: the standard error is under .05; exact where both texts are shorter
    than a sketch.
    """
    merged = np.concatenate((sketches.least[first], sketches.least[second]), axis=1)
    merged.sort(axis=1)
    again = np.zeros(merged.shape, bool)
    again[:, 1:] = merged[:, 1:] == merged[:, :-1]
    counted = ((~again).cumsum(axis=1) <= SIZE) & (merged != EMPTY)
    union = (counted & ~again).sum(axis=1)
    jaccard = (counted & again).sum(axis=1) / np.maximum(union, 1)
    sizes = sketches.shingles[first], sketches.shingles[second]
    common = jaccard / (1 + jaccard) * (sizes[0] + sizes[1])
    of_first, of_second = (np.minimum(common / np.maximum(size, 1), 1.0) for size in sizes)
    return of_first, of_second


def exact(text: str, other: str) -> tuple[float, float]:
    """As `estimated`, from all shingles of two texts."""
    own, theirs = shingle_hashes([text, other])
    if not own.size or not theirs.size:
        return 0.0, 0.0
    common = own.size + theirs.size - _distinct(np.sort(np.concatenate((own, theirs)))).size
    return common / own.size, common / theirs.size
