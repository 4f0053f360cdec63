"""The vocabulary: words worth unveiling, and indexes by sound, shape and first letters.

They are the words that are more frequent in offensive comments, and those of a lexicon.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from itertools import compress
from typing import TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from lianzhi.text.arrays.automaton import NumberedStrings
from lianzhi.text.arrays.batch import SEPARATOR, as_codes, joined_codes, split_codes
from lianzhi.text.arrays.memory import in_large_pages
from lianzhi.text.arrays.ragged import Ragged, ranges
from lianzhi.text.lexicon.dictionary import LONGEST as LONGEST_WORD
from lianzhi.text.lexicon.dictionary import is_word
from lianzhi.text.unveil.channel import CODES, Channel, Costs
from lianzhi.text.unveil.homophones import Homophones
from lianzhi.text.unveil.language import UNKNOWN, Language, hashed
from lianzhi.text.unveil.segmentation import word_costs
from lianzhi.text.unveil.spelling import spellings
from lianzhi.text.unveil.trie import Pairs, Trie, grow, side_by_side
from lianzhi.text.unveil.word_records import WordRecords
from lianzhi.unswept import unswept

Index = NDArray[np.int64]
#: The most characters of a word: who hides a sentence hides its words.
LONGEST = 8
#: The most words that one string of first letters may stand for.
_BEHIND = 24
_BITS = 20
#: The most strings whose arcs are cached.
_KEPT = 1 << 14
#: Abbreviations: Latin letters without a vowel.
_ABBREVIATION = re.compile(f"[b-df-hj-np-tv-z]{{2,{LONGEST}}}")
#: Latin letters.
LATIN = 26
#: Digits that count: in numbers and before measure words; after letters they are tones.
_COUNTED = re.compile(
    "第[0-9]|(?<![a-z])[0-9][0-9吨块元斤克个点楼号栋岁月日年天分秒米人次家条件只张本层室班级路页排代万千百十星行胜负平盒格支起期亩脚男女匙罐缕妻妾核]"
)
#: The separator before and after every text.
_EDGE = chr(SEPARATOR)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Words. Their characters are numbered from 1 on."""

    words: tuple[str, ...]
    ids: NDArray[np.uint32]
    """Shape [words, LONGEST]: their characters as the language model numbers them."""
    size: Index
    """Their lengths, in characters."""
    bonus: NDArray[np.float32]
    """Log-probability of each word beyond what the language model says."""
    known: NDArray[np.bool_]
    """Whether it is of a lexicon."""
    likely: NDArray[np.float32]
    """Log-probability of each word, whatever stands before it."""
    record: NDArray[np.float32]
    """Log-odds that a guess at each word is right (`unveil/word_records.py`)."""
    own: NDArray[np.float32]
    """Cost of each word in a dictionary, in nats."""
    inner: NDArray[np.float32]
    """Log-probability of a word's characters from the third on; whatever stands before it."""
    last: NDArray[np.uint32]
    """Shape [words, 2]: the last two characters; the first is unknown in words of one."""
    number: NDArray[np.uint16]
    """Of each code point below `CODES` that is in a word; else 0."""
    trie: Trie
    """The trie of words."""
    together: Pairs
    """As `trie.next`, in words of a lexicon alone."""
    homophones: Homophones
    sounds: Ragged
    """By class of near syllables: characters, and their syllables of that class."""
    shapes: Ragged
    """By written code point: characters it may be taken for, and how unlike they are."""
    parts: NumberedStrings
    """Parts side by side, and the characters they make."""
    initials: "Initials"
    begun_by: Ragged
    """By Latin letter: characters whose syllables begin with it."""
    singles: Ragged
    """By class: words of one character."""
    id_of: NDArray[np.uint32]
    """Of each character the number that the language model gives it."""
    innocent: frozenset[str]
    """Innocent words of the lexicon, inside which nothing is restored."""
    exact: NDArray[np.bool_]
    """Hashed pairs of characters that stand side by side in a word ..."""
    listed: NDArray[np.bool_]
    """... and in one of a lexicon."""
    _kept: dict[tuple[str, str], object] = field(default_factory=dict)

    def kept(
        self, find: Callable[[str, "Vocabulary", Channel], T], name: str, channel: Channel
    ) -> T:
        """Return `find(name, self, channel)`, cached for as long as the vocabulary lives."""
        key = find.__name__, name
        kept = self._kept.get(key)
        if kept is None:
            if len(self._kept) >= _KEPT:
                self._kept.clear()
            kept = self._kept[key] = find(name, self, channel)
        return cast(T, kept)

    def excused(self, text: str, start: int, end: int) -> bool:
        """Return whether nothing is restored in the stretch [start, end) of a plain batch.

        That is: it lies inside an innocent word or a longer word of a dictionary, is a text of one
        word, or has a digit that counts something.
        """
        if _COUNTED.search(text, max(0, start - 1), end + 1):
            return True
        if text[start - 1] == _EDGE == text[end] and is_word(text[start:end]):
            return True
        for first in range(max(0, end - LONGEST), start + 1):
            for last in range(end, min(len(text), first + LONGEST) + 1):
                around = text[first:last]
                if around in self.innocent or (
                    2 < last - first <= LONGEST_WORD and is_word(around)
                ):
                    return True
        return False

    def numbers(self, codes: NDArray[np.uint32]) -> Index:
        """Return the numbers of code points; 0 for those that are in no word."""
        return self.number[np.where(codes < CODES, codes, 0)].astype(np.int64)

    def holds_pair(
        self, first: NDArray[np.uint32], second: NDArray[np.uint32]
    ) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Return whether pairs of characters stand side by side in a word, and in one of a lexicon.

        Characters as the language model numbers them.
        """
        slot = hashed(first, second) >> np.uint32(32 - _BITS)
        return self.exact[slot], self.listed[slot]


@unswept()
def build(
    counted: Iterable[str],
    listed: Iterable[str],
    innocent: Iterable[str],
    channel: Channel,
    language: Language,
    records: WordRecords,
) -> Vocabulary:
    """Build the vocabulary of words that were `counted` and that a lexicon has `listed`."""
    listed = list(listed)
    extra = _with_sounds([word for word in listed if 2 <= len(word) <= LONGEST], channel)
    words = tuple(sorted({*counted, *extra}))
    codes, size = joined_codes(words)
    used = np.flatnonzero(np.bincount(codes)).astype(np.uint32)
    chars = [chr(code) for code in used.tolist()]
    number = np.zeros(CODES, np.uint16)
    number[used] = np.arange(1, used.size + 1)
    width, spelled = used.size + 1, number[codes].astype(np.int64)
    ids = np.zeros((len(words), LONGEST), np.uint32)
    ids[np.arange(LONGEST) < size[:, None]] = language.row[codes]
    known = np.array([word in extra for word in words], bool)
    likely = _likely(ids, size, language)
    short = _pairs(_abbreviated(listed, language))
    every = np.arange(len(words))
    shape, inside, unlike = channel.shapes
    worth = (shape < CODES) & (number[inside] > 0)
    return Vocabulary(
        words=words,
        ids=in_large_pages(ids),
        size=in_large_pages(size),
        bonus=in_large_pages(_bonus(likely, known, size, channel.costs)),
        known=known,
        likely=in_large_pages(likely),
        record=in_large_pages(records.of(words)),
        own=in_large_pages(word_costs(words)),
        inner=in_large_pages(_inner(ids, size, language)),
        last=in_large_pages(
            np.stack((np.where(size > 1, ids[every, size - 2], UNKNOWN), ids[every, size - 1]), 1)
        ),
        number=in_large_pages(number),
        trie=grow(spelled, size, width),
        together=side_by_side(spelled[np.repeat(known, size)], size[known], width),
        homophones=Homophones(
            words,
            likely + _lacking(likely, known, channel.costs) - language.one[ids[:, 0]],
            channel,
        ),
        sounds=_sounds(chars, channel),
        singles=_singles(words, channel),
        shapes=Ragged(
            shape[worth], number[inside[worth]].astype(np.int64), unlike[worth], count=CODES
        ),
        parts=_parts(channel, number),
        initials=Initials(codes, size, likely, channel),
        begun_by=_begun_by(chars, channel),
        id_of=in_large_pages(language.ids(np.concatenate((np.zeros(1, np.uint32), used)))),
        innocent=frozenset(innocent),
        exact=in_large_pages(_pairs(ids) | short),
        listed=in_large_pages(_pairs(ids[known]) | short),
    )


def _pairs(ids: NDArray[np.uint32]) -> NDArray[np.bool_]:
    out = np.zeros(1 << _BITS, bool)
    on = ids[:, 1:] > 0
    out[hashed(ids[:, :-1][on], ids[:, 1:][on]) >> np.uint32(32 - _BITS)] = True
    return out


def _abbreviated(listed: list[str], language: Language) -> NDArray[np.uint32]:
    """Return the abbreviations among entries (nmsl), as the language model numbers their letters.

    Shape [entries, letters].
    """
    abbreviations = [each for each in listed if _ABBREVIATION.fullmatch(each)]
    ids = np.zeros((len(abbreviations), max(map(len, abbreviations), default=1)), np.uint32)
    for row, each in zip(ids, abbreviations, strict=True):
        row[: len(each)] = language.row[as_codes(each)]
    return ids


def _with_sounds(words: list[str], channel: Channel) -> set[str]:
    """Return the words all of whose characters have a reading."""
    codes, size = joined_codes(words)
    able = (codes >= 128) & (codes < CODES)
    able &= channel.read[np.minimum(codes, CODES - 1), 0] > 0
    readable = np.logical_and.reduceat(able, np.cumsum(size) - size)
    return set(compress(words, readable.tolist()))


def _parts(channel: Channel, number: NDArray[np.uint16]) -> NumberedStrings:
    parts, whole = channel.splits
    numbers = number[whole].astype(np.int64)
    on = np.flatnonzero(numbers)
    return NumberedStrings(*joined_codes([parts[place] for place in on.tolist()]), numbers[on])


def _sounds(chars: list[str], channel: Channel) -> Ragged:
    read = channel.read[[ord(char) for char in chars]].astype(np.int64)
    char, column = np.nonzero(read)
    syllable = read[char, column]
    near = channel.near[syllable].astype(np.int64)
    return Ragged(near, char + 1, syllable, count=int(channel.near.max()) + 1)


def _begun_by(chars: list[str], channel: Channel) -> Ragged:
    letter = channel.letters.astype(np.int64)[channel.read[[ord(char) for char in chars]]]
    char, column = np.nonzero(letter)
    pairs = np.unique(np.stack((letter[char, column] - ord("a"), char + 1)), axis=1)
    return Ragged(*pairs, count=LATIN)


def _singles(words: tuple[str, ...], channel: Channel) -> Ragged:
    alone = np.array([place for place, word in enumerate(words) if len(word) == 1], np.int64)
    near = channel.near[channel.read[[ord(words[place]) for place in alone]]].astype(np.int64)
    row, column = np.nonzero(near)
    return Ragged(near[row, column], alone[row], count=int(channel.near.max()) + 1)


def _likely(ids: NDArray[np.uint32], size: Index, language: Language) -> NDArray[np.float32]:
    likely = language.one[ids[:, 0]]
    for place in range(1, LONGEST):
        pair, _ = language.pairs(ids[:, place - 1], ids[:, place])
        likely = likely + np.where(size > place, pair, 0)
    out: NDArray[np.float32] = likely.astype(np.float32)
    return out


def _inner(ids: NDArray[np.uint32], size: Index, language: Language) -> NDArray[np.float32]:
    """Return the log-probability of each word's characters from the third on.

    Unknown characters have the number of padding, so the size tells them apart.
    """
    inner = np.zeros(ids.shape[0], np.float32)
    for place in range(2, LONGEST):
        on = np.flatnonzero(size > place)
        inner[on] += language.after(*ids[on, place - 2 : place + 1].T)
    return inner


def _bonus(
    likely: NDArray[np.float32], listed: NDArray[np.bool_], size: Index, costs: Costs
) -> NDArray[np.float32]:
    """Return the `bonus` of each word: entries are at least as likely as `Costs` says."""
    other = -costs.counted - np.where(size == 1, costs.single, 0)
    return np.where(listed, _lacking(likely, listed, costs) + costs.listed, other).astype(
        np.float32
    )


def _lacking(
    likely: NDArray[np.float32], listed: NDArray[np.bool_], costs: Costs
) -> NDArray[np.float32]:
    """Return what entries of the lexicon lack to be as likely as `Costs.known` says."""
    lacking = np.where(listed, np.maximum(-costs.known - likely, 0), 0)
    return lacking.astype(np.float32)


@dataclass(frozen=True)
class Initials:
    """Words by the first letters of their syllables; indexed on first use."""

    codes: NDArray[np.uint32]
    size: Index
    likely: NDArray[np.float32]
    channel: Channel

    @cached_property
    def words(self) -> dict[str, list[int]]:
        """By letters, the likeliest word first."""
        order = np.argsort(-self.likely, kind="stable")
        order = order[self.size[order] > 1]
        begin = np.cumsum(self.size) - self.size
        _, place = ranges(begin[order], begin[order] + self.size[order])
        read = self.channel.letters[self.channel.read[self.codes[place], :2]].astype(np.int64)
        spelled = spellings(read, self.size[order])
        by_letters: defaultdict[str, list[int]] = defaultdict(list)
        strings = split_codes(spelled.codes, spelled.size)
        for letters, word in zip(strings, order[spelled.word].tolist(), strict=True):
            same_letters = by_letters[letters]
            if len(same_letters) < _BEHIND:
                same_letters.append(word)
        return dict(by_letters)
