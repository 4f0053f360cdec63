"""Signal statements: our current statement on a signal, as sent to other platforms."""

import msgspec
from sqlalchemy import Connection

from lianzhi.chain.signal import IDENTIFIER, Opined, Sighted, Signal, Statement
from lianzhi.office.federation import Federation
from lianzhi.office.queries import SignalQueries
from lianzhi.record.ports import Vault

SHARED, OPINED, WITHDRAWN = "signal.shared", "signal.opined", "signal.withdrawn"


class _Event(msgspec.Struct):
    """The part of an event that is read."""

    text: str = ""


def statement(
    queries: SignalQueries,
    connection: Connection,
    vault: Vault,
    federation: Federation,
    signal: Signal,
    at: int,
) -> Statement | None:
    """What we say of a signal now; None: nothing that others need to hear."""
    if signal.owner:
        mine = signal.opinions.get("")
        if mine is None:
            return None
        times = {"made_at": mine.made_at, "said_at": mine.said_at}
        return Opined(signal=signal.id, by=federation.name, view=mine.view, own=False, **times)
    if signal.withdrawn_at is not None:
        return Opined(
            signal=signal.id,
            by=federation.name,
            view="withdraw",
            made_at=signal.said_at,
            said_at=max(signal.withdrawn_at, signal.said_at),
            own=True,
        )
    value = _value_of(queries, connection, vault, signal) if signal.stands(at) else None
    if value is None:
        return None
    return Sighted(
        signal=signal.id,
        by=federation.name,
        kind=signal.kind,
        category=signal.category,
        confidence=signal.confidence,
        since=signal.since,
        until=signal.until,
        said_at=signal.said_at,
        expires_at=signal.expires_at,
        hashes=federation.hashes(signal.kind, value, at),
    )


def _value_of(
    queries: SignalQueries, connection: Connection, vault: Vault, signal: Signal
) -> str | None:
    """What is hashed of one of our signals; None where it has been erased."""
    if signal.kind == "content":
        return text_of(vault, signal.item or "")
    named = vault.text(queries.entry_of(connection, signal.id), IDENTIFIER)
    return named or vault.account(signal.subject or "")


def text_of(vault: Vault, item: str) -> str | None:
    """The text of an act in evidence, `<finding>/<position>`; None where there is none."""
    ref, _, seq = item.rpartition("/")
    raw = next((copy.raw for copy in vault.evidence(ref) if str(copy.seq) == seq), None)
    return None if raw is None else text_in(raw)


def text_in(raw: bytes) -> str | None:
    """The text of an event; None where it has none."""
    try:
        return msgspec.json.decode(raw, type=_Event).text or None
    except msgspec.DecodeError:
        return None
