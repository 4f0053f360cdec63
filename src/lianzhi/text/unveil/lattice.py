"""A lattice: for stretches of a plain batch, the characters that each may have been written for.

An arc leads from one node to another. Nodes are the places of the batch; what stands for several
characters at once, an emoji read as a word, has nodes of its own in between.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lianzhi.text.arrays.batch import SEPARATOR
from lianzhi.text.unveil.channel import CODES, EMOJI, LONE, NEAR, PINYIN, SOUND, Channel
from lianzhi.text.unveil.plain import Plain
from lianzhi.text.unveil.suspicion import Suspects, is_emoji
from lianzhi.text.unveil.vocabulary import Vocabulary

Index = NDArray[np.int64]
#: The way of what is written as meant.
SAME = -1
#: The most letters of one run that are read.
RUN = 60
_LATIN = re.compile(r"[a-z][a-z1-5]*")
#: A letter beside a digit is part of something else: 2b, 5g, b2.
_DIGITS = frozenset("0123456789")
#: The most ornaments in a row that are skipped.
SKIPPED = 4
#: The most emoji in one run, and in one text, that may stand for words; more decorate. An emoji
#: takes a hundred times as long to follow as a character.
PICTURE_RUN, PICTURES = 20, 60
#: The most code points of an emoji.
_SIGNS = 4
#: Inner nodes of a stretch are numbered from here until they are given their place.
_OWN = 1 << 40


class Arcs(NamedTuple):
    """Arcs of a lattice, one row each."""

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

    def where(self, which: Index) -> "Arcs":
        """Return some of the arcs."""
        return Arcs._make(column[which] for column in self)


_Row = tuple[int, int, int, int, float]


def _arcs(rows: Sequence[_Row]) -> Arcs:
    start, end, char, way, extra = zip(*rows, strict=True) if rows else ((),) * 5
    return Arcs(
        np.array(start, np.int64),
        np.array(end, np.int64),
        np.array(char, np.int64),
        np.array(way, np.int64),
        np.array(extra, np.float32),
    )


def suspect_arcs(suspects: Suspects) -> Arcs:
    """Return the arcs of suspects."""
    return Arcs(suspects.start, suspects.end, suspects.char, suspects.way, suspects.extra)


def literal_arcs(codes: NDArray[np.uint32], at: Index, words: Vocabulary) -> Arcs:
    """Return the arcs of the characters at these places as they are written."""
    char = words.numbers(codes[at])
    known = np.flatnonzero(char)
    at, char = at[known], char[known]
    return Arcs(at, at + 1, char, np.full(at.size, SAME), np.zeros(at.size, np.float32))


def sound_arcs(
    codes: NDArray[np.uint32], at: Index, words: Vocabulary, channel: Channel
) -> Iterator[Arcs]:
    """Yield the arcs of what sounds like the characters at these places, or nearly so."""
    read = channel.read[np.where(codes[at] < CODES, codes[at], 0)]
    own = words.numbers(codes[at])
    chars, syllables = words.sounds.columns
    for syllable in read.T:
        sounding = np.flatnonzero(syllable)
        rows, matches = words.sounds.of(channel.near[syllable[sounding]].astype(np.int64))
        row, char = sounding[rows], chars[matches]
        other = char != own[row]
        row, char, matches = row[other], char[other], matches[other]
        way = np.where(syllables[matches] == syllable[row], SOUND, NEAR)
        yield Arcs(at[row], at[row] + 1, char, way, np.zeros(row.size, np.float32))


def stretch_arcs(
    plain: Plain, text: str, at: Index, words: Vocabulary, channel: Channel
) -> list[Arcs]:
    """Return the arcs of letters and emoji at these places of a plain batch."""
    pictures = at[is_emoji(plain.codes[at], channel)]
    ends, many = _ends(plain, pictures), _too_many(plain, pictures)
    costs = channel.costs
    parts: list[Arcs] = []
    nodes = len(text) + 1
    done = 0
    for place in at.tolist():
        char = text[place]
        if "a" <= char <= "z":
            if place >= done and (run := _LATIN.match(text, place)):
                done = run.end()
                parts.append(_moved(words.kept(_latin, run[0][:RUN], channel), place))
                if len(run[0]) == 1 and not {text[place - 1], text[done]} & _DIGITS:
                    parts.append(_moved(words.kept(_begun_by, run[0], channel), place))
            continue
        if place in many:
            continue
        for size in range(_SIGNS, 0, -1):
            if (sign := text[place : place + size]) in channel.emoji:
                # A repeated emoji decorates.
                if sign not in (text[place - size : place], text[place + size : place + 2 * size]):
                    arcs = _moved(words.kept(_pictured, sign, channel), place, nodes)
                    if place in ends:
                        usual = costs.ornament * (sign[0] in channel.ornaments)
                        apart = (arcs.way == EMOJI) * np.float32(costs.apart + usual)
                        arcs = arcs._replace(extra=arcs.extra + apart)
                    parts.append(arcs)
                    nodes += arcs.start.size
                break
    return parts


def emoji_arcs(plain: Plain, text: str, at: Index, words: Vocabulary, channel: Channel) -> Arcs:
    """Return the arcs of emoji at these places, by the node that they lead from."""
    parts = stretch_arcs(plain, text, at, words, channel)
    return join_arcs(parts) if parts else _arcs(())


def ornaments(plain: Plain, text: str, at: Index, channel: Channel) -> list[int]:
    """Return the places of ornaments that may stand inside a word without meaning.

    Beside a sign or at an end of the text ornaments divide words.
    """
    at = at[is_emoji(plain.codes[at], channel)]
    ends = _ends(plain, at)
    inner = (place for place in at.tolist() if place not in ends)
    return [place for place in inner if text[place] in channel.ornaments]


def _ends(plain: Plain, pictures: Index) -> set[int]:
    """Return the emoji whose run touches a sign or an end of its text: there they decorate."""
    if not pictures.size:
        return set()
    beside = pictures[:, None] + [-1, 0, 1]
    touched = (np.diff(plain.place[beside]) > 1).any(1)
    touched |= (plain.codes[beside] == SEPARATOR).any(1)
    run = _runs(pictures)
    return set(pictures[(np.bincount(run, touched) > 0)[run]].tolist())


def _too_many(plain: Plain, pictures: Index) -> set[int]:
    """Return the emoji that are in too long a run, or beyond the most of their text."""
    if pictures.size <= PICTURE_RUN:
        return set()
    run = _runs(pictures)
    short = np.bincount(run)[run] <= PICTURE_RUN
    text = np.cumsum(plain.codes == SEPARATOR)[pictures[short]]
    rank = np.arange(text.size) - text.searchsorted(text)
    return {*pictures[~short].tolist(), *pictures[short][rank >= PICTURES].tolist()}


def _runs(pictures: Index) -> Index:
    return np.cumsum(np.diff(pictures, prepend=pictures[:1]) > 1)


def _moved(arcs: Arcs, place: int, nodes: int = 0) -> Arcs:
    """Return the arcs of a stretch moved to a place, its inner nodes numbered from `nodes` on."""
    start, end = arcs.start, arcs.end
    return arcs._replace(
        start=np.where(start < _OWN, start + place, start - _OWN + nodes),
        end=np.where(end < _OWN, end + place, end - _OWN + nodes),
    )


def _latin(run: str, words: Vocabulary, channel: Channel) -> Arcs:
    """Return the arcs of syllables, with a tone digit after them or not, in a run of letters."""
    rows: list[_Row] = []
    for begin in range(len(run)):
        for end in range(begin + 1, min(begin + 6, len(run)) + 1):
            number = channel.syllables.get(run[begin:end])
            if number is not None:
                toned = end + (end < len(run) and run[end].isdigit())
                rows += [
                    (begin, toned, char, PINYIN, 0.0)
                    for char in _with_syllable(number, words, channel)
                ]
    return _arcs(rows)


def _begun_by(letter: str, words: Vocabulary, channel: Channel) -> Arcs:
    """Return the arcs of characters whose syllable begins with a lone letter (狗r的)."""
    _, matches = words.begun_by.of(np.array([ord(letter) - ord("a")]))
    chars: list[int] = words.begun_by.columns[0][matches].tolist()
    return _arcs([(0, 1, char, LONE, 0.0) for char in chars])


def _with_syllable(syllable: int, words: Vocabulary, channel: Channel) -> list[int]:
    _, matches = words.sounds.of(np.array([channel.near[syllable]], np.int64))
    chars, syllables = words.sounds.columns
    matching: list[int] = chars[matches][syllables[matches] == syllable].tolist()
    return matching


def _pictured(sign: str, words: Vocabulary, channel: Channel) -> Arcs:
    """Return the arcs of the words of an emoji, and of homophones of those of one character."""
    costs, own = channel.costs, _OWN
    rows: list[_Row] = []
    alone: dict[int, float] = {}
    for word, rank in channel.emoji[sign]:
        extra = rank * costs.keyword
        chars = [int(words.number[ord(char)]) for char in word]
        if len(word) > 1 and all(chars):
            steps = [0, *range(own, own + len(word) - 1), len(sign)]
            own += len(word) - 1
            for place, place_sign in enumerate(chars):
                way, price = (SAME, 0.0) if place else (EMOJI, extra)
                rows.append((steps[place], steps[place + 1], place_sign, way, price))
        for char in word:
            part = extra + (len(word) > 1) * costs.part
            mine = int(words.number[ord(char)])
            homophones = {
                other
                for s in channel.read[ord(char)].tolist()
                if s
                for other in _with_syllable(s, words, channel)
            }
            for other in {mine, *homophones} - {0}:
                price = part + (other != mine) * costs.pun
                alone[other] = min(price, alone.get(other, price))
    rows += [(0, len(sign), char, EMOJI, price) for char, price in sorted(alone.items())]
    return _arcs(rows)


def join_arcs(parts: list[Arcs]) -> Arcs:
    """Return all arcs, by the node that they lead from."""
    whole = Arcs._make(map(np.concatenate, zip(*parts, strict=True)))
    return whole.where(np.argsort(whole.start, kind="stable"))


def skip_ornaments(arcs: Arcs, plain: Plain, text: str, at: Index, channel: Channel) -> Arcs:
    """Return the arcs of `join_arcs`, and copies of them that begin before ornaments.

    At most `SKIPPED` ornaments in a row are skipped: more divide the word.
    """
    over = set(ornaments(plain, text, at, channel))
    parts = [arcs]
    for place in sorted(over):
        beyond = np.float32(0)
        for last in range(place, place + SKIPPED):
            if last not in over:
                break
            beyond += np.float32(channel.costs.skipped)
            following = arcs.where(np.arange(*np.searchsorted(arcs.start, [last + 1, last + 2])))
            following = following.where(np.flatnonzero(following.way != LONE))
            parts.append(
                following._replace(
                    start=np.full(following.start.size, place),
                    way=np.where(following.way == SAME, EMOJI, following.way),
                    extra=following.extra + beyond,
                )
            )
    return join_arcs(parts) if over else arcs
