"""Matching: which lexicon entries stand in a batch of folded texts, and what they count there.

Chinese has no word boundaries to lean on. Instead an entry gives way to an innocent word that
covers it (操 in 操作), to a longer entry that covers it, to ordinary words whose edges it is made
of (`text.crossing`), and to context: weak entries count fully only where they are aimed at a
person, and an entry that is quoted or reported in counter-speech is mentioned, not used.
"""

from typing import NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from lianzhi.text import lexicons
from lianzhi.text.asking import looked_up
from lianzhi.text.context import Context, Mask, beside_latin, inside, texts_of
from lianzhi.text.crossing import crossing
from lianzhi.text.entries import (
    ASSENT,
    COUNTER,
    INNOCENT,
    KINDS,
    LOOKED_UP,
    PERSON,
    REPORT,
    ROLES,
    SPEAKER,
    THING,
    Lexicon,
)
from lianzhi.text.folding import Batch, Index
from lianzhi.text.framing import Columns, heed
from lianzhi.text.speech import tell
from lianzhi.text.strings import Strings

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

    def where(self, which: Mask | NDArray[np.intp] | slice) -> "Hits":
        """Select hits by mask or by place, in the order of places."""
        start, end, entry, role, text = self
        return Hits(start[which], end[which], entry[which], role[which], text[which])

    def and_(self, others: "Hits") -> "Hits":
        """These hits and others of the same batch."""
        return Hits(*map(np.concatenate, zip(self, others, strict=True)))

    def moved(self, to: Index, by: Index) -> "Hits":
        """The same hits in another batch: text n is text `to[n]` there, and stands `by[n]` on."""
        start, end = (places + by[self.text] for places in (self.start, self.end))
        return self._replace(start=start, end=end, text=to[self.text])


class Matches(NamedTuple):
    """What the lexicon says of each text."""

    kinds: Floats
    """Shape [texts, kinds], 0 to 1."""
    counter: Floats
    """Shape [texts], 0 to 1."""
    harms: Hits
    """The hits of harm kinds."""
    weight: Floats
    """What each of `harms` counts by itself, context heeded. Kinds that a text as a whole may speak
    for come to what these add up to and to how it sounds (`text.judging`)."""


class _Automaton(NamedTuple):
    """Some of the lexicon's entries; `entry` gives their places in it."""

    strings: Strings
    entry: Index


#: By roles, and whether entries in shadow are among them; kept for as long as the lexicon is.
_BUILT: WeakKeyDictionary[Lexicon, dict[tuple[tuple[int, ...], bool], _Automaton]] = (
    WeakKeyDictionary()
)


def _automaton(lexicon: Lexicon, roles: tuple[int, ...], *, shadow: bool) -> _Automaton:
    built = _BUILT.setdefault(lexicon, {})
    found = built.get((roles, shadow))
    if found is None:
        chosen = np.isin(lexicon.role, roles) & (shadow | ~lexicon.shadow)
        entry = chosen.nonzero()[0]
        terms = [lexicon.terms[place] for place in entry]
        found = _Automaton(Strings(terms), entry)
        built[roles, shadow] = found
    return found


#: What a text must hold for any other word to matter, and what covers that.
_SIGNS = (*range(len(KINDS)), COUNTER, INNOCENT, ASSENT)
_AROUND = tuple(role for role in range(len(ROLES)) if role not in _SIGNS)


def by_words(batch: Batch, lexicon: Lexicon) -> Matches:
    """What words and wordings say, however all of a text sounds (`text.judging`)."""
    texts = batch.starts.size - 1
    signs = _find(batch, _SIGNS, lexicon)
    support = (signs.role == COUNTER).nonzero()[0]
    entry = signs.entry[support]
    counter = _noisy_or(signs.text[support], entry, lexicon.weight[entry], texts)
    harms, weight = _in_context(batch, signs, counter, lexicon)
    harms, weight = _framed(batch, harms, weight, counter >= lexicon.policy.counter_speech, lexicon)
    return Matches(kinds_of(harms, weight, texts), counter, harms, weight)


def kinds_of(harms: Hits, weight: Floats, texts: int) -> Floats:
    """How strongly harms speak for each kind: shape [texts, kinds]."""
    if not weight.size:
        return np.zeros((texts, len(KINDS)))
    cell = harms.text * len(KINDS) + harms.role
    return _noisy_or(cell, harms.entry, weight, texts * len(KINDS)).reshape(texts, len(KINDS))


def _in_context(
    batch: Batch, signs: Hits, counter: Floats, lexicon: Lexicon
) -> tuple[Hits, Floats]:
    """The hits of harm kinds and what each weighs where it stands; `counter` is brought up to date.

    Context changes nothing but harm and agreement, which few texts hold.
    """
    texts = batch.starts.size - 1
    if not signs.start.size:
        return signs, np.zeros(0)
    matters = (signs.role < len(KINDS)) | (signs.role == ASSENT)
    if not np.count_nonzero(matters):
        return signs.where(slice(0)), np.zeros(0)
    chosen = texts_of(signs.text[matters], texts)
    row = chosen.nonzero()[0]
    part = batch.select(row)
    here, there = batch.starts[row], part.starts[:-1]
    hits, moves = signs, row.size < texts  # one text alone stays where it is
    if moves:
        place, shift = np.zeros(texts, np.int64), np.zeros(texts, np.int64)
        place[row], shift[row] = np.arange(row.size), there - here
        hits = signs.where(chosen[signs.text]).moved(place, shift)
    hits = hits.and_(_find(part, _AROUND, lexicon))
    weight, counter[row] = _weigh(part, hits, counter[row], lexicon)
    harm = hits.role < len(KINDS)
    harms = hits.where(harm)
    return harms.moved(row, here - there) if moves else harms, weight[harm]


def shadowed(batch: Batch, lexicon: Lexicon) -> Hits:
    """The entries in shadow that would stand in a batch if they were switched on."""
    hits = _find(batch, _SIGNS, lexicon, shadow=True)
    return hits.where(lexicon.shadow[hits.entry] & (hits.role != INNOCENT))


def _framed(
    batch: Batch, harms: Hits, weight: Floats, excused: Mask, lexicon: Lexicon
) -> tuple[Hits, Floats]:
    """Heed the guards of frames, and add what frames find; their groups come after the entries."""
    found = Columns(harms.text, harms.start, harms.end, harms.role, harms.entry, weight)
    weight, more = heed(batch, found, excused)
    if not more.text.size:
        return harms, weight
    entry = more.group + len(lexicon.terms)
    told = Hits(more.start, more.end, entry, more.kind, more.text)
    return harms.and_(told), np.concatenate((weight, more.weight))


def of_things(batch: Batch, lexicon: Lexicon | None = None) -> Mask:
    """Tell which texts speak of things and of nobody."""
    lexicon, texts = lexicon or lexicons.shipped(), batch.starts.size - 1
    thing = _raw(batch, (THING,), lexicon)
    if not thing.start.size:
        return np.zeros(texts, bool)
    person = lexicon.people[batch.codes].nonzero()[0]
    person = person[~inside(person, person + 1, thing.start, thing.end)]
    out = texts_of(thing.text, texts)
    out[_raw(batch, (PERSON,), lexicon).text] = False
    out[batch.starts.searchsorted(person, "right") - 1] = False
    return out


def _raw(batch: Batch, roles: tuple[int, ...], lexicon: Lexicon, *, shadow: bool = False) -> Hits:
    """All hits of these roles that stand between letters where they must."""
    some = _automaton(lexicon, roles, shadow=shadow)
    start, end, place = some.strings.find(batch.codes)
    if not start.size:
        return Hits(start, end, place, place, place)
    entry = some.entry[place]
    text = batch.starts.searchsorted(start, "right") - 1
    hits = Hits(start, end, entry, lexicon.role[entry], text)
    latin = lexicon.latin[entry].nonzero()[0]
    if not latin.size:
        return hits
    beside = latin[beside_latin(batch.codes, start[latin], end[latin])]
    return hits.where(np.delete(np.arange(entry.size), beside))


def _find(batch: Batch, roles: tuple[int, ...], lexicon: Lexicon, *, shadow: bool = False) -> Hits:
    hits = _raw(batch, roles, lexicon, shadow=shadow)
    if hits.start.size:
        hits = _apart(batch, hits)
    if hits.start.size < 2:  # nothing that covers another
        return hits
    hits = hits.where(np.lexsort((-hits.end, hits.start, hits.role)))
    return hits.where(~_covered(hits))


def _apart(batch: Batch, hits: Hits) -> Hits:
    """Leave out harm that is but the end of one word and the beginning of the next."""
    harm = (hits.role < len(KINDS)).nonzero()[0]
    if not harm.size:
        return hits
    gone = harm[crossing(batch.codes, hits.start[harm], hits.end[harm])]
    return hits.where(np.delete(np.arange(hits.role.size), gone)) if gone.size else hits


def _covered(hits: Hits) -> Mask:
    """Which hits lie inside an innocent word, or inside a longer entry that knows better.

    That is: an entry of the same role; counter-speech for harm (恶毒 in 恶毒的话) and the other way
    round (放过她 in 别放过她). Hits come by role and place, the longer first.
    """
    harm, counter = hits.role < len(KINDS), hits.role == COUNTER
    stride = int(np.maximum.reduce(hits.end)) + 1
    finish = hits.role * stride + hits.end
    same = np.concatenate(([-1], np.maximum.accumulate(finish)))[:-1] >= finish
    over = harm | counter | (hits.role == ASSENT)
    covered: Mask = same | over & _within(hits, hits.role == INNOCENT)
    if np.count_nonzero(counter):
        covered |= harm & _within(hits, counter) | counter & _within(hits, harm)
    return covered


def _within(hits: Hits, others: Mask) -> Mask:
    return inside(hits.start, hits.end, hits.start[others], hits.end[others])


def _weigh(batch: Batch, hits: Hits, counter: Floats, lexicon: Lexicon) -> tuple[Floats, Floats]:
    """What each hit counts where it stands, and what counter-speech comes to in its context."""
    policy, texts = lexicon.policy, batch.starts.size - 1
    context = Context(batch, hits.start, hits.end, hits.text)
    thing = hits.role == THING
    elsewhere = batch.starts[1:] - batch.starts[:-1] - 1 > policy.short
    elsewhere[hits.text[thing | (hits.role == SPEAKER)]] = True
    person = context.clause_holds(hits.role == PERSON) & ~context.clause_holds(thing)
    aimed = person | ~elsewhere[hits.text]
    weight = np.where(aimed, lexicon.aimed[hits.entry], lexicon.weight[hits.entry])

    clear = (hits.role < len(KINDS)) & (weight >= policy.clear)
    said = tell(hits.start, hits.end, hits.role, hits.text, clear, context, texts)
    if np.count_nonzero(said.defends):
        counter = np.where(said.defends, 1 - (1 - counter) * (1 - policy.defence), counter)
    if np.count_nonzero(said.assents):
        counter = np.where(said.assents, counter * policy.assent, counter)

    mentioned = np.zeros(weight.size, bool)
    # In counter-speech, what is quoted, reported or ascribed to others is mentioned, not used.
    excused = (counter >= policy.counter_speech) & ~said.assents
    if np.count_nonzero(excused):
        passed_on = context.clause_holds(hits.role == REPORT) | context.quoted
        passed_on |= said.told & said.defends[hits.text]
        mentioned = passed_on & excused[hits.text]
    if np.count_nonzero(hits.role == LOOKED_UP):
        asked = looked_up(batch, hits.start, hits.end, hits.role, context)
        mentioned |= asked & ~said.assents[hits.text]
    return np.where(mentioned, weight * policy.mention, weight), counter


def _noisy_or(cell: Index, entry: Index, weight: Floats, cells: int) -> Floats:
    """Combine each cell's distinct entries: 1 - prod(1 - weight). Repeats count once, at most."""
    if not cell.size:
        return np.zeros(cells)
    if cell.size > 1:
        order = np.lexsort((-weight, entry, cell))
        cell, entry, weight = cell[order], entry[order], weight[order]
        first = np.ones(cell.size, bool)
        first[1:] = (cell[1:] != cell[:-1]) | (entry[1:] != entry[:-1])
        cell, weight = cell[first], weight[first]
    doubt = np.bincount(cell, np.log1p(-weight), cells)
    out: Floats = 1.0 - np.exp(doubt)
    return out
