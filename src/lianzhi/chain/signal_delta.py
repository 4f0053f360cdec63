"""Signals in the shape of python-threatexchange: a delta of records by id, and a checkpoint.

A record has the signal's type and strings and the opinions on it, each with owner, category and
tags; a record that is null is gone. Its categories: a signal that we share asks for a review
(INVESTIGATION_SEED); who confirms it says that it fits (POSITIVE_CLASS), who disputes it that it
does not (NEGATIVE_CLASS). One delta is what one platform says.
"""

from collections.abc import Iterable
from typing import Any

import msgspec

from lianzhi.chain.signal import Hash, Opined, Sighted, SignalError, Statement, View, parse

TYPES = {"account": "account_hmac_sha256", "content": "content_hmac_sha256"}
_KINDS = {name: kind for kind, name in TYPES.items()}
_SEED = "INVESTIGATION_SEED"
_CLASSES: dict[View, str] = {"confirm": "POSITIVE_CLASS", "dispute": "NEGATIVE_CLASS"}
_VIEWS: dict[str, View] = {name: view for view, name in _CLASSES.items()}
MOST_UPDATES = 1000


class _Opinion(msgspec.Struct):
    owner: str
    category: str
    tags: tuple[str, ...] = ()


class _Record(msgspec.Struct, kw_only=True, omit_defaults=True):
    opinions: tuple[_Opinion, ...]
    made_at: int
    said_at: int
    signal_type: str = ""
    signals: tuple[str, ...] = ()
    """As `key:hash`."""
    confidence: int = 0
    first_seen: int = 0
    last_seen: int = 0
    expires_at: int = 0


class _Checkpoint(msgspec.Struct):
    by: str
    at: int
    cursor: int = 0


class _Delta(msgspec.Struct):
    updates: dict[str, _Record | None]
    checkpoint: _Checkpoint


def delta(by: str, statements: Iterable[Statement], at: int, cursor: int = 0) -> dict[str, Any]:
    """What one platform says, as it stands at a time; `cursor` is where the next delta begins."""
    updates = {item.signal: _record(item) for item in statements}
    built: dict[str, Any] = msgspec.to_builtins(_Delta(updates, _Checkpoint(by, at, cursor)))
    return built


def read(data: Any) -> list[Statement]:
    """The statements of a delta; what is null was withdrawn. Raises SignalError."""
    try:
        parsed = msgspec.convert(data, _Delta)
    except msgspec.ValidationError as error:
        raise SignalError(f"delta: {error}") from None
    if len(parsed.updates) > MOST_UPDATES:
        raise SignalError(f"updates: give at most {MOST_UPDATES}")
    at = parsed.checkpoint
    return [_statement(signal, record, at) for signal, record in parsed.updates.items()]


def _record(item: Statement) -> _Record | None:
    if isinstance(item, Sighted):
        return _Record(
            opinions=(_Opinion(item.by, _SEED, (item.category,)),),
            made_at=item.said_at,
            said_at=item.said_at,
            signal_type=TYPES[item.kind],
            signals=tuple(f"{hash_.key}:{hash_.value}" for hash_ in item.hashes),
            confidence=item.confidence,
            first_seen=item.since,
            last_seen=item.until,
            expires_at=item.expires_at,
        )
    if item.own:
        return None
    mine = () if item.view == "withdraw" else (_Opinion(item.by, _CLASSES[item.view]),)
    return _Record(opinions=mine, made_at=item.made_at, said_at=item.said_at)


def _statement(signal: str, record: _Record | None, checkpoint: _Checkpoint) -> Statement:
    by, at = checkpoint.by, checkpoint.at
    if record is None:
        return Opined(signal=signal, by=by, view="withdraw", made_at=at, said_at=at, own=True)
    made_at, said_at = record.made_at, record.said_at
    mine = next((opinion for opinion in record.opinions if opinion.owner == by), None)
    if mine is None:
        return Opined(signal=signal, by=by, view="withdraw", made_at=made_at, said_at=said_at)
    if not record.signals:
        view = _VIEWS.get(mine.category)
        if view is None:
            raise SignalError(f"category {mine.category!r}: choose one of {', '.join(_VIEWS)}")
        return Opined(signal=signal, by=by, view=view, made_at=made_at, said_at=said_at)
    kind = _KINDS.get(record.signal_type)
    if kind is None or not mine.tags:
        known = ", ".join(_KINDS)
        raise SignalError(f"signal_type {record.signal_type!r}: choose one of {known}, with a tag")
    fields = {
        "signal": signal,
        "by": by,
        "kind": kind,
        "category": mine.tags[0],
        "confidence": record.confidence,
        "since": record.first_seen,
        "until": record.last_seen,
        "said_at": said_at,
        "expires_at": record.expires_at,
        "hashes": [Hash(*text.partition(":")[::2]) for text in record.signals],
    }
    return parse(Sighted, fields)
