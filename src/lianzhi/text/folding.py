"""Folding: bring the spellings of one text to one form, and find the way back to the original.

Width, case, compatibility and traditional forms, combining marks, zero-width characters, bidi
controls and variation selectors go. This equals NFKC, lower case and OpenCC `t2s` by character with
marks then removed. Each code point folds by itself to none, one or several, so a table does it, in
linear time, for a whole batch at once. Then the signs go that only keep the characters of a Chinese
word apart (傻*逼). What could not stand in UTF-8 (lone surrogates) and
non-characters become U+FFFD; line ends of any kind become a newline, other spaces a space.
"""

import re
from codecs import utf_32_le_decode
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lianzhi.text import compiled
from lianzhi.text.rows import spread
from lianzhi.text.settling import settled

Codes = NDArray[np.uint32]
Index = NDArray[np.int64]

#: Stands between the texts of a batch. No folded text holds it.
SEPARATOR = 0x10FFFF


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text; `offsets[i]` is the code point of the original whence its i-th one came.

    `offsets` has one entry more than `text`: the length of the original.
    """

    text: str
    offsets: Sequence[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the original's [start, end) behind the folded, non-empty [start, end).

        >>> fold("傻\\u200b逼").span(0, 2)
        (0, 3)
        """
        return int(self.offsets[start]), int(self.offsets[end - 1]) + 1


class Batch(NamedTuple):
    """Folded texts side by side, each after a separator, and one separator more at the end."""

    codes: Codes
    starts: Index
    """Where the separators stand: one before each text, and the last one."""

    def text(self) -> str:
        """Return the whole batch as one string."""
        return as_text(self.codes)

    def select(self, texts: Index) -> "Batch":
        """Return some of the texts, by their numbers in order (int64), as a batch of their own."""
        if texts.size == self.starts.size - 1:
            return self
        return self.cut(self.starts[texts], self.starts[texts + 1])

    def cut(self, first: Index, last: Index) -> "Batch":
        """Return stretches [first, last), none of them empty, as a batch of their own: what each
        begins with, a separator as a rule, becomes one."""
        if fast := compiled.part("folding"):
            return Batch(*fast.cut(*self, first, last))
        starts = np.concatenate(([0], np.cumsum(last - first)))
        codes = np.append(self.codes[spread(first, last)[1]], self.codes[-1:])
        codes[starts] = SEPARATOR
        return Batch(codes, starts)


class _Table(NamedTuple):
    width: NDArray[np.uint8]
    """How many code points each folds to."""
    first: Codes
    """The first of them."""
    several: dict[int, Codes]
    """All of them, where there are two or more."""


@cache
def _table() -> _Table:
    with (files(__package__) / "fold.npz").open("rb") as file, np.load(file) as data:
        code, widths, folded = data["code"], data["width"], data["folded"]
    ends = np.cumsum(widths, dtype=np.int64)
    width = np.ones(SEPARATOR + 1, np.uint8)
    first = np.arange(SEPARATOR + 1, dtype=np.uint32)
    width[code] = widths
    first[code] = folded[np.minimum(ends - widths, folded.size - 1)]
    several = {
        int(code[i]): folded[ends[i] - widths[i] : ends[i]] for i in np.flatnonzero(widths > 1)
    }
    return _Table(settled(width), settled(first), several)


def as_codes(text: str) -> Codes:
    """The code points of a text, lone surrogates included."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.dtype("<u4"))


def as_text(codes: Codes) -> str:
    """The text of code points."""
    return utf_32_le_decode(codes.astype("<u4", copy=False).tobytes())[0]


def in_order(strings: Sequence[str]) -> tuple[Codes, Index]:
    """The code points of strings, one string after the other, and how many each has."""
    return as_codes("".join(strings)), np.fromiter(map(len, strings), np.int64, len(strings))


def parted(codes: Codes, size: Index) -> list[str]:
    """Strings that lie one after the other, each by itself."""
    whole, end = as_text(codes), np.cumsum(size)
    return [whole[a:b] for a, b in zip((end - size).tolist(), end.tolist(), strict=True)]


def _taken(table: NDArray[Any], codes: Codes) -> NDArray[Any]:
    """What a table says of code points. All of them are in range, so that nothing need be checked,
    which would take four times as long."""
    return table.take(codes.astype(np.intp), mode="wrap")


def _apply(codes: Codes) -> tuple[Codes, NDArray[np.uint8] | None]:
    """Fold code points; also return the widths, None where all are one."""
    table = _table()
    widths, out = _taken(table.width, codes), _taken(table.first, codes)
    odd = np.flatnonzero(widths != 1)
    if not odd.size:
        return out, None
    out = np.repeat(out, widths)
    # Where each odd code point's fold begins: its place, shifted by the odd ones before it.
    shift = np.cumsum(widths[odd].astype(np.int64) - 1)
    for at, moved in zip(odd.tolist(), shift.tolist(), strict=True):
        if (size := int(widths[at])) > 1:
            begin = at + moved - size + 1
            out[begin : begin + size] = table.several[int(codes[at])]
    return out, widths


def fold(text: str) -> Folded:
    """Fold one text. Any string will do; folding twice changes nothing more.

    >>> fold("ＮＭＳＬ").text
    'nmsl'
    """
    codes, widths = _apply(as_codes(text))
    origin: Sequence[int] = range(len(text) + 1)
    if widths is not None:
        origin = [*np.repeat(np.arange(len(text)), widths).tolist(), len(text)]
    folded = as_text(codes)
    if _between().search(folded):
        gaps = _gaps(codes)
        folded = as_text(np.delete(codes, gaps))
        origin = np.delete(np.asarray(origin), gaps).tolist()
    return Folded(folded, origin)


def traced(text: str, codes: Codes) -> Folded:
    """What `fold` makes of a text that is known to fold to these code points: most texts keep their
    places, and these are soon told."""
    if codes.size == len(text) and (_taken(_table().width, as_codes(text)) == 1).all():
        return Folded(as_text(codes), range(len(text) + 1))
    return fold(text)


def fold_char(char: str) -> str:
    """Return what one character folds to, whatever stands beside it.

    >>> fold_char("Ａ")
    'a'
    """
    table, code = _table(), ord(char)
    if table.width[code] > 1:
        return as_text(table.several[code])
    return chr(table.first[code]) if table.width[code] else ""


def fold_batch(texts: Sequence[str]) -> Batch:
    """Fold many texts at once, without offsets."""
    if fast := _folder():
        return Batch(*fast.fold(texts))
    mark = chr(SEPARATOR)
    lengths = np.fromiter(map(len, texts), np.int64, len(texts))
    starts = np.concatenate((np.zeros(1, np.int64), np.cumsum(lengths + 1)))
    codes, widths = _apply(as_codes(f"{mark}{mark.join(texts)}{mark}" if texts else mark))
    if widths is not None:
        odd = np.flatnonzero(widths != 1)
        grown = np.cumsum(widths[odd].astype(np.int64) - 1)
        starts += np.concatenate((np.zeros(1, np.int64), grown))[odd.searchsorted(starts)]
    codes[starts] = SEPARATOR  # the table made them U+FFFD, as it does any a text brings along
    gaps = _gaps(codes)
    if gaps.size:
        starts = starts - gaps.searchsorted(starts)
        codes = np.delete(codes, gaps)
    return Batch(codes, starts)


@cache
def _folder() -> Any:
    """What folds batches where it is compiled."""
    fast = compiled.part("folding")
    return fast and fast.Folder(_table(), _signs())


#: Blocks of Chinese characters.
HAN = (range(0x3400, 0x4DC0), range(0x4E00, 0xA000), range(0x20000, 0x2FA20))
#: As many signs as somebody puts between two characters of a word.
LONGEST_GAP = 3


def _gaps(codes: Codes) -> Index:
    """Places of the signs that only keep the characters of a Chinese word apart (傻*逼, 傻 逼).

    A sign that ends or divides no clause parts no word between two Chinese characters; any other, a
    space, line end or stroke, only where the characters on both sides stand alone (我 真 的 好 烦).
    """
    table = _signs()
    sign: NDArray[np.bool_] = _taken(table.any, codes)
    bounds = np.flatnonzero(sign[1:] != sign[:-1]) + 1
    bounds = bounds[int(sign[:1].any()) :]  # a sign at either end parts nothing
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
    word = table.word
    alone = (start < 2) | ~word[codes[start - 2]]
    alone &= (end + 1 >= codes.size) | ~word[codes[np.minimum(end + 1, codes.size - 1)]]
    chosen = soft | alone
    start, size = start[chosen], size[chosen]
    if not start.size:
        return np.zeros(0, np.int64)
    first = np.concatenate(([0], np.cumsum(size)[:-1]))
    places: Index = np.arange(size.sum()) + np.repeat(start - first, size)
    return places


class _Signs(NamedTuple):
    any: NDArray[np.bool_]
    """Spaces and signs."""
    inside: NDArray[np.bool_]
    """Signs that end or divide no clause."""
    word: NDArray[np.bool_]
    """Letters, digits and Chinese characters."""
    han: NDArray[np.bool_]


@cache
def _between() -> re.Pattern[str]:
    """What may hold a gap: far cheaper for one text than `_gaps`."""
    table = _signs()
    signs, inside = (_class(np.flatnonzero(some).tolist()) for some in (table.any, table.inside))
    ends = np.flatnonzero(np.diff(table.han, prepend=False)).reshape(-1, 2)
    han = "".join(f"{chr(first)}-{chr(after - 1)}" for first, after in ends.tolist())
    gap, beside = f"{{1,{LONGEST_GAP}}}", f"[{han}a-z0-9]"
    return re.compile(
        f"[{han}][{inside}]{gap}[{han}]|(?<!{beside})[{han}][{signs}]{gap}[{han}](?!{beside})"
    )


def _class(codes: list[int]) -> str:
    """Code points as the inside of a character class."""
    return "".join(re.escape(chr(code)) for code in codes)


@cache
def _signs() -> _Signs:
    with (files(__package__) / "fold.npz").open("rb") as file, np.load(file) as data:
        marks = {name: data[name] for name in ("signs", "inside", "word")}
    some = {name: np.zeros(SEPARATOR + 1, bool) for name in ("any", "inside", "word", "han")}
    some["any"][marks["signs"]] = True
    some["inside"][marks["inside"]] = True
    for block in HAN:
        some["han"][block.start : block.stop] = True
    some["han"][marks["signs"]] = False  # strokes that are none
    some["word"][marks["word"]] = True
    some["word"] |= some["han"]
    return _Signs(**some)
