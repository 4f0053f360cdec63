"""Views: one text as several strings of equal length, so that one matcher reads them all.

A token is a Chinese character, a syllable in Latin letters, or any other character with a meaning;
separators (spaces, stars, dots) are left out, while marks that end a clause stay. Each view has one
code point for a token:

- `surface`: the character, folded (`fold/folding.py`);
- `syllable`: its reading without the tone, the same for 傻, 煞, `sha` and `shǎ`;
- `initial`: the first letter of that reading;
- `shape`: one for all characters that look alike.

A character without a reading or look-alike stands for itself. Linear in the text.
"""

import re
import tomllib
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lianzhi.text.arrays.batch import SEPARATOR
from lianzhi.text.fold.folding import fold
from lianzhi.text.fold.signs import HAN, clause_marks, signs
from lianzhi.text.unveil import channel
from lianzhi.text.unveil.channel import CODES

#: Syllable n is this code point plus n: private use, which nobody writes.
SYLLABLE = 0xF0000
#: Letters and possible tone digits; syllables, with a tone digit or without.
_RUN = re.compile(r"[a-z][a-z1-5]*")
_LATIN = re.compile(r"[a-z]+(?:[1-5][a-z]+)*[1-5]?")
_LETTERS = re.compile(r"([a-z]+)([1-5]?)")


class Views(NamedTuple):
    """One text; token i is `[starts[i], ends[i])` of the original."""

    surface: str
    syllable: str
    initial: str
    shape: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def span(self, first: int, last: int) -> tuple[int, int]:
        """The original's [start, end) behind the tokens [first, last), at least one.

        >>> views("你这 s\\u200bha*逼").span(2, 4)
        (3, 9)
        """
        return self.starts[first], self.ends[last - 1]


class _Token(NamedTuple):
    surface: str
    syllable: str
    initial: str
    shape: str
    first: int
    """Place of its first character among those kept."""
    last: int
    """Place of its last."""


class _Tables(NamedTuple):
    read: NDArray[np.uint16]
    """For each code point the number of its most usual syllable, from 1 on; 0 for none."""
    syllables: tuple[str, ...]
    """By number; the first is none."""
    number: dict[str, int]
    separates: NDArray[np.bool_]
    """For each code point whether it is a separator."""
    shapes: dict[str, str]


@cache
def _tables() -> _Tables:
    known = channel.load()
    read = np.zeros(SEPARATOR + 1, np.uint16)
    read[HAN[0].start : CODES] = known.read[HAN[0].start :, 0]
    named = {number: name for name, number in reversed(known.syllables.items())}
    syllables = ("", *(named[place] for place in range(1, len(named) + 1)))
    written = files(__package__) / "shapes.toml"
    classes = tomllib.loads(written.read_text(encoding="utf-8"))["alike"]
    shapes = {char: alike[0] for alike in classes for char in alike}
    return _Tables(read, syllables, known.syllables, signs() & ~clause_marks(), shapes)


def syllable_of(token: str) -> str:
    """Return the letters of a code point of the view `syllable`, or itself if it is another."""
    number = ord(token) - SYLLABLE
    known = _tables().syllables
    return known[number] if 0 < number < len(known) else token


def views(text: str) -> Views:
    """Return the views of a text. Any string will do."""
    folded, tables = fold(text), _tables()
    kept = [i for i, char in enumerate(folded.text) if not tables.separates[ord(char)]]
    plain = "".join(folded.text[i] for i in kept)
    near = [i > 0 and kept[i] == kept[i - 1] + 1 for i in range(len(kept))]
    tokens = list(_tokens(plain, near))
    return Views(
        "".join(token.surface for token in tokens),
        "".join(token.syllable for token in tokens),
        "".join(token.initial for token in tokens),
        "".join(token.shape for token in tokens),
        tuple(int(folded.offsets[kept[token.first]]) for token in tokens),
        tuple(int(folded.offsets[kept[token.last]]) + 1 for token in tokens),
    )


def _tokens(plain: str, near: Sequence[bool]) -> Iterator[_Token]:
    """Yield the tokens of the kept characters; `near[i]`: none was left out before character i."""
    done = 0
    for run in _RUN.finditer(plain):
        yield from _characters(plain, done, run.start())
        yield from _latin(plain, _words(run.start(), run.end(), near))
        done = run.end()
    yield from _characters(plain, done, len(plain))


def _characters(plain: str, start: int, end: int) -> Iterator[_Token]:
    return (_character(plain, i) for i in range(start, end))


def _words(start: int, end: int, near: Sequence[bool]) -> list[tuple[int, int]]:
    """Return the words of a run of letters and tones: split where something was left out."""
    cuts = [start, *(i for i in range(start + 1, end) if not near[i]), end]
    return list(pairwise(cuts))


def _character(plain: str, place: int) -> _Token:
    char, tables = plain[place], _tables()
    shape = tables.shapes.get(char, char)
    number = int(tables.read[ord(char)])
    if not number:
        return _Token(char, char, char, shape, place, place)
    syllable = chr(SYLLABLE + number)
    return _Token(char, syllable, tables.syllables[number][0], shape, place, place)


def _latin(plain: str, words: Sequence[tuple[int, int]]) -> Iterator[_Token]:
    """Yield the tokens of words in Latin letters: syllables, or else characters.

    Words that are no syllables are tried together with their neighbours (s h a b i).
    """
    syllables = [_syllables(plain, *word) for word in words]
    at = 0
    while at < len(words):
        last = at + 1
        if not syllables[at]:
            while last < len(words) and not syllables[last]:
                last += 1
            start, end = words[at][0], words[last - 1][1]
            yield from _syllables(plain, start, end) or _characters(plain, start, end)
        else:
            yield from syllables[at]
        at = last


def _syllables(plain: str, start: int, end: int) -> list[_Token]:
    """Return the syllables of a stretch with their tone digits; empty unless all is syllables."""
    tokens: list[_Token] = []
    if not _LATIN.fullmatch(plain, start, end):
        return []
    for part in _LETTERS.finditer(plain, start, end):
        syllables, place = segment(part[1]), part.start()
        if not syllables:
            return []
        for syllable in syllables:
            code = chr(SYLLABLE + _tables().number[syllable])
            tokens.append(_Token(code, code, syllable[0], code, place, place + len(syllable) - 1))
            place += len(syllable)
        tokens[-1] = tokens[-1]._replace(last=part.end() - 1)
    return tokens


def segment(letters: str) -> tuple[str, ...]:
    """Return letters as the fewest syllables, the longer first where that leaves a choice.

    Empty where they are no syllables, or a single letter.

    >>> segment("woshishabi")
    ('wo', 'shi', 'sha', 'bi')
    """
    number = _tables().number
    best: list[tuple[int, int]] = [(0, 0)]  # for each end: how many syllables, length of the last
    for end in range(1, len(letters) + 1):
        choices = [
            (best[end - size][0] + 1, size)
            for size in range(1, min(end, 6) + 1)
            if best[end - size][0] < _NEVER and letters[end - size : end] in number
        ]
        best.append(min(choices, default=(_NEVER, 0)))
    if len(letters) < 2 or best[-1][0] >= _NEVER:
        return ()
    segments, end = [], len(letters)
    while end:
        size = best[end][1]
        segments.append(letters[end - size : end])
        end -= size
    return tuple(reversed(segments))


_NEVER = 1 << 30
