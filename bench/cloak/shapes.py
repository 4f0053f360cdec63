"""Attacks by shape: characters split into their parts (拆字), and characters that look alike."""

import tomllib
import unicodedata
from collections import defaultdict
from functools import cache
from itertools import chain, islice, product
from pathlib import Path

from opencc import OpenCC

from bench.cloak.edits import Choice
from bench.cloak.halves import Half, in_half

_HERE = Path(__file__).parent
#: How many ways of typing the parts of one character are in use.
_MOST = 12
#: Blocks of forms that NFKC makes one: enclosed, radicals, compatibility, full width, mathematical.
_BLOCKS = (
    (0x2460, 0x24FF),
    (0x2E80, 0x2FDF),
    (0x3200, 0x33FF),
    (0xF900, 0xFAFF),
    (0xFF01, 0xFF5E),
    (0x1D400, 0x1D7FF),
    (0x1F110, 0x1F16F),
    (0x1F200, 0x1F251),
)


@cache
def parts() -> dict[str, tuple[str, ...]]:
    """For each character the ways of typing its parts, as they stand in the table first."""
    table = tomllib.loads((_HERE / "parts.toml").read_text("utf-8"))
    typed = table["typed"]
    found = {}
    for word in table["split"].split():
        ways = map("".join, product(*(typed.get(part, [part]) for part in word[1:])))
        found[word[0]] = tuple(islice((way for way in ways if word[0] not in way), _MOST))
    return found


def splits(stretch: str, half: Half) -> list[list[Choice]]:
    """The parts of a character side by side."""
    return [
        [Choice(1, new) for new in in_half(char, parts().get(char, ()), half)] for char in stretch
    ]


@cache
def _alike() -> dict[str, list[str]]:
    """What stands for each character: by hand, then the forms that NFKC folds."""
    table = tomllib.loads((_HERE / "alike.toml").read_text("utf-8"))
    found: defaultdict[str, list[str]] = defaultdict(list)
    for group in table["groups"].split():
        for char in group:
            found[char] += [other for other in group if other != char]
    for char, news in table["shape"].items():
        found[char] += news
    for code in chain.from_iterable(range(first, last + 1) for first, last in _BLOCKS):
        plain = unicodedata.normalize("NFKC", chr(code)).strip("()〔〕")
        if len(plain) == 1 and plain != chr(code):
            found[plain].append(chr(code))
    return found


@cache
def _converters() -> tuple[OpenCC, ...]:
    return tuple(OpenCC(name) for name in ("s2t", "s2hk", "s2tw", "t2jp"))


@cache
def alike(char: str) -> tuple[str, ...]:
    """Forms of `char` in other scripts and regions, and what only looks like it."""
    forms = [converter.convert(char) for converter in _converters()]
    own = [form for form in forms if len(form) == 1 and form != char]
    return tuple(dict.fromkeys([*own, *_alike().get(char, []), *_alike().get(char.lower(), [])]))


def lookalikes(stretch: str, half: Half) -> list[list[Choice]]:
    """Another character or symbol of similar shape, traditional and variant forms included."""
    return [[Choice(1, new) for new in in_half(char, alike(char), half)] for char in stretch]
