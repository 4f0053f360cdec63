"""Shingles for comparing texts: pairs of adjacent characters.

Letters, digits and Chinese characters count, folded; any number is one sign, links are dropped.
Broder, "On the resemblance and containment of documents", 1997.
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
#: Texts folded per batch.
_PORTION = 50_000
_MIX, _MORE = np.uint32(0x9E3779B1), np.uint32(0x85EBCA77)


class Shingled(NamedTuple):
    """Different texts, sorted, and their shingles."""

    bare: tuple[str, ...]
    """The compared characters of each text."""
    of: Ints
    """Index of the text for each given text."""
    hashes: Hashes
    """The shingles of all texts one after another, each once and sorted within its text."""
    starts: Ints
    """Start of each text's shingles in `hashes`, and the end of the last."""


def bare(texts: Sequence[str]) -> list[str]:
    """The compared characters of texts, in linear time."""
    out: list[str] = []
    for first in range(0, len(texts), _PORTION):
        part = texts[first : first + _PORTION]
        # Few texts contain a link, and the substring test is cheaper than the pattern.
        stripped = [_LINK.sub("", text) if "://" in text else text for text in part]
        whole = _NUMBER.sub("0", _SAYS_NOTHING.sub("", fold_batch(stripped).text()))
        out += whole.split(_EDGE)[1:-1]
    return out


def shingled(texts: Sequence[str]) -> Shingled:
    """Shingles of texts; a text of fewer than two characters has none."""
    stripped = bare(texts)
    known = sorted(set(stripped))
    place = {text: number for number, text in enumerate(known)}
    of = np.fromiter((place[text] for text in stripped), np.int64, len(stripped))
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


def weights(shingled: Shingled, target: Ints) -> NDArray[np.float32]:
    """Weight of each shingle in `hashes`: the rarer among targets, the higher.

    `target` numbers what each given text is about, from 0. A shingle found on every target is a
    stock phrase and weighs next to nothing; with a single target all weigh the same.
    """
    if not shingled.hashes.size:
        return np.zeros(0, np.float32)
    number = np.searchsorted(_different(shingled.hashes), shingled.hashes)
    targets = int(target.max()) + 1
    pairs = _different(shingled.of * targets + target)  # each text once per target
    text, about = pairs // targets, pairs % targets
    size = (shingled.starts[1:] - shingled.starts[:-1])[text]
    row = np.repeat(np.arange(text.size), size)
    place = (
        np.arange(row.size) - np.repeat(np.cumsum(size) - size, size) + shingled.starts[text][row]
    )
    seen = _different(number[place] * targets + about[row]) // targets
    on = np.bincount(seen, minlength=int(number.max()) + 1)
    out: NDArray[np.float32] = np.log((1 + targets) / on)[number].astype(np.float32)
    return out


def _different(values: NDArray[T]) -> NDArray[T]:
    """The distinct values, sorted; faster than hashing for many large numbers."""
    ordered = np.sort(values)
    return ordered[np.append(True, ordered[1:] != ordered[:-1])] if ordered.size else ordered
