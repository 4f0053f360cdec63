"""Restoration: what a batch hides, by channel, language model and vocabulary together."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lianzhi.text.arrays.batch import IN_FULL, Batch
from lianzhi.text.unveil import trees
from lianzhi.text.unveil.channel import GAP
from lianzhi.text.unveil.decode import Chosen, decode
from lianzhi.text.unveil.features import features_of
from lianzhi.text.unveil.gaps import Gaps, gaps
from lianzhi.text.unveil.guesses import Guesses, cheapest
from lianzhi.text.unveil.language import Floats
from lianzhi.text.unveil.lattice import (
    join_arcs,
    literal_arcs,
    skip_ornaments,
    sound_arcs,
    stretch_arcs,
    suspect_arcs,
)
from lianzhi.text.unveil.lattice_walk import by_initials, drop_weak_initials, walk
from lianzhi.text.unveil.plain import without_signs
from lianzhi.text.unveil.scored_batch import ScoredBatch
from lianzhi.text.unveil.suspicion import single_characters, suspect
from lianzhi.text.unveil.unveiler import Unveiler
from lianzhi.text.unveil.vocabulary import Vocabulary

Index = NDArray[np.int64]


class Restored(NamedTuple):
    """Restorations in a batch, one row each, in order and disjoint."""

    text: Index
    """Which text of the batch."""
    start: Index
    """The stretch [start, end) of the batch."""
    end: Index
    form: tuple[str, ...]
    """What is meant."""
    cost: Floats
    """What it costs to write it so, in nats."""
    ways: Index
    """In which ways it is written: bits, as in `WAYS`."""
    odds: Floats
    """Log-odds that it is meant."""


_NO_PLACES, _NO_ODDS = np.zeros(0, np.int64), np.zeros(0, np.float32)
_EMPTY = Restored(_NO_PLACES, _NO_PLACES, _NO_PLACES, (), _NO_ODDS, _NO_PLACES, _NO_ODDS)


def score_batch(batch: Batch, model: Unveiler) -> ScoredBatch:
    """Return a folded batch without signs, with the language model's scores."""
    plain, language = without_signs(batch), model.language
    if model.compiled:
        return model.compiled.score(plain)
    ids = language.ids(plain.codes)
    pair, weight = language.pairs(ids[:-1], ids[1:])
    return ScoredBatch(plain, ids, pair, language.along(ids, pair, weight))


def restore(batch: Batch, model: Unveiler) -> Restored:
    """Return what a folded batch hides, in the first `IN_FULL` code points of each text."""
    begin, end = batch.starts[:-1], batch.starts[1:]
    if not begin.size or (end - begin).max() <= IN_FULL + 1:
        return _restore_all(batch, model)
    part = batch.cut(begin, np.minimum(end, begin + IN_FULL + 1))
    restored = _restore_all(part, model)
    shift = (begin - part.starts[:-1])[restored.text]
    return restored._replace(start=restored.start + shift, end=restored.end + shift)


def _restore_all(batch: Batch, model: Unveiler) -> Restored:
    words = model.words
    scored = score_batch(batch, model)
    if scored.ids.size < 2:
        return _EMPTY
    guesses_, features = best_guesses(scored, model)
    holes = gaps(batch, scored, words, model.language, model.compiled)
    if not guesses_.start.size and not holes.start.size:
        return _EMPTY
    place, text = scored.plain.place, scored.text
    odds = trees.load().odds(features)
    sure = (odds > trees.MARGIN).nonzero()[0]
    if not sure.size and not holes.start.size:
        return _EMPTY
    places = zip(guesses_.start[sure].tolist(), guesses_.end[sure].tolist(), strict=True)
    sure = sure[np.array([not words.excused(text, *place) for place in places], bool)]
    guesses_, odds = guesses_.where(sure), odds[sure]
    free = guesses_.end.searchsorted(holes.start, "right") == guesses_.start.searchsorted(holes.end)
    holes = Gaps(*(column[free] for column in holes))
    first, last, form = _trimmed(guesses_, text, words)
    start = np.concatenate((first, holes.start))
    end = np.concatenate((last, holes.end))
    form += [text[a:b] for a, b in zip(holes.start.tolist(), holes.end.tolist(), strict=True)]
    order = np.argsort(start, kind="stable")
    none = np.zeros(holes.start.size, np.float32)
    start, end = place[start[order]], place[end[order] - 1] + 1
    return Restored(
        batch.starts.searchsorted(start, "right") - 1,
        start,
        end,
        tuple(form[place] for place in order.tolist()),
        np.concatenate((guesses_.cost, none))[order],
        np.concatenate((guesses_.ways, np.full(holes.start.size, 1 << GAP)))[order],
        np.concatenate((odds, holes.odds)).astype(np.float32)[order],
    )


def _trimmed(guesses: Guesses, text: str, words: Vocabulary) -> tuple[Index, Index, list[str]]:
    """Return start, end and form of guesses, trimmed of characters that are written as meant."""
    starts, ends, forms = [], [], []
    for begin, finish, word in zip(*map(np.ndarray.tolist, guesses[:3]), strict=True):
        start, end, form = begin, finish, words.words[word]
        while len(form) > 1 and end - start > 1 and text[start] == form[0]:
            start, form = start + 1, form[1:]
        while len(form) > 1 and end - start > 1 and text[end - 1] == form[-1]:
            end, form = end - 1, form[:-1]
        starts.append(start)
        ends.append(end)
        forms.append(form)
    return np.array(starts, np.int64), np.array(ends, np.int64), forms


def best_guesses(scored: ScoredBatch, model: Unveiler) -> tuple[Guesses, Floats]:
    """Return the guesses of the likeliest reading, in order, and the features of each.

    Lenient: a guess may be a good deal less likely than what is written.
    """
    if compiled := model.compiled:
        guesses_, picked = compiled.search(scored)
        return guesses_, compiled.features(scored, guesses_, picked)
    guesses_, picked = _search(scored, model)
    return guesses_, features_of(scored, guesses_, picked, model.words)


def _search(scored: ScoredBatch, model: Unveiler) -> tuple[Guesses, Chosen]:
    plain, ids, pair, text = scored.plain, scored.ids, scored.pair, scored.text
    channel, language, words, _ = model
    guesses_ = [
        *words.homophones.guess(plain.codes, pair),
        single_characters(plain, ids, pair, words, channel, language),
    ]
    suspicion = suspect(plain, ids, pair, words, channel, language)
    if suspicion.begin.size:
        arcs = join_arcs(
            [
                literal_arcs(plain.codes, suspicion.around, words),
                suspect_arcs(suspicion.suspects),
                *sound_arcs(plain.codes, suspicion.beside, words, channel),
                *stretch_arcs(plain, text, suspicion.odd, words, channel),
            ]
        )
        arcs = skip_ornaments(arcs, plain, text, suspicion.odd, channel)
        by_arcs = walk(suspicion, arcs, plain.codes, words, channel)
        guesses_ += [drop_weak_initials(by_arc, plain, words) for by_arc in by_arcs]
        guesses_ += by_initials(text, suspicion.odd, words, channel)
    guesses = cheapest(guesses_)
    worth = words.bonus[guesses.word]
    picked = decode(
        ids, scored.before, guesses._replace(cost=guesses.cost - worth), words, language
    )
    return guesses.where(picked.guess), picked
