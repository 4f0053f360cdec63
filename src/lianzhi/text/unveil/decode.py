"""Decoding: the likeliest guesses, given the characters before and after them.

Beam search along each window of guesses that are near one another, all windows of a batch at once.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lianzhi.text.arrays.ragged import ranges
from lianzhi.text.unveil.guesses import Guesses
from lianzhi.text.unveil.language import EDGE, Floats, Ids, Language
from lianzhi.text.unveil.vocabulary import Vocabulary

Index = NDArray[np.int64]
Sums = NDArray[np.float64]
#: Readings kept for each place of a window; the most characters of a window.
BEAM, WINDOW = 8, 64
#: Characters after a guess whose trigrams include it. They are written out in `local_odds`.
AFTER = 2
#: A guess that is less likely than what is written by more than this, in nats, is dropped.
HOPELESS = 4.5
#: A guess may be this much less likely than what is written, in nats, and still be chosen where
#: nothing near it is likelier.
LENIENCE = 3.0


class Chosen(NamedTuple):
    """Chosen guesses, and how likely they are against what is written."""

    guess: Index
    """Places in the guesses."""
    odds: Floats
    """Log-odds of the best reading of the window against what is written."""
    alone: Floats
    """Log-odds of the guess, its neighbours as they are written."""


class _Lanes(NamedTuple):
    """Windows [first, last) of a batch."""

    first: Index
    last: Index

    @property
    def length(self) -> Index:
        return self.last - self.first


def local_odds(
    ids: Ids, before: Sums, guesses: Guesses, words: Vocabulary, language: Language
) -> Floats:
    """Return the log-odds of each guess against what is written, its neighbours as they are.

    `before[i]` is the log-probability of all characters before place i, as they are written.
    """
    first, two = ids[np.maximum(guesses.start - 2, 0)], ids[guesses.start - 1]
    first = np.where(two == EDGE, EDGE, first).astype(np.uint32)
    last = guesses.end + 1
    third, fourth = ids[guesses.end], ids[np.minimum(last, ids.size - 1)]
    open_ = np.flatnonzero(third != EDGE)
    last[open_] += 1
    # All in one call of the model: the word, and two characters after it.
    entry = _Entry.of(first, two, guesses.word, words)
    first, two = entry.last(two, guesses.word, words)
    queries = [*entry.queries, (first, two, third), (two[open_], third[open_], fourth[open_])]
    answers = language.after(*map(np.concatenate, zip(*queries, strict=True)))
    parts = np.split(answers, np.cumsum([each[0].size for each in queries[:-1]]))
    total = entry.total(*parts[:2]) + parts[2]
    total[open_] += parts[3]
    return (total - guesses.cost - (before[last] - before[guesses.start])).astype(np.float32)


class _Entry(NamedTuple):
    """The queries to the language model for words after two characters."""

    queries: tuple[tuple[Ids, Ids, Ids], ...]
    """Trigrams of their first characters, and of their second ones where they have one."""
    long: Index
    inner: Floats

    @classmethod
    def of(cls, first_: Ids, two: Ids, word: Index, words: Vocabulary) -> "_Entry":
        first, second = words.ids[word, 0], words.ids[word, 1]
        long = np.flatnonzero(words.size[word] > 1)
        queries = (first_, two, first), (two[long], first[long], second[long])
        return cls(queries, long, words.inner[word])

    @staticmethod
    def last(two: Ids, word: Index, words: Vocabulary) -> tuple[Ids, Ids]:
        """Return the last two characters after words that follow character `two`."""
        before, last = words.last[word].T
        return np.where(words.size[word] == 1, two, before), last

    def total(self, first: Floats, second: Floats) -> Floats:
        """Return the log-probability of the words, given the answers to the queries."""
        total = first + self.inner
        total[self.long] += second
        return total


def _spell(
    first: Ids, two: Ids, total: Floats, word: Index, words: Vocabulary, language: Language
) -> tuple[Ids, Ids, Floats]:
    """Return the last two characters after words, and the log-probability up to there."""
    entry = _Entry.of(first, two, word, words)
    answers = language.after(*map(np.concatenate, zip(*entry.queries, strict=True)))
    total = total + entry.total(answers[: word.size], answers[word.size :])
    return *entry.last(two, word, words), total


def decode(
    ids: Ids, before: Sums, guesses: Guesses, words: Vocabulary, language: Language
) -> Chosen:
    """Choose guesses. `ids` is the batch as the model numbers it; `before` as for `local_odds`."""
    odds = local_odds(ids, before, guesses, words, language)
    kept = np.flatnonzero(odds > -HOPELESS)
    if not kept.size:
        return Chosen(kept, odds[kept], odds[kept])
    kept = kept[np.argsort(guesses.start[kept], kind="stable")]
    lane, lanes = _windows(ids, guesses.where(kept))
    fits = guesses.end[kept] <= np.minimum(np.append(lanes.first[1:], ids.size), lanes.last)[lane]
    kept, lane = kept[fits], lane[fits]
    # What stands alone in its window needs no search.
    several = np.bincount(lane, minlength=lanes.first.size) > 1
    lone = kept[~several[lane]]
    lone = lone[odds[lone] > -LENIENCE]
    picked, worth = lone, odds[lone]
    if several.any():
        kept, lane = kept[several[lane]], (np.cumsum(several) - 1)[lane[several[lane]]]
        lanes = _Lanes(lanes.first[several], lanes.last[several])
        more, gained = _searched(ids, before, guesses, odds, kept, lane, lanes, words, language)
        picked, worth = np.concatenate((picked, more)), np.concatenate((worth, gained))
    order = np.argsort(guesses.start[picked], kind="stable")
    return Chosen(picked[order], worth[order], odds[picked[order]])


def _searched(
    ids: Ids,
    before: Sums,
    guesses: Guesses,
    odds: Floats,
    kept: Index,
    lane: Index,
    lanes: _Lanes,
    words: Vocabulary,
    language: Language,
) -> tuple[Index, Floats]:
    """Return the guesses of the best reading of each window, and the log-odds of it.

    `kept` are guesses, `lane` the window of each.
    """
    end = guesses.end[kept] - lanes.first[lane]
    order = np.argsort(end, kind="stable")
    bounds = np.searchsorted(end[order], np.arange(int(lanes.length.max()) + 2))
    search = _Search(ids, guesses, lanes, words, language)
    for place in range(1, int(lanes.length.max()) + 1):
        here = order[bounds[place] : bounds[place + 1]]
        search.step(place, kept[here], lane[here])
    at, score = search.best()
    worth = (score - (before[lanes.last] - before[lanes.first])).astype(np.float32)
    picked, gained = search.path(at[worth > 0], worth[worth > 0])
    # Where what is written is likeliest: the guess that is nearest to it.
    rising = np.argsort(odds[kept], kind="stable")
    nearest = np.zeros(lanes.first.size, np.int64)
    nearest[lane[rising]] = kept[rising]
    near = nearest[worth <= 0]
    near = near[odds[near] > -LENIENCE]
    return np.concatenate((picked, near)), np.concatenate((gained, odds[near]))


def _windows(ids: Ids, guesses: Guesses) -> tuple[Index, _Lanes]:
    """Return the window of each guess, and the bounds of windows. Guesses come by start.

    Windows are of one text; one that grows too long is cut.
    """
    reach = np.maximum.accumulate(guesses.end)
    new = np.ones(guesses.start.size, bool)
    text = np.cumsum(ids == EDGE)[guesses.start]
    new[1:] = (guesses.start[1:] > reach[:-1] + AFTER) | (text[1:] > text[:-1])
    origin = guesses.start[new][np.cumsum(new) - 1]
    new |= np.concatenate(([False], np.diff((guesses.start - origin) // WINDOW) != 0))
    lane = np.cumsum(new) - 1
    first = guesses.start[new]
    end = np.maximum.reduceat(guesses.end, np.flatnonzero(new))
    end = np.minimum(end, first + WINDOW)
    last = end.copy()
    for _ in range(AFTER):
        go = ids[np.minimum(last, ids.size - 1)] != EDGE
        last = np.where(go, last + 1, last)
    # One place more, the edge itself, where the text ends there.
    last = np.where(ids[np.minimum(last, ids.size - 1)] == EDGE, last + 1, last)
    return lane, _Lanes(first, np.minimum(last, ids.size))


class _States(NamedTuple):
    """Readings of windows up to a place, one row each: by window, the best first."""

    lane: Index
    earlier: Ids
    last: Ids
    """The last two characters."""
    score: Floats
    guess: Index
    """The guess that led here, as its place in the guesses; -1 for a character as it stands."""
    prior: Index
    """The state before it, over all states of the search."""


class _Search:
    """Beam search over all windows, place by place."""

    def __init__(
        self, ids: Ids, guesses: Guesses, lanes: _Lanes, words: Vocabulary, language: Language
    ) -> None:
        self._ids, self._guesses, self._lanes = ids, guesses, lanes
        self._words, self._language = words, language
        count = lanes.first.size
        two = ids[lanes.first - 1]
        first = np.where(two == EDGE, EDGE, ids[np.maximum(lanes.first - 2, 0)]).astype(np.uint32)
        none = np.full(count, -1)
        start = _States(np.arange(count), first, two, np.zeros(count, np.float32), none, none)
        self._states = [start]
        self._offset = [0]
        self._bounds = [np.arange(count + 1)]

    def step(self, place: int, guesses: Index, lane: Index) -> None:
        """Extend the readings of every window to a place; `guesses` of windows `lane` end there."""
        rows = [self._as_it_stands(place)]
        begin = self._guesses.start[guesses] - self._lanes.first[lane]
        for origin in np.unique(begin).tolist():
            there = np.flatnonzero(begin == origin)
            rows.append(self._guessed(origin, guesses[there], lane[there]))
        merged = _pruned(_States._make(map(np.concatenate, zip(*rows, strict=True))))
        self._offset.append(self._offset[-1] + self._states[-1].lane.size)
        self._states.append(merged)
        count = self._lanes.first.size
        self._bounds.append(np.searchsorted(merged.lane, np.arange(count + 1)))

    def _as_it_stands(self, place: int) -> _States:
        prior = self._states[-1]
        on = np.flatnonzero(self._lanes.length[prior.lane] >= place)
        lane = prior.lane[on]
        third = self._ids[self._lanes.first[lane] + place - 1]
        gain = self._language.after(prior.earlier[on], prior.last[on], third)
        none = np.full(on.size, -1)
        score = prior.score[on] + gain
        return _States(lane, prior.last[on], third, score, none, self._offset[-1] + on)

    def _guessed(self, origin: int, guesses: Index, lane: Index) -> _States:
        prior, bounds = self._states[origin], self._bounds[origin]
        row, state = ranges(bounds[lane], bounds[lane + 1])
        guess = guesses[row]
        first, two, score = _spell(
            prior.earlier[state],
            prior.last[state],
            prior.score[state] - self._guesses.cost[guess],
            self._guesses.word[guess],
            self._words,
            self._language,
        )
        return _States(prior.lane[state], first, two, score, guess, self._offset[origin] + state)

    def best(self) -> tuple[Index, Floats]:
        """Return the best state of each window at its end, over all states, and its score."""
        count = self._lanes.first.size
        at, score = np.full(count, -1), np.full(count, -np.inf, np.float32)
        for place, (states, bounds) in enumerate(zip(self._states, self._bounds, strict=True)):
            over = np.flatnonzero((self._lanes.length == place) & (np.diff(bounds) > 0))
            at[over] = self._offset[place] + bounds[over]
            score[over] = states.score[bounds[over]]
        return at, score

    def path(self, at: Index, worth: Floats) -> tuple[Index, Floats]:
        """Return the guesses that led to some states, and the worth of the state of each."""
        guess = np.concatenate([states.guess for states in self._states])
        prior = np.concatenate([states.prior for states in self._states])
        guesses, worths = [np.zeros(0, np.int64)], [np.zeros(0, np.float32)]
        while at.size:
            used = guess[at] >= 0
            guesses.append(guess[at[used]])
            worths.append(worth[used])
            at = prior[at]
            at, worth = at[at >= 0], worth[at >= 0]
        return np.concatenate(guesses), np.concatenate(worths)


def _pruned(states: _States) -> _States:
    """Return the best states of each lane, one for each pair of last characters; best first."""
    same = (states.lane.astype(np.uint64) << np.uint64(32)) | (
        states.earlier.astype(np.uint64) << np.uint64(16) | states.last.astype(np.uint64)
    )
    order = np.lexsort((-states.score, same))
    new = np.ones(order.size, bool)
    new[1:] = np.diff(same[order]) != 0
    order = order[new]
    order = order[np.lexsort((-states.score[order], states.lane[order]))]
    lane = states.lane[order]
    rank = np.arange(lane.size) - np.searchsorted(lane, lane)
    order = order[rank < BEAM]
    return _States._make(column[order] for column in states)
