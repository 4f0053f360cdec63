"""Hashed character n-grams of a whole batch by integer arithmetic (the hashing trick).

Weinberger et al., "Feature Hashing for Large Scale Multitask Learning", ICML 2009. Training and
inference share this module, so that a weight means the same in both.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from lianzhi.text.arrays import compiled
from lianzhi.text.arrays.batch import Batch, Codes, Index

#: Odd multipliers; the golden ratio first (Knuth, TAOCP 6.4), then large primes.
SEED = np.uint32(0x9E3779B1)
MIX = np.uint32(0x85EBCA77)


def ngram_slots(batch: Batch, longest: int, bits: int) -> Iterator[tuple[Codes, Index]]:
    """Yield, for n = 1..longest, each n-gram's slot and the places whose n-gram does not count.

    A text's n-grams begin at its leading separator, which like the one after it may be part of
    them: that is how beginnings and ends are known. An n-gram that reaches into the next text does
    not count. Slots lie in [0, 2**bits) and are indexed by where the n-gram begins.
    """
    codes, starts = batch
    hashed = codes * SEED
    shift = np.uint32(32 - bits)
    for n in range(1, longest + 1):
        if n > 1:
            hashed = hashed[:-1] ^ codes[n - 1 :]
            hashed *= MIX
        yield hashed >> shift, crossing(starts, n, hashed.size)


def ngram_means(batch: Batch, weights: NDArray[np.int8], longest: int) -> NDArray[np.float64]:
    """Return the sum of the weights of each text's n-grams over the root of their number.

    Shape [texts, models].

    `weights` has shape [2**bits, models]. A text has the same alone and in a batch, since sums are
    of integers.
    """
    if fast := compiled.twin("model._sums"):
        means: NDArray[np.float64] = fast.ngrams(*batch, weights, longest)
        return means
    if batch.starts.size < 2:
        return np.zeros((0, weights.shape[1]))
    bits = weights.shape[0].bit_length() - 1
    sums = np.zeros((batch.codes.size, weights.shape[1]), np.int32)
    for slots, crossing in ngram_slots(batch, longest, bits):
        weighted = weights.take(slots, axis=0, mode="wrap")  # in range already; skips the check
        weighted[crossing] = 0
        sums[: slots.size] += weighted
    total = np.add.reduceat(sums, batch.starts[:-1], dtype=np.int64)
    return total / np.sqrt(ngram_counts(batch, longest))[:, None]


def ngram_counts(batch: Batch, longest: int) -> NDArray[np.float64]:
    """Return the number of n-grams of each text, at least 1 (`ngram_slots` says what counts)."""
    size = np.diff(batch.starts) - 1
    longer = np.arange(2, longest + 1)
    more = np.maximum(size[:, None] + 3.0 - longer, 0.0).sum(1)
    counts: NDArray[np.float64] = np.maximum(size + more, 1.0)
    return counts


def crossing(starts: Index, n: int, size: int) -> Index:
    """Return where n-grams begin that hold a separator inside; for n = 1, the separators."""
    if n == 1:
        return starts
    inner = (starts[1:-1, None] - np.arange(1, n - 1)).ravel()
    return inner[(inner >= 0) & (inner < size)]


def slot_counts(batch: Batch, longest: int, bits: int) -> Iterator[NDArray[np.int64]]:
    """Yield the slots of each text, repeats included: slow, for training and tests."""
    codes, starts = batch
    columns = []
    for slots, crossing in ngram_slots(batch, longest, bits):
        column = np.full(codes.size, -1, np.int64)
        column[: slots.size] = slots
        column[crossing] = -1
        columns.append(column)
    for begin, end in zip(starts[:-1].tolist(), starts[1:].tolist(), strict=True):
        mine = np.concatenate([column[begin:end] for column in columns])
        yield mine[mine >= 0]
