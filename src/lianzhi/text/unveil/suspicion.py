"""Where a plain batch may hide something: cheap signs, so that most of it need not be looked at.

A character is suspected to stand for another, by sound or shape, where what stands beside it would
go so much better with that other one that it nearly pays for having written it so.
"""

from functools import lru_cache
from itertools import product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lianzhi.text.folding import SEPARATOR, Codes
from lianzhi.text.unveil.channel import CODES, NEAR, SHAPE, SOUND, Channel
from lianzhi.text.unveil.language import Floats, Ids, Language, hashed
from lianzhi.text.unveil.plain import Plain
from lianzhi.text.unveil.vocabulary import LONGEST, Vocabulary

Index = NDArray[np.int64]
Mask = NDArray[np.bool_]
#: Log-probability of a character after the one before it, below which the two are a rare pair; the
#: same for the first two parts of a split character, for both pairs of a character alone, and for
#: one of those of a character that may be taken for another by eye.
RARE, SPLIT, LONE, ALIKE = -7.0, -2.5, -5.0, -7.0
#: By how much a pair that sounds alike must be likelier than the one that is written; and what it
#: must gain at least, with what stands beside it and less what writing otherwise costs.
LINK, GAIN = 1.0, -3.5
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
    edge = np.concatenate(([0.0], pair, [0.0])).astype(np.float32)
    given = _Given(codes, np.where(codes < CODES, codes, 0), ids, edge, words, channel, language)
    found = [_sides(given), _singles(given), _alike(given, kind & _ALIKE > 0)]
    suspects = Suspects(*map(np.concatenate, zip(*found, strict=True)))
    odd = (kind & _LETTER > 0) | (kind & _PICTURE > 0)
    at = np.flatnonzero((kind[:-1] & _PART > 0) & (pair < SPLIT))
    odd[at] |= signs.parts[hashed(codes[at], codes[at + 1]) >> np.uint32(32 - _BITS)]
    odd &= inside
    beside = odd.copy()
    beside[1:] |= odd[:-1]
    beside[:-1] |= odd[1:]
    at = np.flatnonzero(pair < RARE)
    at = at[words.holds_pair(ids[at + 1], ids[at])]
    some = odd | beside
    some[at], some[at + 1] = True, True
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


class _Given(NamedTuple):
    codes: Codes
    low: Codes
    """The same, 0 for those beyond the tables."""
    ids: Ids
    edge: Floats
    """Log-probability of each character after the one before it."""
    words: Vocabulary
    channel: Channel
    language: Language

    def left(self, place: Index, id_: Ids) -> Floats:
        """What a character gains where it stands after the one before a place."""
        gain: Floats = self.language.pairs(self.ids[place - 1], id_)[0] - self.edge[place]
        return gain

    def right(self, place: Index, id_: Ids) -> Floats:
        """What a character gains where it stands before the one after a place."""
        gain: Floats = self.language.pairs(id_, self.ids[place + 1])[0] - self.edge[place + 1]
        return gain

    def heard(self, place: Index, char: Index) -> Suspects:
        """Suspects by sound, each once."""
        if place.size:
            place, char = np.unique(np.stack([place, char]), axis=1)
        own = self.channel.read[self.low[place]].astype(np.int64)
        said = self.words.read[char]
        same = ((own[:, :, None] == said[:, None]) & (own[:, :, None] > 0)).any((1, 2))
        return Suspects(place, char, np.where(same, SOUND, NEAR), np.zeros(place.size, np.float32))


def _sides(given: _Given) -> Suspects:
    """Two characters side by side that sound like two of a word."""
    words, channel, language, ids = given.words, given.channel, given.language, given.ids
    near = channel.near[channel.read[given.low, :2]].astype(np.int64)
    pair = given.edge[1:-1]
    classes = words.pairs.shape[0]
    first, more = channel.costs.first[SOUND], channel.costs.more[SOUND]
    places, chars = [], []
    for one, two in product((0, 1), repeat=2):
        best = words.pairs[near[:-1, one], near[1:, two]]
        at = np.flatnonzero(best - pair > LINK)
        at = at[(at > 0) & (at < ids.size - 2)]
        asked, found = words.sides.of(near[at, one] * classes + near[at + 1, two])
        a, b = (column[found] for column in words.sides.columns)
        place, id_a, id_b = at[asked], words.id_of[a], words.id_of[b]
        here, there = id_a != ids[place], id_b != ids[place + 1]
        gain = language.pairs(id_a, id_b)[0] - pair[place]
        gain -= np.where(here & there, first + more, first)
        near_enough = np.flatnonzero((gain > -first - more - 2) & (here | there))
        place, a, b = place[near_enough], a[near_enough], b[near_enough]
        here, there, gain = here[near_enough], there[near_enough], gain[near_enough]
        id_a, id_b = id_a[near_enough], id_b[near_enough]
        gain += np.where(here, np.maximum(given.left(place, id_a), 0), 0)
        gain += np.where(there, np.maximum(given.right(place + 1, id_b), 0), 0)
        good = gain > GAIN
        here, there = here & good, there & good
        places += [place[here], place[there] + 1]
        chars += [a[here], b[there]]
    return given.heard(np.concatenate(places), np.concatenate(chars))


def _singles(given: _Given) -> Suspects:
    """Characters that sound like a word of one character."""
    edge, words = given.edge, given.words
    inner = np.flatnonzero((edge[:-1] < LONE) & (edge[1:] < LONE))
    inner = inner[(inner > 0) & (inner < given.ids.size - 1)]
    near = given.channel.near[given.channel.read[given.low[inner], :2]].astype(np.int64)
    places, chars = [], []
    for column in (0, 1):
        asked, found = words.singles.of(near[:, column])
        char, place = words.singles.columns[0][found], inner[asked]
        id_ = words.id_of[char]
        gain = given.left(place, id_) + given.right(place, id_)
        good = (id_ != given.ids[place]) & (gain - given.channel.costs.first[SOUND] > GAIN)
        places.append(place[good])
        chars.append(char[good])
    return given.heard(np.concatenate(places), np.concatenate(chars))


def _alike(given: _Given, some: Mask) -> Suspects:
    """Characters that may be taken for others by eye."""
    edge, words, costs = given.edge, given.words, given.channel.costs
    inner = np.flatnonzero(some & (np.minimum(edge[:-1], edge[1:]) < ALIKE))
    inner = inner[(inner > 0) & (inner < given.ids.size - 1)]
    asked, found = words.shapes.of(given.codes[inner].astype(np.int64))
    char, unlike = (column[found] for column in words.shapes.columns)
    place, id_ = inner[asked], words.id_of[char]
    extra = (unlike * costs.unlike).astype(np.float32)
    gain = np.maximum(given.left(place, id_), 0) + np.maximum(given.right(place, id_), 0)
    good = gain - costs.first[SHAPE] - extra > GAIN
    place, char, extra = place[good], char[good], extra[good]
    return Suspects(place, char, np.full(place.size, SHAPE), extra)


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
