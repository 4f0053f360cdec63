"""Attacks by sound: other characters that sound the same or nearly so, pinyin, first letters.

Readings are pypinyin's (MIT), in the context of the stretch. Replacements are common characters:
the first level of GB 2312, the most frequent in pypinyin's list of phrases first.
"""

import re
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cache
from itertools import chain
from pathlib import Path
from random import Random

from pypinyin import Style, lazy_pinyin
from pypinyin.phrases_dict import phrases_dict

from bench.cloak.edits import Choice, Edit, likely
from bench.cloak.halves import Half, in_half

HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff]+")
_TABLE = Path(__file__).with_name("sounds.toml")
#: Longest initials that a reader still guesses.
_LONGEST = 6
#: How many of the most common characters of a syllable are in use.
_MOST = 12


def readings(text: str, style: Style) -> list[str]:
    """The reading of each character in its context; empty where there is none."""
    return lazy_pinyin(
        text,
        style=style,
        errors=lambda others: [""] * len(others),  # one for each, as the others have
        neutral_tone_with_five=style == Style.TONE3,
    )


@cache
def _common() -> tuple[str, ...]:
    """The 3,755 characters of the first level of GB 2312, the most common first."""
    count = Counter(chain.from_iterable(phrases_dict))
    cells = (bytes([row, cell]) for row in range(0xB0, 0xD8) for cell in range(0xA1, 0xFF))
    level = [pair.decode("gb2312") for pair in cells if pair <= b"\xd7\xf9"]
    return tuple(sorted(level, key=lambda char: (-count[char], char)))


@cache
def _sounding() -> dict[str, list[str]]:
    """Common characters by syllable, with its tone and without, the most common first."""
    found = defaultdict(list)
    for char in _common():
        toned = readings(char, Style.TONE3)[0]
        found[toned].append(char)
        found[toned[:-1]].append(char)
    return found


def same_sound(char: str, toned: str) -> list[str]:
    """Common characters of the syllable, those of the same tone first, without `char`."""
    sounding = _sounding()
    found = [*sounding.get(toned, [])[:_MOST], *sounding.get(toned[:-1], [])[:_MOST]]
    return [other for other in dict.fromkeys(found) if other != char]


@cache
def _confusions() -> dict[str, tuple[str, ...]]:
    """Syllables without tone that each syllable is taken for."""
    table = tomllib.loads(_TABLE.read_text("utf-8"))
    swaps = [
        *((one, other, True) for one, other in table["initials"]),
        *((other, one, True) for one, other in table["initials"]),
        *((one, other, False) for one, other in table["finals"]),
        *((other, one, False) for one, other in table["finals"]),
    ]
    syllables = {key for key in _sounding() if key and not key[-1].isdigit()}
    return {syllable: tuple(_swapped(syllable, swaps, syllables)) for syllable in syllables}


def _swapped(
    syllable: str, swaps: list[tuple[str, str, bool]], syllables: set[str]
) -> Iterator[str]:
    parts = re.fullmatch(r"([zcs]h|[bpmfdtnlgkhjqxrzcsyw]?)(.*)", syllable)
    initial, final = parts.groups() if parts else ("", syllable)
    for old, new, first in swaps:
        if first and initial == old and new + final in syllables:
            yield new + final
        if not first and final == old and initial + new in syllables:
            yield initial + new


@cache
def _digits() -> dict[str, list[str]]:
    found = defaultdict(list)
    for digit, chars in tomllib.loads(_TABLE.read_text("utf-8"))["digits"].items():
        for char in chars:
            found[char].append(digit)
    return found


def homophones(stretch: str, half: Half) -> list[list[Choice]]:
    """Other characters of the same syllable, of the same tone where possible."""
    toned = _toned(stretch)
    return [
        [Choice(1, new) for new in in_half(char, same_sound(char, sound), half)] if sound else []
        for char, sound in zip(stretch, toned, strict=True)
    ]


def near_homophones(stretch: str, half: Half) -> list[list[Choice]]:
    """Characters of a syllable that is taken for this one, and digits."""
    return [
        [Choice(1, new) for new in in_half(char, _near(char, sound), half)] if sound else []
        for char, sound in zip(stretch, _toned(stretch), strict=True)
    ]


def _near(char: str, toned: str) -> list[str]:
    syllables = _confusions().get(toned[:-1], ())
    ranks = zip(*(_sounding()[near][:_MOST] for near in syllables), strict=False)
    return [*_digits().get(char, []), *chain.from_iterable(ranks)]


def _toned(stretch: str) -> list[str]:
    """The reading of each code point, its tone as a digit; empty where it is no Han character."""
    found = [""] * len(stretch)
    for run in HAN.finditer(stretch):
        found[run.start() : run.end()] = readings(run[0], Style.TONE3)
    return found


def pinyin(stretch: str, half: Half, rng: Random) -> list[Edit]:
    """Each run of Han characters spelled out, in one of several manners."""
    edits = []
    for run in HAN.finditer(stretch):
        fits = in_half(run[0], spellings(run[0]), half)
        if fits:
            edits.append(Edit(run.start(), run.end(), likely(fits, rng)))
    return edits


def spellings(run: str) -> list[str]:
    """Manners of spelling a run, the most usual first: plain, spaced, with tones, in capitals."""
    plain = readings(run, Style.NORMAL)
    toned = readings(run, Style.TONE3)
    if not all(plain):
        return []
    marked = readings(run, Style.TONE)
    digits = [sound.rstrip("5") for sound in toned]
    return [
        "".join(plain),
        " ".join(plain),
        "".join(digits),
        "".join(marked),
        "".join(plain).capitalize(),
        " ".join(marked),
        " ".join(digits),
        "".join(plain).upper(),
        "".join(sound.capitalize() for sound in plain),
        "-".join(plain),
        "'".join(plain),
    ]


def initials(stretch: str, half: Half, rng: Random) -> list[Edit]:
    """The first letters of each run of two characters or more; of a piece where it is long."""
    edits = []
    for run in HAN.finditer(stretch):
        length = len(run[0])
        if length < 2:
            continue
        size = length if length <= _LONGEST else rng.randint(2, 4)
        start = run.start() + rng.randint(0, length - size)
        source = stretch[start : start + size]
        fits = in_half(source, shortened(source), half)
        if fits:
            edits.append(Edit(start, start + size, likely(fits, rng)))
    return edits


def letter(stretch: str, half: Half, rng: Random) -> list[Edit]:
    """One character of each run of two or more by the first letter of its reading."""
    edits = []
    for run in HAN.finditer(stretch):
        sounds = readings(run[0], Style.NORMAL)
        letters = zip(run[0], (sound[:1] for sound in sounds), strict=True)
        fits = [
            Edit(run.start() + at, run.start() + at + 1, new)
            for at, (char, new) in enumerate(letters)
            if new and in_half(char, [new], half)
        ]
        if len(run[0]) > 1 and fits:
            edits.append(rng.choice(fits))
    return edits


def shortened(run: str) -> list[str]:
    """Manners of writing first letters, the most usual first."""
    letters = [sound[:1] for sound in readings(run, Style.NORMAL)]
    if not all(letters):
        return []
    small = "".join(letters)
    return [
        small,
        small.upper(),
        small.capitalize(),
        " ".join(letters),
        ".".join(letters),
        " ".join(letters).upper(),
        ".".join(letters).upper(),
        "-".join(letters),
    ]
