"""Guesses: every word that a stretch may have been written for."""

import re
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lianzhi.text.unveil.atoms import SAME, Atoms
from lianzhi.text.unveil.channel import INITIAL, SWAP, Channel
from lianzhi.text.unveil.suspicion import Suspicion
from lianzhi.text.unveil.vocabulary import LONGEST, Vocabulary

Index = NDArray[np.int64]
Floats = NDArray[np.float32]
#: Walks under way at a time, at most, for each place they may begin at.
_MOST = 400
_LETTERS = re.compile(r"[a-z]+")
#: Letters of a run that may be first letters of syllables.
_RUN = 8


class Guesses(NamedTuple):
    """Stretches [start, end) of a plain batch and the words that they may stand for."""

    start: Index
    end: Index
    word: Index
    cost: Floats
    """In nats; the word's bonus is taken off."""
    ways: Index
    """Bits: in which ways it is written."""

    def where(self, which: NDArray[np.bool_] | Index) -> "Guesses":
        """Some of them."""
        return Guesses._make(column[which] for column in self)


class _Walks(NamedTuple):
    """Walks along atoms and the trie at once."""

    start: Index
    at: Index
    char: Index
    """The last one."""
    node: Index
    cost: Floats
    ways: Index

    def where(self, which: NDArray[np.bool_] | Index) -> "_Walks":
        return _Walks._make(column[which] for column in self)


def guess(
    signs: Suspicion, atoms: Atoms, text: str, words: Vocabulary, channel: Channel
) -> Guesses:
    """Guess words that stand at suspicious places of a plain batch, by atoms and first letters."""
    found = _walked(signs, atoms, len(text), words, channel)
    found += _lettered(text, signs.odd, words, channel)
    return _cheapest(Guesses._make(map(np.concatenate, zip(*found, strict=True))))


def _walked(
    signs: Suspicion, atoms: Atoms, places: int, words: Vocabulary, channel: Channel
) -> list[Guesses]:
    begin = signs.begin
    nodes = int(max(atoms.end.max(initial=0), places)) + 1
    bounds = np.searchsorted(atoms.start, np.arange(nodes + 1))
    none = np.zeros(begin.size, np.int64)
    walks = _Walks(begin, begin, none, none, np.zeros(begin.size, np.float32), none)
    found: list[Guesses] = []
    for length in range(LONGEST):
        first = bounds[walks.at]
        size = bounds[walks.at + 1] - first
        row = np.repeat(np.arange(size.size), size)
        atom = (first - np.cumsum(size) + size)[row] + np.arange(row.size)
        char = atoms.char[atom]
        if length:
            on = np.flatnonzero(words.trie.next[walks.char[row] * words.trie.width + char])
            row, atom, char = row[on], atom[on], char[on]
            node, known = words.trie.step(walks.node[row], char)
        else:
            node = words.trie.root[char]
            known = node > 0
        node, atom, char, walks = node[known], atom[known], char[known], walks.where(row[known])
        way = atoms.way[atom]
        changed = way != SAME
        price = np.where(walks.ways == 0, channel.costs.first[way], channel.costs.more[way])
        walks = _Walks(
            walks.start,
            atoms.end[atom],
            char,
            node,
            walks.cost + np.where(changed, price + atoms.extra[atom], 0).astype(np.float32),
            walks.ways | np.where(changed, 1 << np.maximum(way, 0), 0),
        )
        if node.size > _MOST * max(begin.size, 1):
            walks = walks.where(np.argsort(walks.cost, kind="stable")[: _MOST * begin.size])
        found.append(_ended(walks, places, words, channel))
    return found


def _ended(walks: _Walks, places: int, words: Vocabulary, channel: Channel) -> Guesses:
    """The words that end where walks have come to."""
    first = words.trie.ends[walks.node]
    size = words.trie.ends[walks.node + 1] - first
    row = np.repeat(np.arange(size.size), size)
    value = words.trie.values[(first - np.cumsum(size) + size)[row] + np.arange(row.size)]
    word, swapped = value >> 1, value & 1 > 0
    ways = walks.ways[row]
    some = (walks.at[row] <= places) & np.where(swapped, ways == 0, ways > 0)
    row, word, swapped, ways = row[some], word[some], swapped[some], ways[some]
    cost = walks.cost[row] + np.where(swapped, channel.costs.first[SWAP], 0) - words.bonus[word]
    ways = ways | np.where(swapped, 1 << SWAP, 0)
    return Guesses(walks.start[row], walks.at[row], word, cost.astype(np.float32), ways)


def _lettered(text: str, at: Index, words: Vocabulary, channel: Channel) -> list[Guesses]:
    """Words whose first letters stand in runs of letters."""
    rows: list[tuple[int, int, int, float]] = []
    costs, done = channel.costs, 0
    for place in at.tolist():
        if place < done or not (run := _LETTERS.match(text, place)):
            continue
        done = run.end()
        if not 2 <= done - place <= _RUN:
            continue
        for begin in range(place, done - 1):
            for end in range(begin + 2, min(done, begin + LONGEST) + 1):
                price = costs.first[INITIAL] + costs.more[INITIAL] * (end - begin - 1)
                for word in words.initials.get(text[begin:end], ()):
                    rows.append((begin, end, word, price - words.bonus[word]))
    if not rows:
        return []
    begin_, end_, word_, cost_ = zip(*rows, strict=True)
    return [
        Guesses(
            np.array(begin_), np.array(end_), np.array(word_), np.array(cost_, np.float32),
            np.full(len(rows), 1 << INITIAL),
        )
    ]  # fmt: skip


def _cheapest(some: Guesses) -> Guesses:
    """Of guesses at the same word for the same stretch the cheapest."""
    some = some.where(np.lexsort((some.cost, some.word, some.end, some.start)))
    new = np.ones(some.start.size, bool)
    new[1:] = (
        (some.start[1:] != some.start[:-1])
        | (some.end[1:] != some.end[:-1])
        | (some.word[1:] != some.word[:-1])
    )
    return some.where(new)
