"""The fitted model of what texts hide, with the words of a lexicon."""

from collections import OrderedDict
from collections.abc import Iterable
from functools import cache
from threading import Lock
from typing import NamedTuple

from lianzhi.text.arrays.archive import load_arrays
from lianzhi.text.lexicon.entries import INNOCENT, KINDS, Lexicon
from lianzhi.text.unveil import channel as channels
from lianzhi.text.unveil.channel import Channel
from lianzhi.text.unveil.compiled_search import CompiledSearch, compile_search
from lianzhi.text.unveil.language import Language
from lianzhi.text.unveil.vocabulary import Vocabulary, build
from lianzhi.text.unveil.word_records import WordRecords
from lianzhi.text.unveil.word_records import load as shipped_records


class Unveiler(NamedTuple):
    """The fitted model with the words of a lexicon."""

    channel: Channel
    language: Language
    words: Vocabulary
    compiled: CompiledSearch | None
    """The same tables for the compiled twins; None without them."""


class _Fitted(NamedTuple):
    channel: Channel
    language: Language
    counted: tuple[str, ...]
    """Words that are more frequent in offensive comments."""
    records: WordRecords


@cache
def _fitted() -> _Fitted:
    data = load_arrays(__package__, "language")
    counted = tuple(str(word) for word in data["words"])
    return _Fitted(channels.load(), Language.of(data), counted, shipped_records())


#: By version of the lexicon, the last used at the end: the one in force, one on trial, one more.
_BUILT: OrderedDict[str, Unveiler] = OrderedDict()
_MOST = 3
_LOCK = Lock()


def load(lexicon: Lexicon) -> Unveiler:
    """Return the shipped model with the words of a lexicon."""
    with _LOCK:
        unveiler = _BUILT.get(lexicon.version)
        if unveiler is None:
            unveiler = _BUILT[lexicon.version] = with_lexicon(lexicon, *_fitted())
            while len(_BUILT) > _MOST:
                _BUILT.popitem(last=False)
        _BUILT.move_to_end(lexicon.version)
    return unveiler


def with_words(listed: Iterable[str], innocent: Iterable[str] = ()) -> Unveiler:
    """Return the shipped model with other words than a lexicon's.

    `listed` may be hidden and have at least two characters; nothing is restored inside `innocent`.
    """
    channel, language, _, records = _fitted()
    words = build((), listed, innocent, channel, language, records)
    return _unveiler(words, channel, language)


def with_lexicon(
    lexicon: Lexicon,
    channel: Channel,
    language: Language,
    counted: Iterable[str],
    records: WordRecords,
) -> Unveiler:
    """Return a fitted model with the words of a lexicon and those that were `counted`."""
    harm = ((lexicon.role < len(KINDS)) & ~lexicon.shadow).nonzero()[0]
    calm = ((lexicon.role == INNOCENT) & ~lexicon.shadow).nonzero()[0]
    listed, innocent = ([lexicon.terms[i] for i in numbers.tolist()] for numbers in (harm, calm))
    words = build(counted, listed, innocent, channel, language, records)
    return _unveiler(words, channel, language)


def _unveiler(words: Vocabulary, channel: Channel, language: Language) -> Unveiler:
    return Unveiler(channel, language, words, compile_search(words, channel, language))
