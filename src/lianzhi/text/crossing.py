"""Crossing 跨词: what looks like an entry is the end of one word and the beginning of the next.

Nothing parts the words of 流沙比较细, and 沙比 stands in it as it does in 你这沙比. So what an
entry of harm stands for is weighed against what the characters around it are likelier to be: words
of a dictionary, as often as that has seen them, one of which goes on beyond the entry or has begun
before it. The likeliest way to part a stretch is found by dynamic programming over all of them (as
unigram segmenters do: Sproat et al., Computational Linguistics 22, 1996). Costs are whole numbers,
so that sums are exact. Where the words come from: `tools/crossing_table.py`.
"""

from bisect import bisect_left
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lianzhi.text import compiled
from lianzhi.text.arrays import arrays
from lianzhi.text.folding import Codes, Index
from lianzhi.text.settling import settled

Mask = NDArray[np.bool_]
Costs = NDArray[np.int64]
#: Characters of the longest word, or entry, and characters on either side that are looked at.
LONGEST, REACH = 4, 5
#: Costs are natural logarithms in so many parts.
PARTS = 64
#: A character that is no word of its own costs this, and an entry at most that: who abuses uses it
#: as often as an ordinary word.
LONE, ENTRY = 20 * PARTS, 12 * PARTS
#: By how much likelier, in nats, others have to be.
MARGIN = 4 * PARTS
#: What can't be.
NEVER = 1 << 40
#: The Chinese characters that words are made of.
FIRST, LAST = 0x4E00, 0x9FFF


class Words(NamedTuple):
    """A dictionary."""

    key: NDArray[np.uint64]
    """Words as `packed`, in order."""
    cost: NDArray[np.int32]
    """Of each the negative logarithm of how often it occurs, in `PARTS`."""


@cache
def load() -> Words:
    """The shipped dictionary."""
    data = arrays("crossing")
    return Words(settled(data["key"]), settled(data["cost"].astype(np.int32)))


@cache
def _keys() -> list[int]:
    keys: list[int] = load().key.tolist()
    return keys


def is_word(text: str) -> bool:
    """Whether the dictionary has a word."""
    if len(text) > LONGEST or text[-1:] in ("", "\0"):  # packing would lose a zero at the end
        return False
    key = int.from_bytes(text.encode("utf-16-le", "surrogatepass"), "little")  # as `packed`
    at = bisect_left(_keys(), key)
    return at < len(_keys()) and _keys()[at] == key


def packed(codes: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Words of up to `LONGEST` characters as one number each; shape [..., characters], a character
    that is not there 0."""
    shift = 16 * np.arange(codes.shape[-1], dtype=np.uint64)
    out: NDArray[np.uint64] = np.bitwise_or.reduce(codes << shift, axis=-1)
    return out


def crossing(codes: Codes, start: Index, end: Index) -> Mask:
    """Which stretches [start, end) of a batch are parted otherwise; of two to `LONGEST` Chinese
    characters each, since others never are."""
    words = load()
    if fast := compiled.part("crossing"):
        found: Mask = fast.crossing(codes, start, end, *words)
        return found
    around = _around(codes, start, end)
    size = np.clip(end - start, 2, LONGEST)
    there = around[:, REACH : REACH + LONGEST] > 0
    fit = (size == end - start) & (there | (np.arange(LONGEST) >= size[:, None])).all(axis=1)
    costs = _costs(around, words)
    own = np.minimum(costs[np.arange(size.size), REACH, size - 1], ENTRY)
    out: Mask = fit & _crossed(costs, size, own)
    return out


def _around(codes: Codes, start: Index, end: Index) -> NDArray[np.uint64]:
    """What stands in and around stretches: shape [stretches, 2 * REACH + LONGEST]; 0 from where it
    is no Chinese character on, or too far away."""
    column = np.arange(-REACH, REACH + LONGEST)
    place = start[:, None] + column
    inside = (place >= 0) & (place < np.minimum(end + REACH, codes.size)[:, None])
    out = np.where(inside, codes[np.where(inside, place, 0)], 0).astype(np.uint64)
    han = (out >= FIRST) & (out <= LAST)
    left = np.logical_and.accumulate(han[:, REACH - 1 :: -1], axis=1)[:, ::-1]
    right = np.logical_and.accumulate(han[:, REACH:], axis=1)
    out[~np.concatenate((left, right), axis=1)] = 0
    return out


def _costs(around: NDArray[np.uint64], words: Words) -> Costs:
    """What words cost by where they begin and how many characters they have, less one: shape
    [stretches, columns, LONGEST]."""
    padded = np.pad(around, ((0, 0), (0, LONGEST - 1)))
    every = np.lib.stride_tricks.sliding_window_view(padded, LONGEST, axis=1)
    out = np.empty((*around.shape, LONGEST), np.int64)
    for size in range(1, LONGEST + 1):
        key = packed(every[..., :size])
        at = np.minimum(words.key.searchsorted(key), words.key.size - 1)
        known = (words.key[at] == key) & (every[..., size - 1] > 0)
        out[..., size - 1] = np.where(known, words.cost[at].astype(np.int64), NEVER)
    out[..., 0] = np.where(around > 0, np.minimum(out[..., 0], LONE), 0)
    return out


def _crossed(costs: Costs, size: Index, own: Costs) -> Mask:
    """Whether a way in which a word crosses an edge of its stretch costs less than the cheapest in
    which the stretch is a word, by more than `MARGIN`."""
    stretches, columns = costs.shape[:2]
    last = REACH + size
    plain, crossed, kept = (np.full((stretches, columns + 1), NEVER) for _ in range(3))
    plain[:, 0] = 0
    for end in range(1, columns + 1):
        entry = end == last
        kept[entry, end] = plain[entry, REACH] + own[entry]
        for begin in range(max(0, end - LONGEST), end):
            cost = costs[:, begin, end - begin - 1]
            over = (begin < REACH < end) & (end < last)
            over |= (begin > REACH) & (begin < last) & (last < end)
            step = plain[:, begin] + cost
            plain[:, end] = np.minimum(plain[:, end], np.where(over, NEVER, step))
            crossed[:, end] = np.minimum(crossed[:, end], np.where(over, step, NEVER))
            for ways in (crossed, kept):
                ways[:, end] = np.minimum(ways[:, end], ways[:, begin] + cost)
    out: Mask = kept[:, -1] - crossed[:, -1] > MARGIN
    return out
