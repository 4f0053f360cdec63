"""Shingles: what a text is compared by, pairs of characters that stand side by side.

Of a text its letters, digits and Chinese characters count, folded; a number is one sign whatever it
is, a link none. Broder, "On the resemblance and containment of documents", 1997.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from lianzhi.text.arrays.batch import SEPARATOR
from lianzhi.text.fold.folding import fold_batch

Ints = NDArray[np.int64]
Hashes = NDArray[np.uint32]
T = TypeVar("T", np.int64, np.uint32, np.uint64)
_EDGE = chr(SEPARATOR)
_LINK = re.compile(r"https?://[^\s<>\"'，。！？）】]+", re.IGNORECASE)
_SAYS_NOTHING = re.compile(rf"[^\w{_EDGE}]+|_+")
_NUMBER = re.compile(r"\d+")
#: Texts that are folded side by side.
_PORTION = 50_000
_MIX, _MORE = np.uint32(0x9E3779B1), np.uint32(0x85EBCA77)


class Shingled(NamedTuple):
    """Different texts, sorted, and their shingles."""

    bare: tuple[str, ...]
    """What counts of each."""
    of: Ints
    """Which of them each text that was given is."""
    hashes: Hashes
    """The shingles of one after those of another, each once; sorted in each ..."""
    starts: Ints
    """... and where those of each begin, and the last ones end."""


def bare(texts: Sequence[str]) -> list[str]:
    """What counts of texts. Linear in their length."""
    out: list[str] = []
    for first in range(0, len(texts), _PORTION):
        part = texts[first : first + _PORTION]
        # Few hold a link, and to look for one costs more than to see that there is none.
        some = [_LINK.sub("", text) if "://" in text else text for text in part]
        whole = _NUMBER.sub("0", _SAYS_NOTHING.sub("", fold_batch(some).text()))
        out += whole.split(_EDGE)[1:-1]
    return out


def shingled(texts: Sequence[str]) -> Shingled:
    """Compare texts by their shingles; one of fewer than two characters has none."""
    said = bare(texts)
    known = sorted(set(said))
    place = {text: number for number, text in enumerate(known)}
    of = np.fromiter((place[text] for text in said), np.int64, len(said))
    sizes = np.fromiter(map(len, known), np.int64, len(known))
    codes = np.frombuffer("".join(known).encode("utf-32-le"), np.dtype("<u4"))
    if codes.size < 2:
        return Shingled(
            tuple(known), of, np.zeros(0, np.uint32), np.zeros(len(known) + 1, np.int64)
        )
    pairs = ((codes[:-1] * _MIX) ^ codes[1:]) * _MORE
    row = np.repeat(np.arange(sizes.size, dtype=np.int64), sizes)
    inner = row[:-1] == row[1:]
    key = _different((row[:-1][inner].astype(np.uint64) << np.uint64(32)) | pairs[inner])
    row = (key >> np.uint64(32)).astype(np.int64)
    starts = np.searchsorted(row, np.arange(sizes.size + 1))
    return Shingled(tuple(known), of, key.astype(np.uint32), starts)


def weights(some: Shingled, target: Ints) -> NDArray[np.float32]:
    """What each shingle of `some.hashes` weighs: the rarer, by targets, the more.

    `target` numbers what each given text is about, from 0 on. What is said of every target is a
    stock phrase and weighs next to nothing; where there is one target only, all weigh the same.
    """
    if not some.hashes.size:
        return np.zeros(0, np.float32)
    number = np.searchsorted(_different(some.hashes), some.hashes)
    targets = int(target.max()) + 1
    pairs = _different(some.of * targets + target)  # each text once on each of its targets
    text, about = pairs // targets, pairs % targets
    size = (some.starts[1:] - some.starts[:-1])[text]
    row = np.repeat(np.arange(text.size), size)
    place = np.arange(row.size) - np.repeat(np.cumsum(size) - size, size) + some.starts[text][row]
    seen = _different(number[place] * targets + about[row]) // targets
    on = np.bincount(seen, minlength=int(number.max()) + 1)
    out: NDArray[np.float32] = np.log((1 + targets) / on)[number].astype(np.float32)
    return out


def _different(some: NDArray[T]) -> NDArray[T]:
    """What occurs, sorted; by sorting, which for many large numbers beats hashing."""
    found = np.sort(some)
    return found[np.append(True, found[1:] != found[:-1])] if found.size else found
