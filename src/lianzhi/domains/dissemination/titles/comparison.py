"""Comparison: a reprint's title beside its source, with everything the rules ask for."""

from bisect import bisect_right
from functools import cached_property, lru_cache
from typing import NamedTuple

from lianzhi.domains.dissemination.titles.lexicon import Group, Lexicon, Mark, Search
from lianzhi.domains.dissemination.titles.quantities import Quantities, Quantity
from lianzhi.domains.dissemination.titles.segmentation import NAME, NOUN, VERB, Segmenter, Word
from lianzhi.domains.dissemination.titles.wording import (
    Block,
    Slot,
    blocks,
    clauses,
    folded,
    slots,
)

NEGATION, HEDGE, PLAN, DONE, CERTAIN, ALL, MOST, PARTIAL, FINISHED, DENIED = (
    1 << n for n in range(10)
)
_PLAIN_FAMILIES = ("negation", "hedge", "plan", "done", "certain", "all", "most", "partial")
_FAMILIES: tuple[str, ...] = (*_PLAIN_FAMILIES, "finished", "denied")
#: Auxiliaries between a cue and what it is said of.
_FILLERS = "会能得被有是予须再曾可以要将在对于地的个让把给获遭"
#: How far before its content a negation stands.
_NEAR = 6
#: Characters that show what a cue is said of.
_TAIL = 2


class Person(NamedTuple):
    """One who acts or is acted on: where, and who it is."""

    start: int
    end: int
    key: str


class Reading:
    """One folded text, its clauses, and the words of the lexicon in it."""

    def __init__(self, text: str, tools: "Tools") -> None:
        self.text = text
        self.clauses = clauses(text)
        self.cues = [mark for mark in tools.cues.find(text) if mark.value]
        self.groups = tools.groups.find(text)
        self.quantities = tools.quantities.read(text)
        self._tools = tools
        self._starts = [start for start, _ in self.clauses]

    @cached_property
    def people(self) -> list[Person]:
        """Those of the lexicon who act or are acted on, in order."""
        numbered = ((mark, self._tools.person_of(mark)) for mark in self.groups)
        return [Person(m.start, m.end, str(n)) for m, n in numbered if n is not None]

    @cached_property
    def actors(self) -> list[Person]:
        """`people`, and nouns that end like the words for them, in order."""
        known, agents = self.people, self._tools.agents
        occupied = {place for each in known for place in range(each.start, each.end)}
        nouns = [
            Person(word.start, word.end, self.text[word.start : word.end])
            for word in self.words
            if word.part in (NOUN, NAME)
            and word.end - word.start > 1
            and self.text[word.end - 1] in agents
            and word.start not in occupied
            and word.end - 1 not in occupied
        ]
        return sorted((*known, *nouns))

    @cached_property
    def words(self) -> list[Word]:
        """Its words with their parts of speech."""
        return self._tools.segmenter.words(self.text)

    @cached_property
    def starts(self) -> frozenset[int]:
        """Where words begin, and the end of the text."""
        return frozenset(word.start for word in self.words) | {len(self.text)}

    def clause_at(self, place: int) -> tuple[int, int]:
        """The clause around a place."""
        at = bisect_right(self._starts, place) - 1
        return self.clauses[at] if at >= 0 else (0, len(self.text))

    def has(self, bits: int) -> bool:
        """Whether it holds a cue of one of these families."""
        return any(mark.value & bits for mark in self.cues)

    def cued(self, place: int, bits: int) -> bool:
        """Whether the clause around a place holds a cue of one of these families; a negation has to
        stand before it."""
        if bits == NEGATION:
            return self.denied(place)
        start, end = self.clause_at(place)
        return any(mark.value & bits and start <= mark.start < end for mark in self.cues)

    def denied(self, place: int) -> bool:
        """Whether a negation stands shortly before a place, or the text as a whole is denied."""
        start, _ = self.clause_at(place)
        before = self.within(max(start, place - _NEAR), place, NEGATION)
        return before is not None or self.has(DENIED)

    def count(self, bits: int) -> int:
        """How many cues of these families it holds."""
        return sum(bool(mark.value & bits) for mark in self.cues)

    def within(self, start: int, end: int, bits: int) -> Mark | None:
        """A cue of one of these families that lies in a range."""
        return next((m for m in self.cues if m.value & bits and start <= m.start < end), None)

    def tail(self, mark: Mark) -> tuple[str, int]:
        """The characters that a cue is said of, in its clause, and where they begin."""
        _, end = self.clause_at(mark.start)
        place = mark.end
        while place + _TAIL < end and self.text[place] in _FILLERS:
            place += 1
        return self.text[place : min(place + _TAIL, end)], place

    def places(self, words: str) -> list[int]:
        """Where words stand."""
        out, at = [], self.text.find(words)
        while at >= 0:
            out.append(at)
            at = self.text.find(words, at + 1)
        return out


class Tools:
    """Searches made of one version of the lexicon."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        values: dict[str, int] = dict.fromkeys(lexicon.cues.plain.split(), 0)
        for bit, family in enumerate(_FAMILIES):
            for word in getattr(lexicon.cues, family).split():
                values[word] = values.get(word, 0) | 1 << bit
        self.cues = Search(values.items())
        self.members: dict[str, list[int]] = {}
        for number, group in enumerate(lexicon.groups):
            for word in group.words:
                self.members.setdefault(word, []).append(number)
        self._words = list(self.members)
        groups = lexicon.groups
        self._groups = [[(n, groups[n]) for n in self.members[word]] for word in self._words]
        self.groups = Search((word, place) for place, word in enumerate(self._words))
        self.quantities = Quantities(lexicon.numbers)
        own = {
            word: NOUN if group.rule == "entity" else VERB
            for group in lexicon.groups
            for word in group.words
            if len(word) > 1
        }
        self.segmenter = Segmenter(own)
        strong = lexicon.strong
        exaggerations: dict[str, int] = dict.fromkeys(strong.stops.split(), 0)
        for bit, words in ((1, strong.words), (2, strong.weak)):
            exaggerations.update(dict.fromkeys(words.split(), bit))
        self.strong = Search(exaggerations.items())
        self.synonyms: dict[str, int] = {}
        for number, words in enumerate(lexicon.identity.synonyms):
            for word in words.split():
                self.synonyms.setdefault(word, number)
        self.agents = frozenset(lexicon.identity.agents.split())
        self.heads = frozenset(lexicon.identity.heads.split())
        self.opposites = tuple(frozenset(each) for each in lexicon.identity.opposites)
        self.suffixes = tuple(lexicon.identity.suffixes.split())
        cues = lexicon.cues
        #: Words without which a title says something else, by what they do.
        self.decisive = tuple(
            tuple(each.split())
            for each in (cues.refutation, cues.contrast, cues.condition, cues.cause, cues.outcome)
        )
        self.source = lru_cache(4096)(self._source)

    def word(self, mark: Mark) -> str:
        """The word of a group that a mark stands for."""
        return self._words[mark.value]

    def groups_of(self, mark: Mark) -> list[tuple[int, Group]]:
        """The groups that a marked word belongs to."""
        return self._groups[mark.value]

    def person_of(self, mark: Mark) -> int | None:
        """Number of the group of persons that a marked word belongs to."""
        return next((number for number, group in self.groups_of(mark) if group.person), None)

    def _source(self, title: str, body: str) -> "Source":
        reading, inside = Reading(folded(title), self), Reading(folded(body), self)
        marks = (*reading.groups, *inside.groups)
        numbers = frozenset(number for mark in marks for number, _ in self.groups_of(mark))
        return Source(reading, inside, f"{reading.text}\n{inside.text}", numbers)


class Source(NamedTuple):
    """A source's title and body."""

    title: Reading
    body: Reading
    text: str
    """Title and body of the source, one after the other."""
    groups: frozenset[int]
    """Numbers of the groups whose words either holds."""

    def has(self, bits: int) -> bool:
        """Whether either holds a cue of one of these families."""
        return self.title.has(bits) or self.body.has(bits)


class Comparison:
    """A reprint's title beside its source."""

    def __init__(self, tools: Tools, source: Source, reprint: str) -> None:
        self.tools, self.source = tools, source
        self.title = source.title
        self.reprint = Reading(folded(reprint), tools)
        self.shared: list[Block] = blocks(self.reprint.text, self.title.text)
        self.slots: list[Slot] = slots(self.reprint.text, self.title.text, self.shared)

    def bears_out(self, quantity: Quantity) -> bool:
        """Whether title or body states what a quantity says."""
        return any(each.supports(quantity) for each in self.title.quantities) or any(
            each.supports(quantity) for each in self.source.body.quantities
        )
