"""A dictionary 词典: words and their costs, by which Chinese characters are segmented.

The likeliest segmentation is found by dynamic programming, as unigram segmenters do (Sproat et al.,
Computational Linguistics 22, 1996). Costs are whole numbers, so that sums are exact. Source of the
words: `tools/dictionary_table.py`.
"""

from bisect import bisect_left
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lianzhi.text.arrays.archive import load_arrays
from lianzhi.text.arrays.batch import Codes, Index, joined_codes
from lianzhi.text.arrays.memory import in_large_pages

Costs = NDArray[np.int64]
#: Characters of the longest word.
LONGEST = 4
#: Units of cost that make one nat.
PARTS = 64
#: Cost of a character that is no word of its own.
LONE = 20 * PARTS
#: The highest cost of a word of abuse: it is used as often as an ordinary word.
ENTRY = 12 * PARTS
#: Cost of what is impossible.
NEVER = 1 << 30
#: The range of characters that words are made of.
FIRST, LAST = 0x4E00, 0x9FFF
_FIRST, _LAST = chr(FIRST), chr(LAST)


class Words(NamedTuple):
    """The words of a dictionary."""

    key: NDArray[np.uint64]
    """Words as `packed`, in ascending order."""
    cost: NDArray[np.int32]
    """The negative logarithm of the frequency of each, in `PARTS`."""
    first: NDArray[np.int32]
    """By first character, from `FIRST` on, where its words begin; then where the last ones end."""


@cache
def load() -> Words:
    """Load the shipped dictionary."""
    data = load_arrays(__package__, "dictionary")
    key = data["key"]
    beginnings = np.bincount((key >> np.uint64(16 * (LONGEST - 1))).astype(np.int64) - FIRST)
    first = np.zeros(LAST - FIRST + 2, np.int32)
    first[1 : beginnings.size + 1] = beginnings
    return Words(
        in_large_pages(key),
        in_large_pages(data["cost"].astype(np.int32)),
        in_large_pages(first.cumsum(dtype=np.int32)),
    )


@cache
def _plain() -> tuple[list[int], list[int]]:
    """Return `key` and `first` as plain lists: an array is slower for one word."""
    words = load()
    return words.key.tolist(), words.first.tolist()


def is_word(text: str) -> bool:
    """Return whether the dictionary has a word."""
    return cost_of(text) < NEVER


def cost_of(text: str) -> int:
    """Return the cost of a word; `NEVER` where the dictionary lacks it."""
    size = len(text)
    if not 0 < size <= LONGEST or not _FIRST <= text[0] <= _LAST or text[-1] < _FIRST:
        return NEVER
    # As `packed`; a character of more than sixteen bits makes a longer number than any word is.
    key = int.from_bytes(text.encode("utf-16-be", "surrogatepass")) << 16 * (LONGEST - size)
    keys, first = _plain()
    head = ord(text[0]) - FIRST
    begin, end = first[head], first[head + 1]
    at = bisect_left(keys, key, begin, end)
    return int(load().cost[at]) if at < end and keys[at] == key else NEVER


def costs_of(words_: Sequence[str]) -> Costs:
    """Return the cost of each of many non-empty words; ten times as fast as one by one."""
    codes, size = joined_codes(words_)
    out = np.full(size.size, NEVER)
    han = np.logical_and.reduceat((codes >= FIRST) & (codes <= LAST), np.cumsum(size) - size)
    fit = (size <= LONGEST) & han
    chars = np.zeros((np.count_nonzero(fit), LONGEST), np.uint64)
    chars[np.arange(LONGEST) < size[fit, None]] = codes[np.repeat(fit, size)]
    words, key = load(), packed(chars)
    at = np.minimum(words.key.searchsorted(key), words.key.size - 1)
    out[fit] = np.where(words.key[at] == key, words.cost[at], NEVER)
    return out


def packed(codes: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return words of up to `LONGEST` characters as numbers that sort as their characters do.

    `codes` has shape [..., characters], 0 for padding.
    """
    shift = 16 * np.arange(LONGEST - 1, LONGEST - 1 - codes.shape[-1], -1).astype(np.uint64)
    out: NDArray[np.uint64] = np.bitwise_or.reduce(codes << shift, axis=-1)
    return out


def around(codes: Codes, start: Index, end: Index, reach: int, longest: int) -> NDArray[np.uint64]:
    """The characters in ranges [start, end) of a batch, of up to `longest` characters, and up to
    `reach` on either side: shape [stretches, reach + longest + reach]. It is 0 from where it is no
    Chinese character on, or too far away."""
    place = start[:, None] + np.arange(-reach, reach + longest)
    inside = (place >= 0) & (place < np.minimum(end + reach, codes.size)[:, None])
    out = np.where(inside, codes[np.where(inside, place, 0)], 0).astype(np.uint64)
    there = (out >= FIRST) & (out <= LAST)
    left = np.logical_and.accumulate(there[:, reach - 1 :: -1], axis=1)[:, ::-1]
    right = np.logical_and.accumulate(there[:, reach:], axis=1)
    out[~np.concatenate((left, right), axis=1)] = 0
    return out


def costs(grams: NDArray[np.uint64], words: Words) -> Costs:
    """Return the cost of the word of each size that begins at each place.

    Shape [stretches, columns, LONGEST], by size less one. `grams` has shape [stretches, columns];
    padding is 0 and costs nothing.
    """
    padded = np.pad(grams, ((0, 0), (0, LONGEST - 1)))
    every = np.lib.stride_tricks.sliding_window_view(padded, LONGEST, axis=1)
    out = np.empty((*grams.shape, LONGEST), np.int64)
    for size in range(1, LONGEST + 1):
        key = packed(every[..., :size])
        at = np.minimum(words.key.searchsorted(key), words.key.size - 1)
        known = (words.key[at] == key) & (every[..., size - 1] > 0)
        out[..., size - 1] = np.where(known, words.cost[at].astype(np.int64), NEVER)
    out[..., 0] = np.where(grams > 0, np.minimum(out[..., 0], LONE), 0)
    return out


def cheapest(costs: Costs) -> Costs:
    """Return the cost of the likeliest segmentation of each stretch, given `costs`: [stretches]."""
    intervals, columns = costs.shape[:2]
    best = np.full((intervals, columns + 1), NEVER)
    best[:, 0] = 0
    for end in range(1, columns + 1):
        for begin in range(max(0, end - LONGEST), end):
            step = best[:, begin] + costs[:, begin, end - begin - 1]
            best[:, end] = np.minimum(best[:, end], step)
    out: Costs = best[:, -1]
    return out
