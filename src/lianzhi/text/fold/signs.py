"""Spaces, signs and Chinese characters by code point, and the signs that hide a word."""

import re
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lianzhi.text.arrays.archive import load_arrays
from lianzhi.text.arrays.batch import SEPARATOR, Codes, Index

#: Blocks of Chinese characters.
HAN = (range(0x3400, 0x4DC0), range(0x4E00, 0xA000), range(0x20000, 0x2FA20))
#: The most signs that somebody puts between two characters of a word.
LONGEST_GAP = 3
#: Skin tones and the selector of keycaps carry no meaning that could stand for a word.
_MODIFIERS = (*range(0x1F3FB, 0x1F400), 0x20E3)
#: Brackets divide words, but may stand inside one.
_BRACKETS = "()[]{}<>【】《》〈〉「」『』"


class SignClasses(NamedTuple):
    """For each code point whether it is in a class."""

    any: NDArray[np.bool_]
    """Spaces and signs."""
    inside: NDArray[np.bool_]
    """Signs that end or divide no clause."""
    word: NDArray[np.bool_]
    """Letters, digits and Chinese characters."""
    han: NDArray[np.bool_]


@cache
def sign_classes() -> SignClasses:
    """Load the classes that folding asks for."""
    data = load_arrays(__package__, "fold")
    classes = {name: np.zeros(SEPARATOR + 1, bool) for name in SignClasses._fields}
    classes["any"][data["signs"]] = True
    classes["inside"][data["inside"]] = True
    for block in HAN:
        classes["han"][block.start : block.stop] = True
    classes["han"][data["signs"]] = False  # strokes that are no characters
    classes["word"][data["word"]] = True
    classes["word"] |= classes["han"]
    return SignClasses(**classes)


def hiding_signs(codes: Codes) -> Index:
    """Return the places of the signs that only divide a Chinese word (傻*逼, 傻 逼).

    A sign that ends or divides no clause divides no word between two Chinese characters; any other
    sign, space, line end or stroke only where the characters on both sides stand alone
    (我 真 的 好 烦).
    """
    table = sign_classes()
    sign: NDArray[np.bool_] = table.any.take(codes.astype(np.intp), mode="wrap")
    bounds = np.flatnonzero(sign[1:] != sign[:-1]) + 1
    bounds = bounds[int(sign[:1].any()) :]  # a sign at either end divides nothing
    start, end = bounds[:-1:2], bounds[1::2]
    before, after = codes[start - 1], codes[end]
    size = end - start
    inner = (size <= LONGEST_GAP) & table.han[before] & table.han[after]
    start, end, size = start[inner], end[inner], size[inner]
    if not start.size:
        return np.zeros(0, np.int64)
    soft = np.ones(start.size, bool)
    for place in range(LONGEST_GAP):
        soft &= table.inside[codes[np.minimum(start + place, end - 1)]]
    alone = (start < 2) | ~table.word[codes[start - 2]]
    alone &= (end + 1 >= codes.size) | ~table.word[codes[np.minimum(end + 1, codes.size - 1)]]
    chosen = soft | alone
    start, size = start[chosen], size[chosen]
    if not start.size:
        return np.zeros(0, np.int64)
    first = np.concatenate(([0], np.cumsum(size)[:-1]))
    places: Index = np.arange(size.sum()) + np.repeat(start - first, size)
    return places


@cache
def may_hide() -> re.Pattern[str]:
    """An expression for what may hold hiding signs: far cheaper for one text than the arrays."""
    table = sign_classes()
    signs, inside = (
        "".join(re.escape(chr(code)) for code in np.flatnonzero(signs).tolist())
        for signs in (table.any, table.inside)
    )
    ends = np.flatnonzero(np.diff(table.han, prepend=False)).reshape(-1, 2)
    han = "".join(f"{chr(first)}-{chr(after - 1)}" for first, after in ends.tolist())
    gap, beside = f"{{1,{LONGEST_GAP}}}", f"[{han}a-z0-9]"
    return re.compile(
        f"[{han}][{inside}]{gap}[{han}]|(?<!{beside})[{han}][{signs}]{gap}[{han}](?!{beside})"
    )


def is_han(char: str) -> bool:
    """Whether a character is a Chinese one."""
    return any(ord(char) in block for block in HAN)


@cache
def signs() -> NDArray[np.bool_]:
    """For each code point whether it is a space or sign; strokes, parts of characters, are none."""
    out = np.zeros(SEPARATOR + 1, bool)
    out[load_arrays(__package__, "fold")["signs"]] = True
    for block in HAN:
        out[block.start : block.stop] = False
    out[[*_MODIFIERS, *map(ord, _BRACKETS + "“”‘’")]] = True
    return out


@cache
def clause_marks() -> NDArray[np.bool_]:
    """For each code point whether it ends or divides a clause, quotes, or ends a line."""
    out = signs().copy()
    out[load_arrays(__package__, "fold")["inside"]] = False
    out[[ord(" "), *_MODIFIERS, *map(ord, _BRACKETS)]] = False
    return out
