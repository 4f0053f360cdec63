"""An index of wordings by the words that they require: which wordings a text may hold."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import chain, count
from typing import Any

import numpy as np
from daachorse import CharwiseDoubleArrayAhoCorasick

from lianzhi.text.arrays import compiled
from lianzhi.text.arrays.batch import Batch, Index, as_codes
from lianzhi.text.arrays.ragged import Ragged
from lianzhi.text.grammar import literals
from lianzhi.text.grammar.identifiers import IDENTIFIERS
from lianzhi.text.grammar.wording import Wording

#: In a text to be searched, the first character of an identifier is its mark.
MARKS = dict(zip(IDENTIFIERS, literals.MARKS, strict=False))

Place = tuple[int, int]


class WordingIndex:
    """Finds the wordings that texts may hold.

    A text may hold a wording if it has one word of each list that the wording requires, at a
    distance that the wording allows.
    """

    def __init__(self, wordings: Iterable[Wording]) -> None:
        """Build the index; wordings are numbered in their order."""
        lists: dict[frozenset[str], int] = {}
        needed: list[list[int]] = []
        bounds: list[tuple[int, int, int]] = []
        for one in wordings:
            bounds.append((one.lead, *one.apart))
            needed.append([lists.setdefault(words, len(lists)) for words in one.needs])
        rarest = np.array([some[0] for some in needed], np.int64)
        second = np.array([some[-1] for some in needed], np.int64)
        columns = second, *np.array(bounds, np.int64).reshape(-1, 3).T
        #: By list: the wordings of which it is the rarest; their second list, or the same again
        #: where they have none; the most characters before the first; and the least and most
        #: characters from the first to the second.
        self._waiting = Ragged(rarest, np.arange(len(needed)), *columns, count=len(lists))
        marks = frozenset(MARKS.values())
        self._marks: dict[str, list[int]] = {mark: [] for mark in marks}
        for words, place in lists.items():
            for mark in marks & words:
                self._marks[mark].append(place)
        # Marks are no words: a typed character that equals one means nothing.
        words_of = [words if words.isdisjoint(marks) else words - marks for words in lists]
        of = np.repeat(np.arange(len(lists)), list(map(len, words_of)))
        self.fast: Any = None
        if fast := compiled.twin("grammar._wording_index"):
            self.fast = fast.WordingIndex(list(chain.from_iterable(words_of)), of, self._waiting)
            return
        number_of = defaultdict[str, int](count().__next__)  # as they come, each once
        row = np.fromiter(map(number_of.__getitem__, chain.from_iterable(words_of)), np.int64)
        once = list(number_of)
        self._lists_of = Ragged(row, of, count=len(once))
        self._automaton = CharwiseDoubleArrayAhoCorasick(once)
        #: The same as plain lists, for one text at a time.
        self._starts = self._lists_of.starts.tolist()
        self._of_word = self._lists_of.columns[0].tolist()
        self._first: dict[int, list[tuple[int, int, int, int]]] = {}
        for number, (some, (_, least, most)) in enumerate(zip(needed, bounds, strict=True)):
            self._first.setdefault(some[0], []).append((number, some[-1], least, most))

    def candidates(
        self, batch: Batch, marked: Mapping[int, Iterable[str]]
    ) -> tuple[Index, Index, Index]:
        """Return which wordings texts may hold: wording, text and first place, sorted by wording.

        The wording begins at that place of the batch or later. `marked` are the marks of the
        identifiers of texts, by text.
        """
        if self.fast:
            lists = {text: self.lists_of_marks(marks) for text, marks in marked.items()}
            pairs: tuple[Index, Index, Index] = self.fast.candidates(*batch, lists)
            return pairs
        starts, count = batch.starts, batch.starts.size - 1
        places = self._automaton.find_overlapping(batch.text())
        found = np.fromiter(chain.from_iterable(places), np.int64, 3 * len(places)).reshape(-1, 3)
        asked, of = self._lists_of.of(found[:, 2])
        begin = found[asked, 0]
        row = np.searchsorted(starts, begin, "right") - 1
        # Lists by text, and where each is met first and last; those that marks are in, anywhere.
        key = self._lists_of.columns[0][of] * count + row
        more = [
            (one * count + text, place)
            for text in marked
            for one in self.lists_of_marks(marked[text])
            for place in (starts[text], starts[text + 1])
        ]
        some = np.array(more, np.int64).reshape(-1, 2)
        key, begin = np.concatenate((key, some[:, 0])), np.concatenate((begin, some[:, 1]))
        order = np.lexsort((begin, key))
        key, begin = key[order], begin[order]
        new = np.diff(key, prepend=-1) > 0
        key, first, last = key[new], begin[new], begin[np.roll(new, -1)]
        asked, place = self._waiting.of(key // count)
        number, second, lead, least, most = (column[place] for column in self._waiting.columns)
        row = key[asked] % count
        other = np.minimum(key.searchsorted(second * count + row), key.size - 1)
        near = (last[other] - first[asked] >= least) & (first[other] - last[asked] <= most)
        held = np.flatnonzero((key[other] == second * count + row) & near)
        held = held[np.argsort(number[held], kind="stable")]
        number, row, begin = number[held], row[held], (first[asked] - lead)[held]
        return number, row, np.maximum(begin, starts[row])

    def candidates_in_line(
        self, line: str, marks: Iterable[str] = ()
    ) -> list[tuple[int, list[Place]]]:
        """Return the same for one line, with where words of each wording's rarest list stand."""
        if self.fast:
            held: list[tuple[int, list[Place]]] = self.fast.candidates_in_line(
                as_codes(line), self.lists_of_marks(marks)
            )
            return held
        places: dict[int, list[Place]] = {}
        for start, end, value in self._automaton.find_overlapping(line):
            for some in self._of_word[self._starts[value] : self._starts[value + 1]]:
                places.setdefault(some, []).append((start, end))
        bounds = {one: (min(some)[0], max(some)[0]) for one, some in places.items()}
        for one in self.lists_of_marks(marks):
            places.setdefault(one, [])
            bounds[one] = 0, len(line) - 1
        return sorted(
            (number, places[first])
            for first in places
            for number, second, least, most in self._first.get(first, ())
            if second in bounds
            and bounds[second][1] - bounds[first][0] >= least
            and bounds[second][0] - bounds[first][1] <= most
        )

    def lists_of_marks(self, marks: Iterable[str]) -> list[int]:
        """Return the lists that marks are in."""
        return [one for mark in marks for one in self._marks[mark]]
