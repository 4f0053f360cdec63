"""Verifies the record as stored, without opening it for writing."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, select

from lianzhi.record.checkpoint import Signer, Verifier
from lianzhi.record.entry import Entry
from lianzhi.record.verify import Report, Row, verify
from lianzhi.store import db
from lianzhi.store.tables import checkpoint, entry, node, payload, vault_text

STREAM = {"yield_per": 1000}


def audit(engine: Engine, key: Signer | Verifier, witness: Path) -> Report:
    """Verify the stored record against the checkpoint file `witness`.

    With the log's signer the report names the first bad entry; with its public key alone, the two
    checkpoints between which the record differs from what was signed.
    """
    # The file is read first: in an honest deployment the database is never behind it.
    outside = witness.read_text("utf-8", "replace") if witness.exists() else None
    with db.snapshot(engine) as connection, ill_formed_text(connection):
        notes = connection.execute(select(checkpoint).order_by(checkpoint.c.size)).all()
        return verify(
            lambda: _rows(connection),
            [str(note) for _, note in notes],
            outside,
            key.verifier if isinstance(key, Signer) else key,
            seal_key=key.seal_key if isinstance(key, Signer) else None,
            nodes={(level, i): hash_ for level, i, hash_ in connection.execute(select(node))},
            sizes=[size for size, _ in notes],
        )


def _rows(connection: Connection) -> Iterator[Row]:
    """Rows by index as stored, whatever their content."""
    join = entry.outerjoin(payload, entry.c.index == payload.c.index)
    query = select(entry, payload.c.salt, payload.c.body).select_from(join)
    rows = connection.execute(query.order_by(entry.c.index), execution_options=STREAM)
    texts = _texts(connection)
    pending = next(texts, None)
    for index, at, kind, ref, commitment, leaf, seal, salt, body in rows:
        while pending is not None and pending[0] < index:
            pending = next(texts, None)
        yield Row(
            Entry(index, at, kind, ref, as_bytes(commitment)),
            as_bytes(leaf),
            as_bytes(seal),
            None if salt is None else as_bytes(salt),
            None if body is None else as_bytes(body),
            pending[1] if pending is not None and pending[0] == index else (),
        )


def _texts(connection: Connection) -> Iterator[tuple[int, tuple[tuple[str, bytes, bytes], ...]]]:
    """Remaining texts, grouped by entry."""
    query = select(vault_text).order_by(vault_text.c.index, vault_text.c.name)
    result = connection.execute(query, execution_options=STREAM)
    for index, rows in groupby(result, lambda row: row[0]):
        yield index, tuple((name, as_bytes(salt), as_bytes(body)) for _, name, salt, body in rows)


def printable(value: object) -> str:
    """Untrusted content of a table, safe to print."""
    return "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in str(value))


def as_bytes(value: Any) -> bytes:
    """The value, or empty where a row holds another type (SQLite allows it)."""
    return value if isinstance(value, bytes) else b""


@contextmanager
def ill_formed_text(connection: Connection) -> Iterator[None]:
    """Let SQLite return ill-formed UTF-8, which must be reported instead of ending the audit."""
    driver: Any = connection.connection.driver_connection
    if connection.dialect.name != "sqlite":
        yield
        return
    driver.text_factory = lambda data: data.decode("utf-8", "surrogateescape")
    try:
        yield
    finally:
        driver.text_factory = str
