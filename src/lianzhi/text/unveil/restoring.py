"""Restoring: what a batch hides, by channel, language model and vocabulary together."""

from collections import OrderedDict
from collections.abc import Iterable
from functools import cache
from threading import Lock
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lianzhi.text.arrays import arrays
from lianzhi.text.entries import INNOCENT, KINDS, Lexicon
from lianzhi.text.folding import Batch
from lianzhi.text.unveil import channel as channels
from lianzhi.text.unveil import weighing
from lianzhi.text.unveil.atoms import joined, same, skipping, sounding, stretches, suspected
from lianzhi.text.unveil.channel import GAP, Channel
from lianzhi.text.unveil.decode import Chosen, decode
from lianzhi.text.unveil.fast import Fast, build_fast
from lianzhi.text.unveil.gaps import Gaps, gaps
from lianzhi.text.unveil.guesses import Guesses, cheapest
from lianzhi.text.unveil.known import Known
from lianzhi.text.unveil.language import Floats, Language
from lianzhi.text.unveil.plain import of
from lianzhi.text.unveil.records import Records
from lianzhi.text.unveil.records import load as shipped_records
from lianzhi.text.unveil.suspicion import alone, suspect
from lianzhi.text.unveil.vocabulary import Vocabulary, build
from lianzhi.text.unveil.walk import lettered, telling, walked

Index = NDArray[np.int64]


class Restored(NamedTuple):
    """What is restored in a batch, one row each, in order and apart."""

    text: Index
    """Which text of the batch."""
    start: Index
    """Where it stands in the batch ..."""
    end: Index
    """... and where it ends."""
    form: tuple[str, ...]
    """What is meant."""
    cost: Floats
    """What it costs to write it so, in nats."""
    ways: Index
    """In which ways it is written: bits, as in `WAYS`."""
    odds: Floats
    """Log-odds that it is meant."""


_NO_PLACES, _NO_ODDS = np.zeros(0, np.int64), np.zeros(0, np.float32)
_NOTHING = Restored(_NO_PLACES, _NO_PLACES, _NO_PLACES, (), _NO_ODDS, _NO_PLACES, _NO_ODDS)


class Unveiler(NamedTuple):
    """The fitted model with the words of a lexicon."""

    channel: Channel
    language: Language
    words: Vocabulary
    fast: Fast | None
    """The same tables as what is compiled reads them, where it is."""


class _Fitted(NamedTuple):
    channel: Channel
    language: Language
    counted: tuple[str, ...]
    """Words that were counted more often in offensive comments."""
    records: Records


@cache
def _fitted() -> _Fitted:
    data = arrays("language")
    counted = tuple(str(word) for word in data["words"])
    return _Fitted(channels.load(), Language.of(data), counted, shipped_records())


#: By version of lexicon, the last used at the end: what is in force, what is tried, and one more.
_BUILT: OrderedDict[str, Unveiler] = OrderedDict()
_MOST = 3
_LOCK = Lock()


def load(lexicon: Lexicon) -> Unveiler:
    """The shipped model with the words of a lexicon."""
    with _LOCK:
        found = _BUILT.get(lexicon.version)
        if found is None:
            found = _BUILT[lexicon.version] = with_lexicon(lexicon, *_fitted())
            while len(_BUILT) > _MOST:
                _BUILT.popitem(last=False)
        _BUILT.move_to_end(lexicon.version)
    return found


def of_words(listed: Iterable[str], innocent: Iterable[str] = ()) -> Unveiler:
    """The shipped model with words of one's own in place of a lexicon's: those that may be hidden,
    of two characters at least, and those that nobody means otherwise."""
    channel, language, _, records = _fitted()
    words = build((), listed, innocent, channel, language, records)
    return _unveiler(words, channel, language)


def with_lexicon(
    lexicon: Lexicon,
    channel: Channel,
    language: Language,
    counted: Iterable[str],
    records: Records,
) -> Unveiler:
    """A fitted model with the words of a lexicon, and those that were counted."""
    harm = ((lexicon.role < len(KINDS)) & ~lexicon.shadow).nonzero()[0]
    calm = ((lexicon.role == INNOCENT) & ~lexicon.shadow).nonzero()[0]
    listed, innocent = ([lexicon.terms[i] for i in some.tolist()] for some in (harm, calm))
    words = build(counted, listed, innocent, channel, language, records)
    return _unveiler(words, channel, language)


def _unveiler(words: Vocabulary, channel: Channel, language: Language) -> Unveiler:
    return Unveiler(channel, language, words, build_fast(words, channel, language))


def read(batch: Batch, model: Unveiler) -> Known:
    """Read a folded batch."""
    plain, language = of(batch), model.language
    if model.fast:
        return model.fast.read(plain)
    ids = language.ids(plain.codes)
    pair, weight = language.pairs(ids[:-1], ids[1:])
    return Known(plain, ids, pair, language.along(ids, pair, weight))


def restore(batch: Batch, model: Unveiler) -> Restored:
    """Restore what a folded batch hides."""
    words = model.words
    known = read(batch, model)
    if known.ids.size < 2:
        return _NOTHING
    some, told = guessed(known, model)
    holes = gaps(batch, known, words, model.language, model.fast)
    if not some.start.size and not holes.start.size:
        return _NOTHING
    place, text = known.plain.place, known.text
    odds = weighing.load().odds(told)
    sure = (odds > weighing.MARGIN).nonzero()[0]
    if not sure.size and not holes.start.size:
        return _NOTHING
    places = zip(some.start[sure].tolist(), some.end[sure].tolist(), strict=True)
    sure = sure[np.array([not words.excused(text, *place) for place in places], bool)]
    some, odds = some.where(sure), odds[sure]
    free = some.end.searchsorted(holes.start, "right") == some.start.searchsorted(holes.end)
    holes = Gaps(*(column[free] for column in holes))
    first, last, form = _trimmed(some, text, words)
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
        np.concatenate((some.cost, none))[order],
        np.concatenate((some.ways, np.full(holes.start.size, 1 << GAP)))[order],
        np.concatenate((odds, holes.odds)).astype(np.float32)[order],
    )


def _trimmed(some: Guesses, text: str, words: Vocabulary) -> tuple[Index, Index, list[str]]:
    """Guesses without what stands at either end as it is meant."""
    starts, ends, forms = [], [], []
    for begin, finish, word in zip(*map(np.ndarray.tolist, some[:3]), strict=True):
        start, end, form = begin, finish, words.words[word]
        while len(form) > 1 and end - start > 1 and text[start] == form[0]:
            start, form = start + 1, form[1:]
        while len(form) > 1 and end - start > 1 and text[end - 1] == form[-1]:
            end, form = end - 1, form[:-1]
        starts.append(start)
        ends.append(end)
        forms.append(form)
    return np.array(starts, np.int64), np.array(ends, np.int64), forms


def guessed(known: Known, model: Unveiler) -> tuple[Guesses, Floats]:
    """The guesses of the likeliest reading, in order, and what speaks for and against each.

    Leniently: a guess may be a good deal less likely than what is written.
    """
    if fast := model.fast:
        some, picked = fast.guessed(known)
        return some, fast.signs(known, some, picked)
    some, picked = _guessed(known, model)
    return some, weighing.signs(known, some, picked, model.words)


def _guessed(known: Known, model: Unveiler) -> tuple[Guesses, Chosen]:
    """The guesses, and how likely they are."""
    plain, ids, pair, text = known.plain, known.ids, known.pair, known.text
    channel, language, words, _ = model
    found = [
        *words.hearing.guess(plain.codes, pair),
        alone(plain, ids, pair, words, channel, language),
    ]
    suspicion = suspect(plain, ids, pair, words, channel, language)
    if suspicion.begin.size:
        atoms = joined(
            [
                same(plain.codes, suspicion.around, words),
                suspected(suspicion.suspects),
                *sounding(plain.codes, suspicion.beside, words, channel),
                *stretches(plain, text, suspicion.odd, words, channel),
            ]
        )
        atoms = skipping(atoms, plain, text, suspicion.odd, channel)
        by_atoms = walked(suspicion, atoms, plain.codes, words, channel)
        found += [telling(some, plain, words) for some in by_atoms]
        found += lettered(text, suspicion.odd, words, channel)
    guesses = cheapest(found)
    worth = words.bonus[guesses.word]
    picked = decode(ids, known.before, guesses._replace(cost=guesses.cost - worth), words, language)
    return guesses.where(picked.guess), picked
