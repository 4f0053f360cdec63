"""Signal answers: our statements on signals, for a platform that was offline and asks.

Question and answer are signed like messages: the question over its query, the answer over its body,
both under the id of the question.
"""

from typing import Any, Literal
from urllib.parse import parse_qsl

from lianzhi.chain import signal_delta, signal_stix
from lianzhi.chain.signal import SignalError
from lianzhi.office.federation import Peer
from lianzhi.office.signal_receiving import addressed, known_sender
from lianzhi.office.signal_statements import statement
from lianzhi.office.signals import Signals
from lianzhi.record.entry import encode
from lianzhi.webhooks.signature import decode_secret, headers

Shape = Literal["stix", "threatexchange"]
#: Statements in one answer.
PAGE = 100


def answer(
    desk: Signals, request_headers: dict[str, str], query: str, at: int
) -> tuple[bytes, dict[str, str]]:
    """What we say since a cursor, for a platform that asks with a signed query; and its headers.

    Raises ForgedError, and SignalError where the query can't be read.
    """
    federation, peer = known_sender(desk, request_headers, query.encode(), at)
    params = dict(parse_qsl(query))
    addressed(federation.name, peer, params.get("from", ""), params.get("to", ""))
    cursor = params.get("cursor", "0")
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) < 19):
        raise SignalError("cursor: give the one of the answer before, or 0")
    queries = desk.office.queries.signals
    with desk.office.ledger.engine.connect() as connection:
        rows = queries.told_since(connection, int(cursor), PAGE)
        vault = desk.office.ledger.vault
        built = [statement(queries, connection, vault, federation, s, at) for _, s in rows]
    statements = [s for s in built if s is not None]
    after = rows[-1][0] + 1 if rows else int(cursor)
    reply: dict[str, Any] = {"from": federation.name, "to": peer.name}
    reply |= {"cursor": after, "more": len(rows) == PAGE}
    if params.get("shape") == "threatexchange":
        reply["delta"] = signal_delta.delta(federation.name, statements, at, after)
    else:
        reply["bundle"] = signal_stix.bundle(statements)
    body = encode(reply)
    return body, signed_headers(request_headers["webhook-id"], peer, body, at)


def signed_headers(identity: str, peer: Peer, body: bytes, at: int) -> dict[str, str]:
    """Headers of a question or answer to a platform, signed over these bytes."""
    secrets_ = [decode_secret(key.text) for key in peer.current(at)]
    return headers(identity, at // 1000, body, secrets_)
