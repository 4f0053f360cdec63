"""Words worth unveiling, and what leads to them: sounds, shapes, first letters.

They are those that were counted more often in offensive comments, and the lexicon's.
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

from lianzhi.text.dictionary import LONGEST as LONGEST_WORD
from lianzhi.text.dictionary import is_word
from lianzhi.text.folding import SEPARATOR, as_codes, in_order, parted
from lianzhi.text.rows import Rows, spread
from lianzhi.text.settling import settled
from lianzhi.text.unveil.automaton import Automaton
from lianzhi.text.unveil.channel import CODES, Channel, Costs
from lianzhi.text.unveil.hearing import Hearing
from lianzhi.text.unveil.language import UNKNOWN, Language, hashed
from lianzhi.text.unveil.parting import own
from lianzhi.text.unveil.records import Records
from lianzhi.text.unveil.spelling import spellings
from lianzhi.text.unveil.trie import Pairs, Trie, grow, side_by_side
from lianzhi.unswept import unswept

Index = NDArray[np.int64]
#: Longer words are left alone: who hides a sentence hides its words.
LONGEST = 8
#: Words that one string of first letters may stand for, at most.
_BEHIND = 24
_BITS = 20
#: Strings whose readings are kept at a time.
_KEPT = 1 << 14
#: Latin letters that nobody can read out, for want of a vowel.
_ABBREVIATION = re.compile(f"[b-df-hj-np-tv-z]{{2,{LONGEST}}}")
#: Latin letters.
LATIN = 26
#: Digits that are read as such: in numbers, before what is counted; after letters they are tones.
_COUNTED = re.compile(
    "第[0-9]|(?<![a-z])[0-9][0-9吨块元斤克个点楼号栋岁月日年天分秒米人次家条件只张本层室班级路页排代万千百十星行胜负平盒格支起期亩脚男女匙罐缕妻妾核]"
)
#: What stands before and after every text.
_EDGE = chr(SEPARATOR)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Words. Their characters are numbered from 1 on."""

    words: tuple[str, ...]
    ids: NDArray[np.uint32]
    """Shape [words, LONGEST]: their characters as the language model numbers them."""
    size: Index
    """Their lengths."""
    bonus: NDArray[np.float32]
    """What a word is worth beyond what the language model says."""
    known: NDArray[np.bool_]
    """Whether it is a lexicon's."""
    likely: NDArray[np.float32]
    """Log-probability of each word, whatever stands before it."""
    record: NDArray[np.float32]
    """Log-odds that a guess at each word is right, as far as is known beforehand."""
    own: NDArray[np.float32]
    """What each word costs as one of a dictionary."""
    inner: NDArray[np.float32]
    """Log-probability of a word's characters from the third on; whatever stands before it."""
    last: NDArray[np.uint32]
    """Shape [words, 2]: the last two characters; the first is unknown in words of one."""
    number: NDArray[np.uint16]
    """Of each code point below `CODES` that is in a word; else 0."""
    trie: Trie
    """Spellings of words."""
    together: Pairs
    """As the trie's `next`, in words of a lexicon alone."""
    hearing: Hearing
    sounds: Rows
    """By class of near syllables: characters, and the very syllables that put them there."""
    shapes: Rows
    """By written code point: characters it may be taken for, and how unlike they are."""
    parts: Automaton
    """Parts side by side, and the characters they make."""
    initials: "Initials"
    begun_by: Rows
    """By Latin letter: characters whose syllables begin with it."""
    singles: Rows
    """By class: words of one character."""
    id_of: NDArray[np.uint32]
    """Of each character the number that the language model gives it."""
    innocent: frozenset[str]
    """What nobody means otherwise: innocent words of the lexicon."""
    exact: NDArray[np.bool_]
    """Hashed pairs of characters that stand side by side in a word ..."""
    listed: NDArray[np.bool_]
    """... and in one of a lexicon."""
    _kept: dict[tuple[str, str], object] = field(default_factory=dict)

    def kept(
        self, find: Callable[[str, "Vocabulary", Channel], T], what: str, channel: Channel
    ) -> T:
        """What was found for a string before, or is found now. Goes when the vocabulary goes."""
        key = find.__name__, what
        found = self._kept.get(key)
        if found is None:
            if len(self._kept) >= _KEPT:
                self._kept.clear()
            found = self._kept[key] = find(what, self, channel)
        return cast(T, found)

    def excused(self, text: str, start: int, end: int) -> bool:
        """Whether a stretch of a plain batch lies inside an innocent word, or a longer one of a
        dictionary, is a text that is but one word, or has a digit that counts something."""
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
        """The numbers of some code points; 0 of those that are in no word."""
        return self.number[np.where(codes < CODES, codes, 0)].astype(np.int64)

    def holds_pair(
        self, first: NDArray[np.uint32], second: NDArray[np.uint32]
    ) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Whether characters, as the language model numbers them, stand side by side in a word; and
        in one of a lexicon."""
        slot = hashed(first, second) >> np.uint32(32 - _BITS)
        return self.exact[slot], self.listed[slot]


@unswept()
def build(
    counted: Iterable[str],
    listed: Iterable[str],
    innocent: Iterable[str],
    channel: Channel,
    language: Language,
    records: Records,
) -> Vocabulary:
    """Build the vocabulary of words that were `counted`, and of those a lexicon has `listed`."""
    listed = list(listed)
    extra = _speakable([word for word in listed if 2 <= len(word) <= LONGEST], channel)
    words = tuple(sorted({*counted, *extra}))
    codes, size = in_order(words)
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
    shape, taken, unlike = channel.shapes
    worth = (shape < CODES) & (number[taken] > 0)
    return Vocabulary(
        words=words,
        ids=settled(ids),
        size=settled(size),
        bonus=settled(_bonus(likely, known, size, channel.costs)),
        known=known,
        likely=settled(likely),
        record=settled(records.of(words)),
        own=settled(own(words)),
        inner=settled(_inner(ids, size, language)),
        last=settled(
            np.stack((np.where(size > 1, ids[every, size - 2], UNKNOWN), ids[every, size - 1]), 1)
        ),
        number=settled(number),
        trie=grow(spelled, size, width),
        together=side_by_side(spelled[np.repeat(known, size)], size[known], width),
        hearing=Hearing(
            words,
            likely + _lacking(likely, known, channel.costs) - language.one[ids[:, 0]],
            channel,
        ),
        sounds=_sounds(chars, channel),
        singles=_singles(words, channel),
        shapes=Rows(
            shape[worth], number[taken[worth]].astype(np.int64), unlike[worth], count=CODES
        ),
        parts=_parts(channel, number),
        initials=Initials(codes, size, likely, channel),
        begun_by=_begun_by(chars, channel),
        id_of=settled(language.ids(np.concatenate((np.zeros(1, np.uint32), used)))),
        innocent=frozenset(innocent),
        exact=settled(_pairs(ids) | short),
        listed=settled(_pairs(ids[known]) | short),
    )


def _pairs(ids: NDArray[np.uint32]) -> NDArray[np.bool_]:
    out = np.zeros(1 << _BITS, bool)
    on = ids[:, 1:] > 0
    out[hashed(ids[:, :-1][on], ids[:, 1:][on]) >> np.uint32(32 - _BITS)] = True
    return out


def _abbreviated(listed: list[str], language: Language) -> NDArray[np.uint32]:
    """Entries of Latin letters that nobody can read out (nmsl), their letters as the language model
    numbers them: shape [entries, letters]."""
    some = [each for each in listed if _ABBREVIATION.fullmatch(each)]
    ids = np.zeros((len(some), max(map(len, some), default=1)), np.uint32)
    for row, each in zip(ids, some, strict=True):
        row[: len(each)] = language.row[as_codes(each)]
    return ids


def _speakable(words: list[str], channel: Channel) -> set[str]:
    """Those of some words all of whose characters have a sound."""
    codes, size = in_order(words)
    able = (codes >= 128) & (codes < CODES)
    able &= channel.read[np.minimum(codes, CODES - 1), 0] > 0
    said = np.logical_and.reduceat(able, np.cumsum(size) - size)
    return set(compress(words, said.tolist()))


def _parts(channel: Channel, number: NDArray[np.uint16]) -> Automaton:
    parts, whole = channel.splits
    made = number[whole].astype(np.int64)
    on = np.flatnonzero(made)
    return Automaton(*in_order([parts[place] for place in on.tolist()]), made[on])


def _sounds(chars: list[str], channel: Channel) -> Rows:
    read = channel.read[[ord(char) for char in chars]].astype(np.int64)
    char, column = np.nonzero(read)
    syllable = read[char, column]
    near = channel.near[syllable].astype(np.int64)
    return Rows(near, char + 1, syllable, count=int(channel.near.max()) + 1)


def _begun_by(chars: list[str], channel: Channel) -> Rows:
    letter = channel.letters.astype(np.int64)[channel.read[[ord(char) for char in chars]]]
    char, column = np.nonzero(letter)
    pairs = np.unique(np.stack((letter[char, column] - ord("a"), char + 1)), axis=1)
    return Rows(*pairs, count=LATIN)


def _singles(words: tuple[str, ...], channel: Channel) -> Rows:
    alone = np.array([place for place, word in enumerate(words) if len(word) == 1], np.int64)
    near = channel.near[channel.read[[ord(words[place]) for place in alone]]].astype(np.int64)
    row, column = np.nonzero(near)
    return Rows(near[row, column], alone[row], count=int(channel.near.max()) + 1)


def _likely(ids: NDArray[np.uint32], size: Index, language: Language) -> NDArray[np.float32]:
    """Log-probability of each word, whatever stands before it."""
    likely = language.one[ids[:, 0]]
    for place in range(1, LONGEST):
        pair, _ = language.pairs(ids[:, place - 1], ids[:, place])
        likely = likely + np.where(size > place, pair, 0)
    out: NDArray[np.float32] = likely.astype(np.float32)
    return out


def _inner(ids: NDArray[np.uint32], size: Index, language: Language) -> NDArray[np.float32]:
    """Log-probability of each word's characters that stand after two of its own.

    Unknown ones are numbered as what lies beyond a word's end is, so its length tells them apart.
    """
    inner = np.zeros(ids.shape[0], np.float32)
    for place in range(2, LONGEST):
        on = np.flatnonzero(size > place)
        inner[on] += language.after(*ids[on, place - 2 : place + 1].T)
    return inner


def _bonus(
    likely: NDArray[np.float32], listed: NDArray[np.bool_], size: Index, costs: Costs
) -> NDArray[np.float32]:
    """What makes an entry of the lexicon as likely as entries are, and words as worth hiding."""
    other = -costs.counted - np.where(size == 1, costs.single, 0)
    return np.where(listed, _lacking(likely, listed, costs) + costs.listed, other).astype(
        np.float32
    )


def _lacking(
    likely: NDArray[np.float32], listed: NDArray[np.bool_], costs: Costs
) -> NDArray[np.float32]:
    """What entries of the lexicon lack to be as likely as entries are."""
    lacking = np.where(listed, np.maximum(-costs.known - likely, 0), 0)
    return lacking.astype(np.float32)


@dataclass(frozen=True)
class Initials:
    """Words by the first letters of their syllables; told apart when letters are first met."""

    codes: NDArray[np.uint32]
    size: Index
    likely: NDArray[np.float32]
    channel: Channel

    @cached_property
    def words(self) -> dict[str, list[int]]:
        """By letters, the likeliest first."""
        order = np.argsort(-self.likely, kind="stable")
        order = order[self.size[order] > 1]
        begin = np.cumsum(self.size) - self.size
        _, place = spread(begin[order], begin[order] + self.size[order])
        read = self.channel.letters[self.channel.read[self.codes[place], :2]].astype(np.int64)
        spelled = spellings(read, self.size[order])
        found: defaultdict[str, list[int]] = defaultdict(list)
        strings = parted(spelled.codes, spelled.size)
        for letters, word in zip(strings, order[spelled.word].tolist(), strict=True):
            some = found[letters]
            if len(some) < _BEHIND:
                some.append(word)
        return dict(found)
