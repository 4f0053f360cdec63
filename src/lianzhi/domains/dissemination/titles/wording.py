"""Wording: a text folded for comparison, with offsets kept, and what stands where in it."""

import re
from functools import cache
from itertools import pairwise
from typing import NamedTuple

from lianzhi.text.fold.folding import fold_char

#: What parts clauses of a title.
CLAUSE_END = re.compile(r"[\s,，。;；:：!！?？|丨｜·…—【】()（）\[\]]+")

#: Signs by which a number is another one.
_WITHIN_NUMBER = re.compile(r"(?<=\d)[,:：·](?=\d)|(?<=\d)\s(?=\d)")


class _Table(dict[int, str]):
    def __missing__(self, code: int) -> str:
        folded = fold_char(chr(code))
        self[code] = folded if len(folded) == 1 else chr(code)
        return self[code]


_TABLE = _Table()


def folded(text: str) -> str:
    """The text in simplified characters, half width, lower case; offsets keep their places."""
    return text.translate(_TABLE)


def clauses(text: str) -> list[tuple[int, int]]:
    """Ranges of the clauses of a title, without what parts them."""
    out, start = [], 0
    for gap in CLAUSE_END.finditer(text):
        if gap.start() > start:
            out.append((start, gap.start()))
        start = gap.end()
    if start < len(text):
        out.append((start, len(text)))
    return out


def same_signs_aside(title: str, other: str) -> bool:
    """Whether titles are alike but for what parts clauses; signs within numbers count."""
    return _bare(title) == _bare(other)


def only_cut(reprint: str, source: str) -> bool:
    """Whether a title is whole clauses of another, in their order, and nothing else."""
    left = iter(_bare(source[start:end]) for start, end in clauses(source))
    return all(_bare(reprint[start:end]) in left for start, end in clauses(reprint))


def _bare(title: str) -> str:
    return CLAUSE_END.sub("", _WITHIN_NUMBER.sub(_kept, folded(title)))


def _kept(sign: re.Match[str]) -> str:
    return f"<{ord(sign.group())}>"


class Block(NamedTuple):
    """A stretch that both texts have: where in the reprint, and where in the source."""

    start: int
    end: int
    at: int


def blocks(reprint: str, source: str) -> list[Block]:
    """Stretches of the reprint, of two characters or more, that the source has too, in order."""
    out, i, after = [], 0, 0
    size, other = len(reprint), len(source)
    while i < size - 1:
        at = source.find(reprint[i : i + 2], after)
        if at < 0:
            at = source.find(reprint[i : i + 2])
        if at < 0:
            i += 1
            continue
        j = 2
        while i + j < size and at + j < other and reprint[i + j] == source[at + j]:
            j += 1
        out.append(Block(i, i + j, at))
        i, after = i + j, at + j
    return out


class Slot(NamedTuple):
    """A place where the reprint has other words than the source between the same neighbours."""

    start: int
    end: int
    source_start: int
    source_end: int
    sides: int
    """2: the same words stand before and after; 1: on one side, up to the clause's edge."""


def slots(reprint: str, source: str, shared: list[Block]) -> list[Slot]:
    """Places where words were exchanged, dropped or put in; either side may be empty."""
    out = []
    here, there = clauses(reprint), clauses(source)
    for before, after in pairwise(shared):
        start = before.at + before.end - before.start
        if start <= after.at:
            out.append(Slot(before.end, after.start, start, after.at, 2))
        else:
            out += _edges(before, after, here, there)
    if shared:
        first, last = shared[0], shared[-1]
        out += _edges(None, first, here, there)
        out += _edges(last, None, here, there)
    return out


def _edges(
    before: Block | None,
    after: Block | None,
    here: list[tuple[int, int]],
    there: list[tuple[int, int]],
) -> list[Slot]:
    out = []
    if before is not None:
        at = before.at + before.end - before.start
        end, source_end = _clause_end(here, before.end), _clause_end(there, at)
        if after is not None:
            end = min(end, after.start)
        if end > before.end and source_end > at:
            out.append(Slot(before.end, end, at, source_end, 1))
    if after is not None:
        start, source_start = _clause_start(here, after.start), _clause_start(there, after.at)
        if before is not None:
            start = max(start, before.end)
        if start < after.start and source_start < after.at:
            out.append(Slot(start, after.start, source_start, after.at, 1))
    return out


def _clause_end(ranges: list[tuple[int, int]], place: int) -> int:
    return next((end for start, end in ranges if start <= place <= end), place)


def _clause_start(ranges: list[tuple[int, int]], place: int) -> int:
    return next((start for start, end in ranges if start <= place <= end), place)


@cache
def is_han(char: str) -> bool:
    """Whether a character is Chinese."""
    return "一" <= char <= "鿿"
