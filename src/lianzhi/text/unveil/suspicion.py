"""Where a plain batch may hide something: cheap signs, so that most of it need not be looked at.

A character is suspected to stand for another, by sound or shape, where what stands beside it would
go so much better with that other one that it nearly pays for having written it so.
"""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lianzhi.text.folding import SEPARATOR, Codes
from lianzhi.text.unveil.channel import CODES, SHAPE, SOUND, Channel
from lianzhi.text.unveil.guesses import Guesses
from lianzhi.text.unveil.language import Floats, Ids, Language, hashed
from lianzhi.text.unveil.plain import Plain
from lianzhi.text.unveil.vocabulary import LONGEST, Vocabulary

Index = NDArray[np.int64]
Mask = NDArray[np.bool_]
#: Log-probability of a character after the one before it, below which the two are a rare pair: for
#: the first two parts of a split character, for both pairs of a character alone, and for one of
#: those of a character that may be taken for another by eye.
SPLIT, LONE, ALIKE = -3.5, -5.0, -7.0
#: Log-probability of a character below which it is seldom seen at all.
SELDOM = -8.5
#: What a suspect must gain by what stands beside it, less what writing it so costs, in nats.
GAIN = -3.5
_LETTER, _PICTURE, _PART, _ALIKE = 1, 2, 4, 8
_BITS = 18


class Suspects(NamedTuple):
    """Characters that places of a plain batch may stand for."""

    place: Index
    char: Index
    """As the vocabulary numbers it."""
    way: Index
    extra: Floats


class Suspicion(NamedTuple):
    """What is suspected of a plain batch."""

    suspects: Suspects
    odd: Index
    """Where letters, pictures or parts stand."""
    beside: Index
    """Where a character stands beside them."""
    begin: Index
    """Where a word to unveil may begin."""
    around: Index
    """Where one may go on."""


def suspect(
    plain: Plain, ids: Ids, pair: Floats, words: Vocabulary, channel: Channel, language: Language
) -> Suspicion:
    """Look for signs. `pair[i]` is the log-probability of character i + 1 after character i."""
    codes = plain.codes
    size = codes.size
    inside = codes != SEPARATOR
    signs = _signs(channel)
    kind = signs.kind[codes]
    suspects = _alike(plain, kind & _ALIKE > 0, ids, pair, words, channel, language)
    odd = (kind & _LETTER > 0) | (kind & _PICTURE > 0)
    odd_pair = (pair < SPLIT) | (language.one[ids[:-1]] < SELDOM)
    at = np.flatnonzero((kind[:-1] & _PART > 0) & odd_pair)
    odd[at] |= signs.parts[hashed(codes[at], codes[at + 1]) >> np.uint32(32 - _BITS)]
    odd &= inside
    beside = odd.copy()
    beside[1:] |= odd[:-1]
    beside[:-1] |= odd[1:]
    some = odd.copy()
    some[suspects.place] = True
    begin = some.copy()
    for back in range(1, min(LONGEST, size)):
        begin[: size - back] |= some[back:]
    around = begin.copy()
    for on in range(1, min(LONGEST, size)):
        around[on:] |= some[: size - on]
    places = (np.flatnonzero(each & inside) for each in (odd, beside, begin, around))
    return Suspicion(suspects, *places)


def pictured(codes: Codes, channel: Channel) -> Mask:
    """Where emoji begin."""
    out: Mask = _signs(channel).kind[codes] & _PICTURE > 0
    return out


def alone(
    plain: Plain, ids: Ids, pair: Floats, words: Vocabulary, channel: Channel, language: Language
) -> Guesses:
    """Characters that would gain by being a word of one character that sounds like them."""
    inner = np.flatnonzero((pair[:-1] < LONE) & (pair[1:] < LONE)) + 1
    low = plain.codes[inner]
    read = channel.read[np.where(low < CODES, low, 0), :2]
    found = []
    for syllable in read.T:
        asked, row = words.singles.of(channel.near[syllable].astype(np.int64))
        word, place = words.singles.columns[0][row], inner[asked]
        meant = words.ids[word, 0]
        gain = language.pairs(ids[place - 1], meant)[0] - pair[place - 1]
        gain += language.pairs(meant, ids[place + 1])[0] - pair[place]
        on = np.flatnonzero((meant != ids[place]) & (gain > channel.costs.first[SOUND] + GAIN))
        found.append((place[on], word[on]))
    place, word = map(np.concatenate, zip(*found, strict=True))
    return words.hearing.priced(plain.codes, place, word)


def _alike(
    plain: Plain,
    some: Mask,
    ids: Ids,
    pair: Floats,
    words: Vocabulary,
    channel: Channel,
    language: Language,
) -> Suspects:
    """Characters that would gain by being others that they may be taken for by eye."""
    inner = np.flatnonzero(some[1:-1] & (np.minimum(pair[:-1], pair[1:]) < ALIKE)) + 1
    asked, found = words.shapes.of(plain.codes[inner].astype(np.int64))
    char, unlike = (column[found] for column in words.shapes.columns)
    place, meant = inner[asked], words.id_of[char]
    extra = (unlike * channel.costs.unlike).astype(np.float32)
    gain = np.maximum(language.pairs(ids[place - 1], meant)[0] - pair[place - 1], 0)
    gain += np.maximum(language.pairs(meant, ids[place + 1])[0] - pair[place], 0)
    on = np.flatnonzero(gain - channel.costs.first[SHAPE] - extra > GAIN)
    return Suspects(place[on], char[on], np.full(on.size, SHAPE), extra[on])


class _Signs(NamedTuple):
    kind: NDArray[np.uint8]
    """What sort of oddity each code point may be, as bits."""
    parts: Mask
    """Hashed pairs of code points that begin the parts of a character."""


def _signs(channel: Channel) -> _Signs:
    return _signs_of(_Key(channel))


class _Key:
    """A channel by identity, so that what was found for it can be kept."""

    def __init__(self, channel: Channel) -> None:
        self.channel = channel

    def __hash__(self) -> int:
        return id(self.channel)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and other.channel is self.channel


@lru_cache(maxsize=4)
def _signs_of(key: _Key) -> _Signs:
    tables = key.channel
    kind = np.zeros(SEPARATOR + 1, np.uint8)
    kind[tables.shapes[0]] |= _ALIKE
    for bit, strings in ((_PART, tables.splits), (_PICTURE, tables.emoji)):
        kind[[ord(string[0]) for string in strings]] |= bit
    kind[ord("a") : ord("z") + 1] |= _LETTER
    one, two = np.array([[ord(char) for char in parts[:2]] for parts in tables.splits]).T
    parts = np.zeros(1 << _BITS, bool)
    parts[hashed(one.astype(np.uint32), two.astype(np.uint32)) >> np.uint32(32 - _BITS)] = True
    return _Signs(kind, parts)
