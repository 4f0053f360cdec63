"""Weights of hits: what each entry that stands in a text counts in its context there.

Weak entries count fully only where they are aimed at a person; an entry that is quoted or reported
in counter-speech, or asked about, is mentioned, not used; and one that speakers apply to themselves
counts nothing. Frames (`grammar/frame_search.py`) then add what wordings say and heed guards.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lianzhi.text.arrays import compiled
from lianzhi.text.arrays.batch import Batch, Index
from lianzhi.text.arrays.intervals import Mask, inside, texts_of
from lianzhi.text.grammar.context import Context, classes
from lianzhi.text.grammar.frame_search import FrameHits, apply_frames
from lianzhi.text.grammar.mention import asked_about
from lianzhi.text.grammar.pronouns import without_others
from lianzhi.text.grammar.reported_speech import attribute_speech
from lianzhi.text.grammar.self_reference import opening_ends, self_insults
from lianzhi.text.lexicon import lexicons
from lianzhi.text.lexicon.entries import (
    ASSENT,
    ATTRIBUTION,
    COUNTER,
    KINDS,
    LOOKED_UP,
    PERSON,
    REPORT,
    ROLES,
    SPEAKER,
    THING,
    Lexicon,
)
from lianzhi.text.lexicon.hits import CONTEXT, Hits, all_hits, uncovered_hits

Floats = NDArray[np.float64]


class Matches(NamedTuple):
    """What is found in each text of a batch."""

    kinds: Floats
    """Strength of evidence for each kind of harm, shape [texts, kinds], 0 to 1."""
    counter: Floats
    """Strength of counter-speech, shape [texts], 0 to 1."""
    harms: Hits
    """The hits of harm kinds. Frames are numbered after the lexicon's entries, by their group."""
    weight: Floats
    """What each of `harms` counts in its context. The kinds that `model/kind_models.py` covers are
    this and how the whole text sounds, weighed together."""
    self_talk: Index | None = None
    """Where the insults of themselves end with which speakers begin texts about nobody else: shape
    [texts], 0 in other texts; None where no text is one."""
    remainder: "Remainder | None" = None
    """What such texts say after that."""


class Remainder(NamedTuple):
    """Texts without the self-talk that they begin with, judged by themselves."""

    texts: Index
    """Which texts of the batch they are."""
    batch: Batch
    matches: Matches


#: Roles without which nothing is ascribed to others, condemned, agreed with or asked about.
_STANCE = np.isin(np.arange(len(ROLES)), (COUNTER, ATTRIBUTION, ASSENT, LOOKED_UP))


def weigh(batch: Batch, hits: Hits, lexicon: Lexicon) -> Matches:
    """Return what words and wordings say, given the hits that `find_entries` has found."""
    texts = batch.starts.size - 1
    if hits.start.size:
        support = (hits.role == COUNTER).nonzero()[0]
        entry = hits.entry[support]
        counter = _noisy_or(hits.text[support], entry, lexicon.weight[entry], texts)
        harms, weight, self_talk = _in_context(batch, hits, counter, lexicon)
    else:
        counter, harms, weight = np.zeros(texts), hits, np.zeros(0)
        self_talk = None
    excused = counter >= lexicon.policy.counter_speech
    harms, weight = _with_frames(batch, harms, weight, excused, lexicon)
    kinds = strength_by_kind(harms, weight, texts)
    return Matches(kinds, counter, harms, weight, self_talk)


def strength_by_kind(harms: Hits, weight: Floats, texts: int) -> Floats:
    """Combine the weights of hits into a strength of each kind: shape [texts, kinds]."""
    if not weight.size:
        return np.zeros((texts, len(KINDS)))
    cell = harms.text * len(KINDS) + harms.role
    return _noisy_or(cell, harms.entry, weight, texts * len(KINDS)).reshape(texts, len(KINDS))


def _in_context(
    batch: Batch, signs: Hits, counter: Floats, lexicon: Lexicon
) -> tuple[Hits, Floats, Index | None]:
    """Return the hits of harm kinds, the weight of each in its context, and `self_talk`.

    Updates `counter` in place. Context changes only harm and agreement, which few texts hold, so
    only those texts are looked at.
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
    hits = hits.and_(uncovered_hits(part, CONTEXT, lexicon))
    own = self_insults(part, hits.start, hits.end, hits.role)
    weight, counter[row] = _weigh(part, hits, own, counter[row], lexicon)
    self_talk = None
    if own.size:
        self_talk = np.zeros(texts, np.int64)
        ends = _self_talk(part, hits, hits.where(own), lexicon)
        self_talk[row] = np.where(ends > 0, ends + here - there, 0)
    harm = hits.role < len(KINDS)
    harms = hits.where(harm)
    return harms.moved(row, here - there) if moves else harms, weight[harm], self_talk


def _self_talk(batch: Batch, hits: Hits, own: Hits, lexicon: Lexicon) -> Index:
    """Return where self-talk at the beginning of texts ends; 0 where others are spoken of too."""
    ends = opening_ends(batch, own.text, own.start, own.end)
    ends[~without_others(batch)] = 0
    ends[hits.text[hits.role == PERSON]] = 0
    named = own.and_(hits.where(hits.role == SPEAKER))
    person = lexicon.people[batch.codes].nonzero()[0]
    person = person[~inside(person, person + 1, named.start, named.end)]
    ends[batch.starts.searchsorted(person, "right") - 1] = 0
    return ends


def _with_frames(
    batch: Batch, harms: Hits, weight: Floats, excused: Mask, lexicon: Lexicon
) -> tuple[Hits, Floats]:
    """Let guards take weight from hits, and add what frames find, numbered after the entries."""
    frame_hits = FrameHits(harms.text, harms.start, harms.end, harms.role, harms.entry, weight)
    weight, more = apply_frames(batch, frame_hits, excused)
    if not more.text.size:
        return harms, weight
    entry = more.group + len(lexicon.terms)
    added = Hits(more.start, more.end, entry, more.kind, more.text)
    return harms.and_(added), np.concatenate((weight, more.weight))


def about_things(batch: Batch, lexicon: Lexicon | None = None) -> Mask:
    """Return which texts speak of things and of no person."""
    lexicon, texts = lexicon or lexicons.shipped(), batch.starts.size - 1
    both = all_hits(batch, (THING, PERSON), lexicon)
    objects = both.role == THING
    if not np.count_nonzero(objects):
        return np.zeros(texts, bool)
    hits = both.where(objects)
    person = lexicon.people[batch.codes].nonzero()[0]
    person = person[~inside(person, person + 1, hits.start, hits.end)]
    out = texts_of(hits.text, texts)
    out[both.text[~objects]] = False
    out[batch.starts.searchsorted(person, "right") - 1] = False
    return out


def _weigh(
    batch: Batch, hits: Hits, own: Index, counter: Floats, lexicon: Lexicon
) -> tuple[Floats, Floats]:
    """Return the weight of each hit in its context, and the updated strength of counter-speech.

    `own` are the places of hits that speakers apply to themselves; they count nothing.
    """
    policy, weight = lexicon.policy, _aimed(batch, hits, lexicon)
    weight[own] = 0.0
    if not np.count_nonzero(_STANCE[hits.role]):
        return weight, counter
    texts = batch.starts.size - 1
    context = Context(batch, hits.start, hits.end, hits.text)
    clear = (hits.role < len(KINDS)) & (weight >= policy.clear)
    speech = attribute_speech(hits.start, hits.end, hits.role, hits.text, clear, context, texts)
    if np.count_nonzero(speech.defends):
        counter = np.where(speech.defends, 1 - (1 - counter) * (1 - policy.defence), counter)
    if np.count_nonzero(speech.assents):
        counter = np.where(speech.assents, counter * policy.assent, counter)

    mentioned = np.zeros(weight.size, bool)
    # In counter-speech, what is quoted, reported or ascribed to others is mentioned, not used.
    excused = (counter >= policy.counter_speech) & ~speech.assents
    if np.count_nonzero(excused):
        passed_on = context.clause_holds(hits.role == REPORT) | context.quoted
        passed_on |= speech.reported & speech.defends[hits.text]
        mentioned = passed_on & excused[hits.text]
    if np.count_nonzero(hits.role == LOOKED_UP):
        queried = asked_about(batch, hits.start, hits.end, hits.role, context)
        mentioned |= queried & ~speech.assents[hits.text]
    return np.where(mentioned, weight * policy.mention, weight), counter


def _aimed(batch: Batch, hits: Hits, lexicon: Lexicon) -> Floats:
    """Return the weight of each hit by whom it is aimed at.

    Aimed is a hit with a person and no thing in its clause, and any hit in a short text without
    things or speakers, which is aimed at its reader.
    """
    if fast := compiled.twin("grammar._hit_weights"):
        out: Floats = fast.aimed(
            batch, hits, lexicon.weight, lexicon.aimed, classes(), lexicon.policy.short
        )
        return out
    context, object_ = Context(batch, hits.start, hits.end, hits.text), hits.role == THING
    elsewhere = batch.starts[1:] - batch.starts[:-1] - 1 > lexicon.policy.short
    elsewhere[hits.text[object_ | (hits.role == SPEAKER)]] = True
    person = context.clause_holds(hits.role == PERSON) & ~context.clause_holds(object_)
    aimed = person | ~elsewhere[hits.text]
    return np.where(aimed, lexicon.aimed[hits.entry], lexicon.weight[hits.entry])


def _noisy_or(cell: Index, entry: Index, weight: Floats, cells: int) -> Floats:
    """Combine the distinct entries of each cell: 1 - prod(1 - weight); repeats count once."""
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
