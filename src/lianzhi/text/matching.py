"""Matching: which lexicon entries stand in a batch of folded texts, and what they count there.

Of the entries that stand there (`text.hits`) weak ones count fully only where they are aimed at a
person; one that is quoted or reported in counter-speech, or looked up, is mentioned, not used; and
one that somebody says of themselves counts nothing.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lianzhi.text import compiled, lexicons
from lianzhi.text.asking import looked_up
from lianzhi.text.context import Context, Mask, classes, inside, texts_of
from lianzhi.text.entries import (
    ASSENT,
    ATTRIBUTION,
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
from lianzhi.text.hits import Hits, find, standing
from lianzhi.text.oneself import begun_so, of_oneself
from lianzhi.text.speech import tell
from lianzhi.text.whole import nobody

Floats = NDArray[np.float64]


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
    oneself: Index | None = None
    """Where insults of those who say them end, with which a text begins that speaks of nobody else:
    shape [texts], 0 where a text is none such; None where no text is."""
    besides: "Besides | None" = None
    """What such texts say besides."""


class Besides(NamedTuple):
    """Texts without what they begin with, judged by themselves."""

    texts: Index
    """Which texts of the batch they are."""
    batch: Batch
    found: Matches


#: What a text must hold for any other word to matter, and what covers that.
_SIGNS = (*range(len(KINDS)), COUNTER, INNOCENT, ASSENT)
_AROUND = tuple(role for role in range(len(ROLES)) if role not in _SIGNS)
#: Where nothing of these stands, nothing is told of others, condemned, agreed with or looked up.
_HEEDED = np.isin(np.arange(len(ROLES)), (COUNTER, ATTRIBUTION, ASSENT, LOOKED_UP))


def by_words(batch: Batch, lexicon: Lexicon) -> Matches:
    """What words and wordings say, however all of a text sounds (`text.judging`)."""
    texts = batch.starts.size - 1
    signs = find(batch, _SIGNS, lexicon)
    if signs.start.size:
        support = (signs.role == COUNTER).nonzero()[0]
        entry = signs.entry[support]
        counter = _noisy_or(signs.text[support], entry, lexicon.weight[entry], texts)
        harms, weight, oneself = _in_context(batch, signs, counter, lexicon)
    else:
        counter, harms, weight = np.zeros(texts), signs, np.zeros(0)
        oneself = None
    harms, weight = _framed(batch, harms, weight, counter >= lexicon.policy.counter_speech, lexicon)
    return Matches(kinds_of(harms, weight, texts), counter, harms, weight, oneself)


def kinds_of(harms: Hits, weight: Floats, texts: int) -> Floats:
    """How strongly harms speak for each kind: shape [texts, kinds]."""
    if not weight.size:
        return np.zeros((texts, len(KINDS)))
    cell = harms.text * len(KINDS) + harms.role
    return _noisy_or(cell, harms.entry, weight, texts * len(KINDS)).reshape(texts, len(KINDS))


def _in_context(
    batch: Batch, signs: Hits, counter: Floats, lexicon: Lexicon
) -> tuple[Hits, Floats, Index | None]:
    """The hits of harm kinds and what each weighs where it stands, and where insults of oneself end
    that texts begin with; `counter` is brought up to date.

    Context changes nothing but harm and agreement, which few texts hold.
    """
    texts = batch.starts.size - 1
    matters = (signs.role < len(KINDS)) | (signs.role == ASSENT)
    if not np.count_nonzero(matters):
        return signs.where(slice(0)), np.zeros(0), None
    chosen = texts_of(signs.text[matters], texts)
    row = chosen.nonzero()[0]
    part = batch.select(row)
    here, there = batch.starts[row], part.starts[:-1]
    hits, moves = signs, row.size < texts  # one text alone stays where it is
    if moves:
        place, shift = np.zeros(texts, np.int64), np.zeros(texts, np.int64)
        place[row], shift[row] = np.arange(row.size), there - here
        hits = signs.where(chosen[signs.text]).moved(place, shift)
    hits = hits.and_(find(part, _AROUND, lexicon))
    own = of_oneself(part, hits.start, hits.end, hits.role)
    weight, counter[row] = _weigh(part, hits, own, counter[row], lexicon)
    oneself = None
    if own.size:
        oneself = np.zeros(texts, np.int64)
        ends = _of_oneself_alone(part, hits, hits.where(own), lexicon)
        oneself[row] = np.where(ends > 0, ends + here - there, 0)
    harm = hits.role < len(KINDS)
    harms = hits.where(harm)
    return harms.moved(row, here - there) if moves else harms, weight[harm], oneself


def _of_oneself_alone(batch: Batch, hits: Hits, own: Hits, lexicon: Lexicon) -> Index:
    """Where insults of oneself end that texts begin with; 0 where others are spoken of as well."""
    ends = begun_so(batch, own.text, own.start, own.end)
    ends[~nobody(batch)] = 0
    ends[hits.text[hits.role == PERSON]] = 0
    named = own.and_(hits.where(hits.role == SPEAKER))
    person = lexicon.people[batch.codes].nonzero()[0]
    person = person[~inside(person, person + 1, named.start, named.end)]
    ends[batch.starts.searchsorted(person, "right") - 1] = 0
    return ends


def shadowed(batch: Batch, lexicon: Lexicon) -> Hits:
    """The entries in shadow that would stand in a batch if they were switched on."""
    hits = find(batch, _SIGNS, lexicon, shadow=True)
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
    both = standing(batch, (THING, PERSON), lexicon)
    things = both.role == THING
    if not np.count_nonzero(things):
        return np.zeros(texts, bool)
    thing = both.where(things)
    person = lexicon.people[batch.codes].nonzero()[0]
    person = person[~inside(person, person + 1, thing.start, thing.end)]
    out = texts_of(thing.text, texts)
    out[both.text[~things]] = False
    out[batch.starts.searchsorted(person, "right") - 1] = False
    return out


def _weigh(
    batch: Batch, hits: Hits, own: Index, counter: Floats, lexicon: Lexicon
) -> tuple[Floats, Floats]:
    """What each hit counts where it stands, nothing where it is one's `own`, and what
    counter-speech comes to in its context."""
    policy, weight = lexicon.policy, _aimed(batch, hits, lexicon)
    weight[own] = 0.0
    if not np.count_nonzero(_HEEDED[hits.role]):
        return weight, counter
    texts = batch.starts.size - 1
    context = Context(batch, hits.start, hits.end, hits.text)
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


def _aimed(batch: Batch, hits: Hits, lexicon: Lexicon) -> Floats:
    """What each hit counts by whom it is aimed at: a person in its clause and no thing, or, in a
    short text that speaks of no thing and has no speaker, whoever reads it."""
    if fast := compiled.part("entries"):
        out: Floats = fast.aimed(
            batch, hits, lexicon.weight, lexicon.aimed, classes(), lexicon.policy.short
        )
        return out
    context, thing = Context(batch, hits.start, hits.end, hits.text), hits.role == THING
    elsewhere = batch.starts[1:] - batch.starts[:-1] - 1 > lexicon.policy.short
    elsewhere[hits.text[thing | (hits.role == SPEAKER)]] = True
    person = context.clause_holds(hits.role == PERSON) & ~context.clause_holds(thing)
    aimed = person | ~elsewhere[hits.text]
    return np.where(aimed, lexicon.aimed[hits.entry], lexicon.weight[hits.entry])


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
