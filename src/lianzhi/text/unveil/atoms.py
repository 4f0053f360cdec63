"""Atoms: for stretches of a plain batch, the characters that each may have been written for.

An atom leads from one node to another. Nodes are the places of the batch; what stands for several
characters at once, an emoji read as a word, has nodes of its own in between.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lianzhi.text.folding import SEPARATOR
from lianzhi.text.unveil.channel import CODES, EMOJI, LONE, NEAR, PINYIN, SOUND, Channel
from lianzhi.text.unveil.plain import Plain
from lianzhi.text.unveil.suspicion import Suspects, pictured
from lianzhi.text.unveil.vocabulary import Vocabulary

Index = NDArray[np.int64]
#: What is written as it is meant.
SAME = -1
#: Letters in one run that are looked at.
RUN = 60
_LATIN = re.compile(r"[a-z][a-z1-5]*")
#: Beside these a letter is part of something else: 2b, 5g, b2.
_DIGITS = frozenset("0123456789")
#: Ornaments in a row that are skipped, at most.
SKIPPED = 4
#: Pictures in one run that may stand for words, and pictures of one text; more decorate. What one
#: may stand for takes a hundred times as long to follow as a character.
PICTURE_RUN, PICTURES = 20, 1000
#: Code points of an emoji, at most.
_SIGNS = 4
#: Nodes of a stretch's own are numbered from here until they are given their place.
_OWN = 1 << 40


class Atoms(NamedTuple):
    """One row each."""

    start: Index
    """Node that it leads from ..."""
    end: Index
    """... and to."""
    char: Index
    """The character, as the vocabulary numbers it."""
    way: Index
    """How it is written: an index into `WAYS`, or `SAME`."""
    extra: NDArray[np.float32]
    """What that costs beyond the way's cost."""

    def where(self, which: Index) -> "Atoms":
        """Some of them."""
        return Atoms._make(column[which] for column in self)


_Row = tuple[int, int, int, int, float]


def _atoms(rows: Sequence[_Row]) -> Atoms:
    start, end, char, way, extra = zip(*rows, strict=True) if rows else ((),) * 5
    return Atoms(
        np.array(start, np.int64),
        np.array(end, np.int64),
        np.array(char, np.int64),
        np.array(way, np.int64),
        np.array(extra, np.float32),
    )


def suspected(some: Suspects) -> Atoms:
    """What stretches are suspected to stand for."""
    return Atoms(some.start, some.end, some.char, some.way, some.extra)


def same(codes: NDArray[np.uint32], at: Index, words: Vocabulary) -> Atoms:
    """What stands at these places, as it stands."""
    char = words.numbers(codes[at])
    known = np.flatnonzero(char)
    at, char = at[known], char[known]
    return Atoms(at, at + 1, char, np.full(at.size, SAME), np.zeros(at.size, np.float32))


def sounding(
    codes: NDArray[np.uint32], at: Index, words: Vocabulary, channel: Channel
) -> Iterator[Atoms]:
    """What sounds like the characters at these places, or nearly so."""
    read = channel.read[np.where(codes[at] < CODES, codes[at], 0)]
    own = words.numbers(codes[at])
    chars, syllables = words.sounds.columns
    for syllable in read.T:
        said = np.flatnonzero(syllable)
        asked, found = words.sounds.of(channel.near[syllable[said]].astype(np.int64))
        row, char = said[asked], chars[found]
        other = char != own[row]
        row, char, found = row[other], char[other], found[other]
        way = np.where(syllables[found] == syllable[row], SOUND, NEAR)
        yield Atoms(at[row], at[row] + 1, char, way, np.zeros(row.size, np.float32))


def stretches(
    plain: Plain, text: str, at: Index, words: Vocabulary, channel: Channel
) -> list[Atoms]:
    """What letters and emoji at these places of a plain batch may stand for."""
    pictures = at[pictured(plain.codes[at], channel)]
    ends, many = _ends(plain, pictures), _too_many(plain, pictures)
    costs = channel.costs
    found: list[Atoms] = []
    nodes = len(text) + 1
    done = 0
    for place in at.tolist():
        char = text[place]
        if "a" <= char <= "z":
            if place >= done and (run := _LATIN.match(text, place)):
                done = run.end()
                found.append(_moved(words.kept(_latin, run[0][:RUN], channel), place))
                if len(run[0]) == 1 and not {text[place - 1], text[done]} & _DIGITS:
                    found.append(_moved(words.kept(_begun_by, run[0], channel), place))
            continue
        if place in many:
            continue
        for size in range(_SIGNS, 0, -1):
            if (sign := text[place : place + size]) in channel.emoji:
                # Who repeats a picture decorates.
                if sign not in (text[place - size : place], text[place + size : place + 2 * size]):
                    made = _moved(words.kept(_pictured, sign, channel), place, nodes)
                    if place in ends:
                        usual = costs.ornament * (sign[0] in channel.ornaments)
                        apart = (made.way == EMOJI) * np.float32(costs.apart + usual)
                        made = made._replace(extra=made.extra + apart)
                    found.append(made)
                    nodes += made.start.size
                break
    return found


def drawn(plain: Plain, text: str, at: Index, words: Vocabulary, channel: Channel) -> Atoms:
    """What emoji at these places may stand for, by the node that it leads from."""
    parts = stretches(plain, text, at, words, channel)
    return joined(parts) if parts else _atoms(())


def ornaments(plain: Plain, text: str, at: Index, channel: Channel) -> list[int]:
    """Those of some places with ornaments that part no word, if they say nothing.

    Beside a sign, or at an end of the text, they part words.
    """
    at = at[pictured(plain.codes[at], channel)]
    ends = _ends(plain, at)
    inner = (place for place in at.tolist() if place not in ends)
    return [place for place in inner if text[place] in channel.ornaments]


def _ends(plain: Plain, pictures: Index) -> set[int]:
    """Those of all pictures whose run touches a sign or an end of its text: there they decorate."""
    if not pictures.size:
        return set()
    beside = pictures[:, None] + [-1, 0, 1]
    touched = (np.diff(plain.place[beside]) > 1).any(1)
    touched |= (plain.codes[beside] == SEPARATOR).any(1)
    run = _runs(pictures)
    return set(pictures[(np.bincount(run, touched) > 0)[run]].tolist())


def _too_many(plain: Plain, pictures: Index) -> set[int]:
    """Those of all pictures that are in too long a run, or too many for their text."""
    if pictures.size <= PICTURE_RUN:
        return set()
    run = _runs(pictures)
    short = np.bincount(run)[run] <= PICTURE_RUN
    text = np.cumsum(plain.codes == SEPARATOR)[pictures[short]]
    rank = np.arange(text.size) - text.searchsorted(text)
    return {*pictures[~short].tolist(), *pictures[short][rank >= PICTURES].tolist()}


def _runs(pictures: Index) -> Index:
    """In which run each of all pictures is."""
    return np.cumsum(np.diff(pictures, prepend=pictures[:1]) > 1)


def _moved(atoms: Atoms, place: int, nodes: int = 0) -> Atoms:
    """Atoms of a stretch that begins at a place, its own nodes from `nodes` on."""
    start, end = atoms.start, atoms.end
    return atoms._replace(
        start=np.where(start < _OWN, start + place, start - _OWN + nodes),
        end=np.where(end < _OWN, end + place, end - _OWN + nodes),
    )


def _latin(run: str, words: Vocabulary, channel: Channel) -> Atoms:
    """Syllables, a digit for the tone after them, wherever they stand in a run of letters."""
    rows: list[_Row] = []
    for begin in range(len(run)):
        for end in range(begin + 1, min(begin + 6, len(run)) + 1):
            number = channel.syllables.get(run[begin:end])
            if number is not None:
                toned = end + (end < len(run) and run[end].isdigit())
                rows += [
                    (begin, toned, char, PINYIN, 0.0) for char in _said(number, words, channel)
                ]
    return _atoms(rows)


def _begun_by(letter: str, words: Vocabulary, channel: Channel) -> Atoms:
    """Characters whose syllable begins with a letter that stands alone (狗r的)."""
    _, found = words.begun_by.of(np.array([ord(letter) - ord("a")]))
    chars: list[int] = words.begun_by.columns[0][found].tolist()
    return _atoms([(0, 1, char, LONE, 0.0) for char in chars])


def _said(syllable: int, words: Vocabulary, channel: Channel) -> list[int]:
    """Characters of the vocabulary with this very syllable."""
    _, found = words.sounds.of(np.array([channel.near[syllable]], np.int64))
    chars, syllables = words.sounds.columns
    said: list[int] = chars[found][syllables[found] == syllable].tolist()
    return said


def _pictured(sign: str, words: Vocabulary, channel: Channel) -> Atoms:
    """Words that an emoji stands for, and what sounds like those of one character."""
    costs, own = channel.costs, _OWN
    rows: list[_Row] = []
    alone: dict[int, float] = {}
    for word, rank in channel.emoji[sign]:
        extra = rank * costs.keyword
        chars = [int(words.number[ord(char)]) for char in word]
        if len(word) > 1 and all(chars):
            steps = [0, *range(own, own + len(word) - 1), len(sign)]
            own += len(word) - 1
            for place, one in enumerate(chars):
                way, price = (SAME, 0.0) if place else (EMOJI, extra)
                rows.append((steps[place], steps[place + 1], one, way, price))
        for char in word:
            part = extra + (len(word) > 1) * costs.part
            mine = int(words.number[ord(char)])
            said = {
                one
                for s in channel.read[ord(char)].tolist()
                if s
                for one in _said(s, words, channel)
            }
            for one in {mine, *said} - {0}:
                price = part + (one != mine) * costs.pun
                alone[one] = min(price, alone.get(one, price))
    rows += [(0, len(sign), char, EMOJI, price) for char, price in sorted(alone.items())]
    return _atoms(rows)


def joined(parts: list[Atoms]) -> Atoms:
    """All atoms by the node they lead from."""
    whole = Atoms._make(map(np.concatenate, zip(*parts, strict=True)))
    return whole.where(np.argsort(whole.start, kind="stable"))


def skipping(atoms: Atoms, plain: Plain, text: str, at: Index, channel: Channel) -> Atoms:
    """Atoms as they come from `joined`, and again from before ornaments that say nothing.

    So many in a row at most are skipped: who decorates more parts the word.
    """
    over = set(ornaments(plain, text, at, channel))
    found = [atoms]
    for place in sorted(over):
        beyond = np.float32(0)
        for last in range(place, place + SKIPPED):
            if last not in over:
                break
            beyond += np.float32(channel.costs.skipped)
            some = atoms.where(np.arange(*np.searchsorted(atoms.start, [last + 1, last + 2])))
            some = some.where(np.flatnonzero(some.way != LONE))
            found.append(
                some._replace(
                    start=np.full(some.start.size, place),
                    way=np.where(some.way == SAME, EMOJI, some.way),
                    extra=some.extra + beyond,
                )
            )
    return joined(found) if over else atoms
