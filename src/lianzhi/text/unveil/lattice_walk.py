"""Guesses by walking the lattice and the trie of words together, and by first letters."""

import re
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lianzhi.text.arrays.batch import SEPARATOR, Codes
from lianzhi.text.arrays.ragged import ranges
from lianzhi.text.unveil.channel import DIGIT, INITIAL, LETTER, LONE, PICTURE, Channel
from lianzhi.text.unveil.guesses import Guesses
from lianzhi.text.unveil.lattice import SAME, Arcs
from lianzhi.text.unveil.plain import Plain
from lianzhi.text.unveil.suspicion import Suspicion
from lianzhi.text.unveil.vocabulary import LONGEST, Vocabulary

Index = NDArray[np.int64]
Floats = NDArray[np.float32]
#: The most walks at a time from each place: the cheapest.
MOST = 100
#: Places that are walked from at a time: their walks stay in the processor's cache.
_BLOCK = 4096
_LETTERS = re.compile(r"[a-z]+")
_BY_LETTER = 1 << LONE
#: What may follow a word that ends in a letter, besides a sign: all else makes it a name (去s市).
PARTICLES = "吧了啊呀呢吗啦嘛哦喽"
_CLOSING = np.array([SEPARATOR, *map(ord, PARTICLES)])
#: The most letters of a run that may be first letters of syllables.
RUN = 8


class _Walks(NamedTuple):
    start: Index
    at: Index
    char: Index
    """The last one."""
    node: Index
    cost: Floats
    ways: Index

    def where(self, which: NDArray[np.bool_] | Index) -> "_Walks":
        return _Walks._make(column[which] for column in self)


def walk(
    signs: Suspicion, arcs: Arcs, codes: Codes, words: Vocabulary, channel: Channel
) -> list[Guesses]:
    """Return guesses by arcs that spell a word, from the suspicious places of a plain batch."""
    nodes = max(int(arcs.end.max(initial=0)), codes.size) + 1
    bounds = np.searchsorted(arcs.start, np.arange(nodes + 1))
    blocks = np.split(signs.begin, range(_BLOCK, signs.begin.size, _BLOCK))
    return [walk for begin in blocks for walk in _walks(begin, bounds, arcs, codes, words, channel)]


def _walks(
    begin: Index, bounds: Index, arcs: Arcs, codes: Codes, words: Vocabulary, channel: Channel
) -> list[Guesses]:
    none = np.zeros(begin.size, np.int64)
    walks = _Walks(begin, begin, none, none, np.zeros(begin.size, np.float32), none)
    guesses: list[Guesses] = []
    for length in range(LONGEST):
        row, arc = ranges(bounds[walks.at], bounds[walks.at + 1])
        char = arcs.char[arc]
        if length:
            on = np.flatnonzero(words.trie.next.has(walks.char[row], char))
            row, arc, char = row[on], arc[on], char[on]
            node, known = words.trie.step(walks.node[row], char)
        else:
            node = words.trie.root[char]
            known = node > 0
        way = arcs.way[arc]
        changed = way != SAME
        # Beside a character by its first letter all others stand as they are.
        before = walks.ways[row]
        known &= ~changed | (before == 0) | (way != LONE) & (before & _BY_LETTER == 0)
        node, arc, char, walks = node[known], arc[known], char[known], walks.where(row[known])
        way, changed = way[known], changed[known]
        price = np.where(walks.ways == 0, channel.costs.first[way], channel.costs.more[way])
        walks = _Walks(
            walks.start,
            arcs.end[arc],
            char,
            node,
            walks.cost + np.where(changed, price + arcs.extra[arc], 0).astype(np.float32),
            walks.ways | np.where(changed, 1 << np.maximum(way, 0), 0),
        )
        if node.size > MOST and _most(walks) > MOST:
            walks = _cheapest(walks.where(_going_on(walks, bounds, arcs, codes, words, channel)))
        guesses.append(_ended(walks, codes.size, words))
    return guesses


def _most(walks: _Walks) -> int:
    """Return the most walks that begin at one place."""
    return int(np.bincount(walks.start - walks.start.min()).max())


def _going_on(
    walks: _Walks, bounds: Index, arcs: Arcs, codes: Codes, words: Vocabulary, channel: Channel
) -> NDArray[np.bool_]:
    """Return which walks are at the end of a word or can continue with the next character.

    True before letters, digits and emoji. Other walks lead nowhere and would take the places of
    those that do; the compiled twin never follows them.
    """
    going = (words.trie.word[walks.node] >= 0) | (walks.at > codes.size)
    inner = np.flatnonzero(walks.at < codes.size)
    odd = channel.oddity[codes[walks.at[inner]]] & (LETTER | PICTURE | DIGIT) > 0
    going[inner] |= odd
    row, arc = ranges(bounds[walks.at], bounds[walks.at + 1])
    going[row[words.trie.next.has(walks.char[row], arcs.char[arc])]] = True
    return going


def _cheapest(walks: _Walks) -> _Walks:
    order = np.lexsort((walks.cost, walks.start))
    rank = np.arange(order.size) - np.searchsorted(walks.start, walks.start)
    return walks.where(np.sort(order[rank < MOST]))


def _ended(walks: _Walks, places: int, words: Vocabulary) -> Guesses:
    """Return the guesses at words that end where the walks are."""
    word = words.trie.word[walks.node]
    on = np.flatnonzero((word >= 0) & (walks.at <= places) & (walks.ways > 0))
    return Guesses(walks.start[on], walks.at[on], word[on], walks.cost[on], walks.ways[on])


def drop_weak_initials(guesses: Guesses, plain: Plain, words: Vocabulary) -> Guesses:
    """Return guesses without weak ones by a lone letter.

    Weak are words of two characters that begin with it (x地), and words that end with it where
    more follows (小c老师).
    """
    begins = _is_letter(plain.codes[guesses.start])
    ends = _is_letter(plain.codes[guesses.end - 1])
    closed = np.isin(plain.codes[guesses.end], _CLOSING)
    closed |= plain.place[guesses.end] - plain.place[guesses.end - 1] > 1
    kept = (~begins | (words.size[guesses.word] > 2)) & (~ends | closed)
    return guesses.where(kept | (guesses.ways != _BY_LETTER))


def _is_letter(codes: Codes) -> NDArray[np.bool_]:
    out: NDArray[np.bool_] = (codes >= ord("a")) & (codes <= ord("z"))
    return out


def by_initials(text: str, at: Index, words: Vocabulary, channel: Channel) -> list[Guesses]:
    """Return guesses at words whose first letters stand in runs of letters."""
    rows: list[tuple[int, int, int, float]] = []
    costs, done = channel.costs, 0
    for place in at.tolist():
        if place < done or not (run := _LETTERS.match(text, place)):
            continue
        done = run.end()
        if not 2 <= done - place <= RUN:
            continue
        initials = words.initials.words
        for begin in range(place, done - 1):
            for end in range(begin + 2, min(done, begin + LONGEST) + 1):
                price = costs.first[INITIAL] + costs.more[INITIAL] * (end - begin - 1)
                for word in initials.get(text[begin:end], ()):
                    rows.append((begin, end, word, price))
    if not rows:
        return []
    begin_, end_, word_, cost_ = zip(*rows, strict=True)
    return [
        Guesses(
            np.array(begin_), np.array(end_), np.array(word_), np.array(cost_, np.float32),
            np.full(len(rows), 1 << INITIAL),
        )
    ]  # fmt: skip
