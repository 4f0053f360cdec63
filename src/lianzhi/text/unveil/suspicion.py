"""Suspicion: where a plain batch may hide something, by cheap tests that rule out most of it.

A character is suspected to stand for another, by sound or shape, where the other would fit its
neighbours so much better that this nearly pays for the cost of writing it so.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lianzhi.text.arrays.batch import SEPARATOR, Codes
from lianzhi.text.unveil.channel import (
    CODES,
    DIGIT,
    LETTER,
    LIKENESS,
    PICTURE,
    SHAPE,
    SOUND,
    SPLIT,
    Channel,
)
from lianzhi.text.unveil.guesses import Guesses
from lianzhi.text.unveil.language import Floats, Ids, Language
from lianzhi.text.unveil.plain import Plain
from lianzhi.text.unveil.vocabulary import LONGEST, Vocabulary

Index = NDArray[np.int64]
Mask = NDArray[np.bool_]
#: Log-probability of a character given the one before it, below which a pair is rare: for both
#: pairs of a single character, and for one of the pairs of a character with look-alikes.
LONE, ALIKE = -5.0, -7.0
#: Least gain of a suspect beyond the cost of writing it so, in nats: as a rule; where a word of the
#: lexicon has it beside one of its neighbours; and to make its neighbourhood suspicious.
GAIN, LISTED, CLEAR = -3.5, -5.0, 0.0
#: Characters around what is odd or clearly suspected that may be homophones: who hides one
#: character of a word may hide the next but one in another way.
REACH = 2


class Suspects(NamedTuple):
    """Characters that ranges [start, end) of a plain batch may encode."""

    start: Index
    end: Index
    char: Index
    """As the vocabulary numbers it."""
    way: Index
    extra: Floats
    clear: Mask
    """Whether it gains so much that its neighbourhood is suspicious as well."""

    def where(self, which: Mask | Index) -> "Suspects":
        """Return some of the suspects."""
        return Suspects._make(column[which] for column in self)


class Suspicion(NamedTuple):
    """Suspicious ranges of a plain batch."""

    suspects: Suspects
    odd: Index
    """Places of letters, emoji and single digits."""
    beside: Index
    """Places of characters near those or near what is clearly suspected."""
    begin: Index
    """Places where a hidden word may begin."""
    around: Index
    """Places where one may go on."""


def suspect(
    plain: Plain, ids: Ids, pair: Floats, words: Vocabulary, channel: Channel, language: Language
) -> Suspicion:
    """Return the suspicious ranges. `pair[i]`: log-probability of character i + 1 after i."""
    codes = plain.codes
    size = codes.size
    inside = codes != SEPARATOR
    kind = channel.oddity[codes]
    groups = [
        _alike(plain, kind & LIKENESS > 0, ids, pair, words, channel, language),
        _joined_parts(plain, ids, pair, words, channel, language),
    ]
    suspects = Suspects._make(map(np.concatenate, zip(*groups, strict=True)))
    odd = (kind & (LETTER | PICTURE) > 0) | _single(kind)
    odd &= inside
    by_parts = suspects.way == SPLIT
    beside = _around(_marked(suspects.where(by_parts), odd), REACH)
    suspects = suspects.where(by_parts | _joining(codes, suspects, odd, beside, words))
    beside |= _around(_marked(suspects.where(suspects.clear), odd), REACH)
    near = _marked(suspects, odd)
    begin = near.copy()
    for back in range(1, min(LONGEST, size)):
        begin[: size - back] |= near[back:]
    around = begin.copy()
    for on in range(1, min(LONGEST, size)):
        around[on:] |= near[: size - on]
    places = (np.flatnonzero(each & inside) for each in (odd, beside, begin, around))
    return Suspicion(suspects, *places)


def _single(kind: NDArray[np.uint8]) -> Mask:
    """Return the places of digits beside neither letters nor digits."""
    out: Mask = kind & DIGIT > 0
    latin = kind & (LETTER | DIGIT) > 0
    out[1:] &= ~latin[:-1]
    out[:-1] &= ~latin[1:]
    return out


def _around(mask: Mask, far: int) -> Mask:
    """Return some places and those at most `far` from them."""
    out = mask.copy()
    for on in range(1, min(far + 1, mask.size)):
        out[on:] |= mask[:-on]
        out[:-on] |= mask[on:]
    return out


def _marked(suspects: Suspects, odd: Mask) -> Mask:
    """Return where anything is odd or suspected."""
    near = odd.copy()
    near[suspects.start] = near[suspects.end - 1] = True
    return near


def _joining(codes: Codes, suspects: Suspects, odd: Mask, beside: Mask, words: Vocabulary) -> Mask:
    """Return which suspects may be a word, or stand in one beside their neighbours; most can not.

    Decided by neighbours that can be nothing but what is written.
    """
    place, char, trie = suspects.start, suspects.char, words.trie
    near = _marked(suspects, odd)
    free: Mask = near[place - 1] | near[place + 1]
    free |= beside[place - 1] | beside[place] | beside[place + 1]
    before, after = words.numbers(codes[place - 1]), words.numbers(codes[place + 1])
    root = trie.root[char]
    alone = trie.word[root] >= 0
    free |= trie.next.has(before, char) | (root > 0) & (alone | trie.next.has(char, after))
    return free


def is_emoji(codes: Codes, channel: Channel) -> Mask:
    """Return which code points are emoji or parts of them."""
    out: Mask = channel.oddity[codes] & PICTURE > 0
    return out


def single_characters(
    plain: Plain, ids: Ids, pair: Floats, words: Vocabulary, channel: Channel, language: Language
) -> Guesses:
    """Return guesses at words of one character that sound like what is written and fit better."""
    inner = np.flatnonzero((pair[:-1] < LONE) & (pair[1:] < LONE)) + 1
    low = plain.codes[inner]
    read = channel.read[np.where(low < CODES, low, 0), :2].astype(np.int64)
    query, row = words.singles.of(channel.near[read].astype(np.int64).ravel())
    place, word = inner[query // 2], words.singles.columns[0][row]
    intended = words.ids[word, 0]
    other = np.flatnonzero(intended != ids[place])
    place, word, intended = place[other], word[other], intended[other]

    def worth(before: Floats, after: Floats) -> Mask:
        gain = before - pair[place - 1] + after - pair[place]
        return np.asarray(gain > channel.costs.first[SOUND] + GAIN)

    on = np.flatnonzero(worth(*language.at_most(ids[place - 1], intended, ids[place + 1])))
    place, word, intended = place[on], word[on], intended[on]
    on = np.flatnonzero(worth(*_beside(ids, place, place + 1, intended, language)))
    return words.homophones.priced(plain.codes, place[on], word[on])


def _beside(
    ids: Ids, start: Index, end: Index, intended: Ids, language: Language
) -> tuple[Floats, Floats]:
    """Return how likely a character is before and after, in place of the stretch [start, end).

    Both in one call of the model: a call costs much, its length little.
    """
    first = np.concatenate((ids[start - 1], intended))
    both, _ = language.pairs(first, np.concatenate((intended, ids[end])))
    return both[: start.size], both[start.size :]


def _alike(
    plain: Plain,
    mask: Mask,
    ids: Ids,
    pair: Floats,
    words: Vocabulary,
    channel: Channel,
    language: Language,
) -> Suspects:
    """Return suspects by shape: characters whose look-alikes would fit better."""
    inner = np.flatnonzero(mask[1:-1] & (np.minimum(pair[:-1], pair[1:]) < ALIKE)) + 1
    query, chars = words.shapes.of(plain.codes[inner].astype(np.int64))
    char, unlike = (column[chars] for column in words.shapes.columns)
    place, intended = inner[query], words.id_of[char]
    extra = (unlike * channel.costs.unlike).astype(np.float32)
    before, after = words.numbers(plain.codes[place - 1]), words.numbers(plain.codes[place + 1])
    listed = words.together.has(before, char) | words.together.has(char, after)
    least = np.where(listed, np.float32(LISTED), np.float32(GAIN))

    def gained(before: Floats, after: Floats) -> Floats:
        gain = np.maximum(before - pair[place - 1], 0) + np.maximum(after - pair[place], 0)
        return np.asarray(gain - (channel.costs.first[SHAPE] + extra), np.float32)

    at_most = gained(*language.at_most(ids[place - 1], intended, ids[place + 1]))
    on = np.flatnonzero(at_most > least)
    place, intended, char, extra, least = place[on], intended[on], char[on], extra[on], least[on]
    gain = gained(*_beside(ids, place, place + 1, intended, language))
    on = np.flatnonzero(gain > least)
    place, clear = place[on], gain[on] > CLEAR
    return Suspects(place, place + 1, char[on], np.full(on.size, SHAPE), extra[on], clear)


def _joined_parts(
    plain: Plain, ids: Ids, pair: Floats, words: Vocabulary, channel: Channel, language: Language
) -> Suspects:
    """Return suspects by parts: characters whose parts stand side by side and that fit better."""
    start, end, char = words.parts.find(plain.codes)
    sums = np.concatenate(([0.0, 0.0], np.cumsum(pair, dtype=np.float64)))
    before, after = _beside(ids, start, end, words.id_of[char], language)
    gain = before + after - (sums[end + 1] - sums[start])
    on = np.flatnonzero(gain - channel.costs.first[SPLIT] > GAIN)
    ways, none = np.full(on.size, SPLIT), np.zeros(on.size, np.float32)
    return Suspects(start[on], end[on], char[on], ways, none, np.ones(on.size, np.bool_))
