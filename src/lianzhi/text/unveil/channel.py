"""The channel: in what other ways a character can be written, and what that costs.

Costs are negative logarithms of how likely somebody is to write so: a first change in a word costs
most, since nearly all text is written as it is meant; once a word is changed, more of it may be.
"""

import tomllib
from collections import defaultdict
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lianzhi.text.arrays.archive import load_arrays
from lianzhi.text.arrays.batch import SEPARATOR
from lianzhi.text.arrays.memory import in_large_pages

#: Ways of writing, as bits of a mask and as places in the tables of costs.
WAYS = (
    "sound", "near", "shape", "pinyin", "initial", "letter", "emoji", "split", "swap", "gap",
)  # fmt: skip
SOUND, NEAR, SHAPE, PINYIN, INITIAL, LONE, EMOJI, SPLIT, SWAP, GAP = range(len(WAYS))
#: What a code point may be that stands for something else, as bits.
LETTER, PICTURE, LIKENESS, DIGIT = 1, 2, 4, 8
#: The first code point beyond all that have a reading.
CODES = 0x30000
#: Readings of digits, and syllables that they stand for: 8 for 不, 5 for 我, 7 for 去.
_DIGITS = {
    "0": ("ling",), "1": ("yi", "yao"), "2": ("er", "ai"), "3": ("san", "sheng"),
    "4": ("si", "shi"), "5": ("wu", "wo"), "6": ("liu", "niu", "le"), "7": ("qi", "qu"),
    "8": ("ba", "fa", "bu"), "9": ("jiu",),
}  # fmt: skip
#: Initials and finals that speakers of many regions do not distinguish.
_INITIALS = {"zh": "z", "ch": "c", "sh": "s", "l": "n", "r": "n", "f": "h", "p": "b", "q": "j"}
_FINALS = {"ang": "an", "eng": "en", "ing": "in", "iang": "ian", "uang": "uan"}


@dataclass(frozen=True, slots=True)
class Costs:
    """Costs of writing a word otherwise, in nats; from `costs.toml`."""

    first: NDArray[np.float32]
    """For each of `WAYS`: as the first change in a word."""
    more: NDArray[np.float32]
    """The same after another change."""
    unlike: float
    """For a look-alike, times its distance, 0 to 1."""
    keyword: float
    """For an emoji's keyword rather than its name; twice for what only sounds like it."""
    part: float
    """For one character of what an emoji is read as."""
    pun: float
    """For a homophone of what an emoji is read as."""
    apart: float
    """For an emoji beside a sign or an end of the text, where it may decorate ..."""
    skipped: float
    """For an ornament that only stands between the characters of a word."""
    ornament: float
    """... and further for one that usually does."""
    known: float
    """Negative log-probability that an entry of the lexicon has at most, wherever it stands ..."""
    listed: float
    """... and what is added to its log-probability: people hide what offends."""
    counted: float
    """What is taken from the log-probability of other words ..."""
    single: float
    """... and from those of one character as well, which have homophones everywhere."""


@dataclass(frozen=True)
class Channel:
    """Tables of readings, shapes, parts and emoji."""

    syllables: dict[str, int]
    """Their numbers, from 1 on."""
    near: NDArray[np.uint16]
    """For each syllable's number the class of those that sound nearly the same."""
    read: NDArray[np.uint16]
    """Shape [CODES, 3]: syllables of each code point, 0 for none."""
    shapes: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]]
    """Written code points, what each looks like, and the distance, 0 to 1."""
    splits: tuple[list[str], NDArray[np.uint32]]
    """Parts side by side, and the character they make."""
    ornaments: frozenset[str]
    """Emoji that usually decorate."""
    pictures: tuple[NDArray[np.str_], NDArray[np.str_], NDArray[np.uint8]]
    """Emoji, words that each stands for, and by what: 0 its name, 1 a keyword, 2 a sound."""
    oddity: NDArray[np.uint8]
    """For each code point: bits of `LETTER`, `PICTURE`, `LIKENESS` and `DIGIT`."""
    costs: Costs

    @cached_property
    def letters(self) -> NDArray[np.uint8]:
        """The first letter of each syllable, by its number."""
        out = np.zeros(max(self.syllables.values()) + 1, np.uint8)
        for name, number in self.syllables.items():
            out[number] = ord(name[0])
        return out

    @cached_property
    def emoji(self) -> dict[str, list[tuple[str, int]]]:
        """`pictures` by emoji; built on first use."""
        out: defaultdict[str, list[tuple[str, int]]] = defaultdict(list)
        for sign, word, rank in zip(*map(np.ndarray.tolist, self.pictures), strict=True):
            out[sign].append((word, rank))
        return dict(out)


def near_class(syllable: str) -> str:
    """Return the class of a syllable, which nearly equal sounds share.

    >>> near_class("lang") == near_class("nan")
    True
    """
    size = 2 if syllable[:2] in ("zh", "ch", "sh") else 1
    if syllable[0] in "aeo":
        size = 0
    initial, final = syllable[:size], syllable[size:]
    return _INITIALS.get(initial, initial) + _FINALS.get(final, final)


@cache
def load() -> Channel:
    """Load the shipped tables."""
    data = load_arrays(__package__, "channel")
    names = [str(name) for name in data["syllables"]]
    number = {name: place + 1 for place, name in enumerate(names)}
    classes: dict[str, int] = {}
    near = [0] + [classes.setdefault(near_class(name), len(classes) + 1) for name in names]
    read = np.zeros((CODES, 3), np.uint16)
    read[data["code"]] = data["readings"]
    for digit, readings in _DIGITS.items():
        read[ord(digit), : len(readings)] = [number[reading] for reading in readings]
    shape = data["shape"].T.astype(np.int64)
    return Channel(
        syllables=number
        | {
            name.replace("v", "u"): number[name]
            for name in ("lv", "nv")
            if name.replace("v", "u") not in number
        },
        near=in_large_pages(np.array(near, np.uint16)),
        read=in_large_pages(read),
        shapes=(shape[0], shape[1], (1 - shape[2] / 100).astype(np.float32)),
        splits=(data["split"].tolist(), data["split_of"].view(np.uint32)),
        pictures=(data["emoji"], data["emoji_reads"], data["emoji_rank"]),
        ornaments=frozenset("".join(_read()["ornaments"]["signs"].split())),
        oddity=in_large_pages(_oddity(shape[0], data["emoji"])),
        costs=_costs(),
    )


def _oddity(shapes: NDArray[np.int64], emoji: NDArray[np.str_]) -> NDArray[np.uint8]:
    out = np.zeros(SEPARATOR + 1, np.uint8)
    out[shapes] |= LIKENESS
    out[emoji.astype("U1").view(np.uint32)] |= PICTURE
    out[ord("a") : ord("z") + 1] |= LETTER
    out[ord("0") : ord("9") + 1] |= DIGIT
    return out


@cache
def _read() -> dict[str, Any]:
    return tomllib.loads((files(__package__) / "costs.toml").read_text(encoding="utf-8"))


def _costs() -> Costs:
    read = _read()
    first, more = (
        np.array([read[name][way] for way in WAYS], np.float32) for name in ("first", "more")
    )
    return Costs(first, more, **read["further"])
