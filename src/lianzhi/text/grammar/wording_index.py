"""An index of wordings by the words that they require: which wordings a text may hold."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, pairwise
from typing import Any, NamedTuple

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


class _Needed(NamedTuple):
    """What a text must have for a wording to be in it; lists of words by number."""

    number: int
    """The wording."""
    rarest: int
    second: int
    """Another list that it requires, or the rarest again."""
    lead: int
    """The most characters before a word of the rarest list."""
    least: int
    most: int
    """The least and most characters from a word of the rarest list to one of the second."""


class WordingIndex:
    """Finds the wordings that texts may hold.

    A text may hold a wording if it has one word of each list that the wording requires, at a
    distance that the wording allows.
    """

    def __init__(self, wordings: Iterable[Wording]) -> None:
        """Build the index; wordings are numbered in their order."""
        lists: dict[frozenset[str], int] = {}
        needed: list[_Needed] = []
        for number, wording in enumerate(wordings):
            own = [lists.setdefault(words, len(lists)) for words in wording.needs]
            needed.append(_Needed(number, own[0], own[-1], wording.lead, *wording.apart))
        marks = frozenset(MARKS.values())
        self._marks: dict[str, list[int]] = {mark: [] for mark in marks}
        for words, place in lists.items():
            for mark in marks & words:
                self._marks[mark].append(place)
        # Marks are no words: a typed character that equals one means nothing.
        words_of = [words if words.isdisjoint(marks) else words - marks for words in lists]
        self.fast: Any = None
        if fast := compiled.twin("grammar._wording_index"):
            self.fast = fast.WordingIndex(*_tables(words_of, needed))
            return
        lists_of = defaultdict[str, list[int]](list)
        for place, words in enumerate(words_of):
            for word in words:
                lists_of[word].append(place)
        self._automaton = CharwiseDoubleArrayAhoCorasick(list(lists_of))
        #: The lists that have each word of the automaton.
        self._lists_of = list(lists_of.values())
        #: The wordings of which each list is the rarest.
        self._waiting = defaultdict[int, list[_Needed]](list)
        for each in needed:
            self._waiting[each.rarest].append(each)

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
        whole, rows = batch.text(), list[tuple[int, int, int]]()
        for text, (start, end) in enumerate(pairwise(batch.starts.tolist())):
            for each, first, _ in self._candidates(whole[start : end + 1], marked.get(text, ())):
                rows.append((each.number, text, start + max(first - each.lead, 0)))
        number, row, begin = np.array(sorted(rows), np.int64).reshape(-1, 3).T
        return number, row, begin

    def candidates_in_line(
        self, line: str, marks: Iterable[str] = ()
    ) -> list[tuple[int, list[Place]]]:
        """Return the same for one line, with where words of each wording's rarest list stand."""
        if self.fast:
            candidates: list[tuple[int, list[Place]]] = self.fast.candidates_in_line(
                as_codes(line), self.lists_of_marks(marks)
            )
            return candidates
        return sorted((each.number, places) for each, _, places in self._candidates(line, marks))

    def _candidates(
        self, line: str, marks: Iterable[str]
    ) -> Iterator[tuple[_Needed, int, list[Place]]]:
        """Yield the wordings that a line may hold, with the first place and all places of words of
        their rarest list."""
        places: dict[int, list[Place]] = {}
        for start, end, word in self._automaton.find_overlapping(line):
            for number_ in self._lists_of[word]:
                places.setdefault(number_, []).append((start, end))
        bounds = {
            number_: (min(places_)[0], max(places_)[0]) for number_, places_ in places.items()
        }
        for number_ in self.lists_of_marks(marks):  # marks may stand anywhere
            places.setdefault(number_, [])
            bounds[number_] = 0, len(line) - 1
        for number_, places_ in places.items():
            first, last = bounds[number_]
            for each in self._waiting.get(number_, ()):
                if each.second in bounds:
                    second_first, second_last = bounds[each.second]
                    if second_last - first >= each.least and second_first - last <= each.most:
                        yield each, first, places_

    def lists_of_marks(self, marks: Iterable[str]) -> list[int]:
        """Return the lists that marks are in."""
        return [number_ for mark in marks for number_ in self._marks[mark]]


def _tables(
    words_of: Sequence[frozenset[str]], needed: Sequence[_Needed]
) -> tuple[list[str], Index, Ragged]:
    """Return the words of all lists, the list of each, and by list what waits for it: the tables
    of the compiled twin."""
    of = np.repeat(np.arange(len(words_of)), list(map(len, words_of)))
    number, rarest, *columns = np.array(needed, np.int64).reshape(-1, len(_Needed._fields)).T
    waiting = Ragged(rarest, number, *columns, count=len(words_of))
    return list(chain.from_iterable(words_of)), of, waiting
