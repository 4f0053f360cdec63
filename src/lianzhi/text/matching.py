"""Matching: which lexicon entries stand in a batch of folded texts, and what they count there.

Chinese has no word boundaries to lean on. Instead an entry gives way to an innocent word that
covers it (操 in 操作), to a longer entry that covers it, and to context: weak entries count fully
only where they are aimed at a person, and an entry that is quoted or reported in counter-speech is
mentioned, not used.
"""

from functools import cache
from itertools import chain
from typing import NamedTuple

import numpy as np
from daachorse import CharwiseDoubleArrayAhoCorasick
from numpy.typing import NDArray

from lianzhi.text import entries
from lianzhi.text.context import Context, Mask, beside_latin, inside
from lianzhi.text.entries import (
    ASSENT,
    COUNTER,
    INNOCENT,
    KINDS,
    PERSON,
    REPORT,
    SPEAKER,
    THING,
    Entries,
)
from lianzhi.text.folding import Batch, Index
from lianzhi.text.speech import tell

Floats = NDArray[np.float64]


class Hits(NamedTuple):
    """The entries that stand in a batch and are not covered, by role and place."""

    start: Index
    """Place in `Batch.codes`."""
    end: Index
    entry: Index
    role: Index
    """Index into `entries.ROLES`."""
    text: Index
    """Which text of the batch."""

    def where(self, which: Mask | NDArray[np.intp]) -> "Hits":
        """Select hits by mask or by place, in the order of places."""
        return Hits(*(column[which] for column in self))


class Matches(NamedTuple):
    """What the lexicon says of each text."""

    kinds: Floats
    """Shape [texts, kinds], 0 to 1."""
    counter: Floats
    """Shape [texts], 0 to 1."""
    criticism: Mask
    """Shape [texts]: speaks of things and of nobody, with no kind of harm that is clear."""
    harms: Hits
    """The hits of harm kinds."""
    weight: Floats
    """What each of `harms` counts, context heeded."""


@cache
def _automaton() -> CharwiseDoubleArrayAhoCorasick:
    return CharwiseDoubleArrayAhoCorasick(list(entries.load().terms))


def match(batch: Batch) -> Matches:
    """Match a whole batch against the lexicon."""
    lexicon = entries.load()
    texts = batch.starts.size - 1
    hits = _find(batch, lexicon)
    support = hits.where(hits.role == COUNTER)
    counter = _noisy_or(support.text, support.entry, lexicon.weight[support.entry], texts)
    things = _of_things(batch, hits, lexicon)
    # Context changes nothing but harm and agreement.
    matters = (hits.role < len(KINDS)) | (hits.role == ASSENT)
    hits = hits.where(_marked(hits.text, matters, texts)[hits.text])
    weight, counter = _weigh(batch, hits, counter, lexicon)
    harm = hits.role < len(KINDS)
    harms, weight = hits.where(harm), weight[harm]
    cell = harms.text * len(KINDS) + harms.role
    kinds = _noisy_or(cell, harms.entry, weight, texts * len(KINDS)).reshape(texts, len(KINDS))
    criticism = things & (kinds.max(axis=1) < lexicon.policy.clear)
    return Matches(kinds, counter, criticism, harms, weight)


def _marked(text: Index, mark: Mask, texts: int) -> Mask:
    """Which texts have a marked hit."""
    out = np.zeros(texts, bool)
    out[text[mark]] = True
    return out


def _of_things(batch: Batch, hits: Hits, lexicon: Entries) -> Mask:
    """Which texts speak of things and of nobody."""
    texts, thing = batch.starts.size - 1, hits.where(hits.role == THING)
    person = np.flatnonzero(lexicon.people[batch.codes])
    person = person[~inside(person, person + 1, thing.start, thing.end)]
    text = np.searchsorted(batch.starts, person, "right") - 1
    out = _marked(hits.text, hits.role == THING, texts)
    out &= ~_marked(hits.text, hits.role == PERSON, texts)
    out[text] = False
    return out


def _find(batch: Batch, lexicon: Entries) -> Hits:
    found = chain.from_iterable(_automaton().find_overlapping(batch.text()))
    start, end, entry = np.ascontiguousarray(np.fromiter(found, np.int64).reshape(-1, 3).T)
    text = np.searchsorted(batch.starts, start, "right") - 1
    hits = Hits(start, end, entry, lexicon.role[entry], text)
    # Where there is neither harm nor counter-speech nor a thing, no other word matters.
    matters = (hits.role <= COUNTER) | (hits.role == THING)
    hits = hits.where(_marked(text, matters, batch.starts.size - 1)[text])
    latin = lexicon.latin[hits.entry] & beside_latin(batch.codes, hits.start, hits.end)
    hits = hits.where(~latin)
    hits = hits.where(np.lexsort((-hits.end, hits.start, hits.role)))
    return hits.where(~_covered(hits))


def _covered(hits: Hits) -> Mask:
    """Which hits lie inside an innocent word, or inside a longer entry that knows better.

    That is: an entry of the same role; counter-speech for harm (恶毒 in 恶毒的话) and the other way
    round (放过她 in 别放过她). Hits come by role and place, the longer first.
    """
    harm, counter = hits.role < len(KINDS), hits.role == COUNTER
    stride = int(hits.end.max(initial=0)) + 1
    finish = hits.role * stride + hits.end
    same = np.concatenate(([-1], np.maximum.accumulate(finish)))[:-1] >= finish
    innocent = (harm | counter | (hits.role == ASSENT)) & _within(
        hits, hits.where(hits.role == INNOCENT)
    )
    contrary = harm & _within(hits, hits.where(counter)) | counter & _within(hits, hits.where(harm))
    covered: Mask = same | innocent | contrary
    return covered


def _within(hits: Hits, others: Hits) -> Mask:
    return inside(hits.start, hits.end, others.start, others.end)


def _weigh(batch: Batch, hits: Hits, counter: Floats, lexicon: Entries) -> tuple[Floats, Floats]:
    """What each hit counts where it stands, and what counter-speech comes to in its context."""
    policy, texts = lexicon.policy, batch.starts.size - 1
    context = Context(batch, hits.start, hits.end, hits.text)
    thing = hits.role == THING
    elsewhere = np.diff(batch.starts) - 1 > policy.short
    elsewhere[hits.text[thing | (hits.role == SPEAKER)]] = True
    person = context.clause_holds(hits.role == PERSON) & ~context.clause_holds(thing)
    aimed = person | ~elsewhere[hits.text]
    weight = np.where(aimed, lexicon.aimed[hits.entry], lexicon.weight[hits.entry])

    clear = (hits.role < len(KINDS)) & (weight >= policy.clear)
    said = tell(hits.start, hits.end, hits.role, hits.text, clear, context, texts)
    counter = np.where(said.defends, 1 - (1 - counter) * (1 - policy.defence), counter)
    counter = np.where(said.assents, counter * policy.assent, counter)

    # In counter-speech, what is quoted, reported or ascribed to others is mentioned, not used.
    passed_on = context.clause_holds(hits.role == REPORT) | context.quoted
    passed_on |= said.told & said.defends[hits.text]
    excused = (counter >= policy.counter) & ~said.assents
    return np.where(passed_on & excused[hits.text], weight * policy.mention, weight), counter


def _noisy_or(cell: Index, entry: Index, weight: Floats, cells: int) -> Floats:
    """Combine each cell's distinct entries: 1 - prod(1 - weight). Repeats count once, at most."""
    order = np.lexsort((-weight, entry, cell))
    cell, entry, weight = cell[order], entry[order], weight[order]
    again = (cell[1:] == cell[:-1]) & (entry[1:] == entry[:-1])
    first = np.concatenate((np.ones(min(cell.size, 1), bool), ~again))
    doubt = np.bincount(cell[first], np.log1p(-weight[first]), cells)
    out: Floats = 1.0 - np.exp(doubt)
    return out
