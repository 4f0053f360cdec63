"""Attack by emoji: one that means the word or that sounds like the character."""

import tomllib
from collections import defaultdict
from functools import cache
from itertools import chain
from pathlib import Path

import emoji
from pypinyin import Style

from bench.cloak.edits import Choice
from bench.cloak.halves import Half, in_half
from bench.cloak.sounds import HAN, readings

_TABLE = Path(__file__).with_name("emoji.toml")
_LONGEST = 4


@cache
def _read() -> dict[str, list[str]]:
    """Readings of each emoji of the table, by hand."""
    table = tomllib.loads(_TABLE.read_text("utf-8"))
    return dict(chain.from_iterable(section.items() for section in table.values()))


@cache
def _meaning() -> dict[str, list[str]]:
    """Emoji for each word: by hand, then those whose Chinese name (CLDR) it is."""
    found = defaultdict(list)
    for sign, words in _read().items():
        for word in words:
            found[word].append(sign)
    emoji.config.load_language("zh")
    for sign, data in emoji.EMOJI_DATA.items():
        name = data.get("zh", "").strip(":")
        if data["status"] == emoji.STATUS["fully_qualified"] and HAN.fullmatch(name):
            found[name].append(sign)
    return found


@cache
def _sounding() -> dict[str, list[str]]:
    """Emoji for each syllable with its tone: by the first reading of one character."""
    found = defaultdict(list)
    for sign, words in _read().items():
        first = next((word for word in words if HAN.fullmatch(word) and len(word) == 1), "")
        if first:
            found[readings(first, Style.TONE3)[0]].append(sign)
    return found


def emojis(stretch: str, half: Half) -> list[list[Choice]]:
    """Emoji for the words that begin at each place, the longest first, and for its sound."""
    found = []
    for place, char in enumerate(stretch):
        choices = []
        for length in range(min(_LONGEST, len(stretch) - place), 0, -1):
            word = stretch[place : place + length]
            choices += [
                Choice(length, new) for new in in_half(word, _meaning().get(word, []), half)
            ]
        taken = {choice.new for choice in choices if choice.length == 1}
        sound = readings(char, Style.TONE3)[0] if HAN.fullmatch(char) else ""
        news = in_half(char, _sounding().get(sound, []), half)
        choices += [Choice(1, new) for new in news if new not in taken]
        found.append(choices)
    return found
