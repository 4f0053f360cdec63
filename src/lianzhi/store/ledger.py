"""The append-only record in SQL: one writer at a time, durable on return.

A batch is one transaction: entries, payloads, texts, kept nodes, projections and one signed
checkpoint. After the commit the checkpoint also replaces a file outside the database, with which
every opening and verification compares the database: a truncation is detected.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Lock
from typing import Any

import msgspec
from sqlalchemy import Connection, Engine, func, insert, select

from lianzhi.faults import fault_point
from lianzhi.files import load_or_create_key, replace, written
from lianzhi.prepared import Prepared
from lianzhi.record import merkle
from lianzhi.record.checkpoint import CheckpointError, Signer, Verifier
from lianzhi.record.entry import (
    ERASED,
    SALT_SIZE,
    TEXTS,
    Draft,
    Entry,
    commit,
    decode,
    encode,
    seal,
)
from lianzhi.record.ports import Erasure, Evidence, Projection
from lianzhi.store import db, tables
from lianzhi.store.vault import Address, Vault

#: Path of the record's signing key within a home.
KEY = Path("keys", "record.ed25519")
_CHUNK = 1000
_PUT = Prepared(insert(tables.entry))
_DISAGREE = Prepared(insert(tables.payload))
_KEEP = Prepared(insert(tables.node))
_SIGNED = Prepared(insert(tables.checkpoint))
_NEWEST = Prepared(select(func.max(tables.entry.c.index)))
_ENTRY = [tables.entry.c[name] for name in ("index", "at", "kind", "ref", "commitment")]


class RecordError(RuntimeError):
    """The stored record contradicts what was signed; it takes no entries until that is settled."""


class Batch:
    """Implements the `Batch` port on one transaction, `connection`."""

    def __init__(self, ledger: "Ledger", connection: Connection, tree: merkle.Frontier) -> None:
        self.connection, self.tree = connection, tree
        self.after: list[Callable[[], None]] = []
        """Called once the batch is durable; must not fail."""
        self._ledger = ledger

    def tokens(self, accounts: Iterable[str]) -> dict[str, str]:
        """Token of each account, made when first seen."""
        return self._ledger.vault.tokens(accounts, self.connection)

    def keep_evidence(self, rows: Iterable[Evidence]) -> None:
        """Keep copies of events."""
        self._ledger.vault.keep_evidence(rows, self.connection)

    def address(self, token: str) -> Address | None:
        """Contact address of the person of this token; None: none."""
        return self._ledger.vault.address(token, self.connection)

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """A savepoint: if the block raises, only its own changes are undone."""
        point, tree = self.connection.begin_nested(), self.tree
        try:
            yield
            point.commit()
        except BaseException:
            point.rollback()
            self.tree = tree
            raise

    def append(self, drafts: Sequence[Draft]) -> list[Entry]:
        """Append in order and bring the projections along."""
        if not drafts:
            return []
        connection, first = self.connection, self.tree.size
        named = [(first + i, draft.texts) for i, draft in enumerate(drafts)]
        commitments = self._ledger.vault.keep_texts(named, connection)
        salts = os.urandom(SALT_SIZE * len(drafts))
        entries: list[tuple[Entry, bytes]] = []
        leaves, rows, payloads = [], [], []
        for i, (draft, texts) in enumerate(zip(drafts, commitments, strict=True)):
            salt = salts[i * SALT_SIZE : (i + 1) * SALT_SIZE]
            body = encode({**draft.payload, TEXTS: texts} if texts else draft.payload)
            entry = Entry(first + i, draft.at, draft.kind, draft.ref, commit(salt, body))
            leaf = entry.leaf_hash()
            mark = seal(self._ledger.signer.seal_key, entry.index, leaf)
            entries.append((entry, body))
            leaves.append(leaf)
            rows.append({**msgspec.structs.asdict(entry), "leaf": leaf, "seal": mark})
            payloads.append({"index": entry.index, "salt": salt, "body": body})
        self.tree, nodes = self.tree.extend(leaves)
        _PUT.many(connection, rows)
        _DISAGREE.many(connection, payloads)
        _KEEP.many(connection, map(msgspec.structs.asdict, nodes))
        for entry, body in entries:
            for projection in self._ledger.projections:
                # Decoded again, so that a projection sees what a rebuild will show it.
                projection.apply(connection, entry, decode(body))
        return [entry for entry, _ in entries]


class Ledger:
    """Implements the `Ledger` port."""

    def __init__(
        self,
        engine: Engine,
        signer: Signer,
        vault: Vault,
        projections: Sequence[Projection[Connection]] = (),
        *,
        witness: Path,
        adopt: bool = False,
        fence: Callable[[Connection], None] | None = None,
    ) -> None:
        """Open the record, and compare it with `witness`, the checkpoint file outside.

        `adopt` accepts the database as it is and rewrites the file: for an operator who has
        restored an older backup. `fence` raises within a batch's transaction when it must not be
        written. Raises RecordError when database and checkpoints disagree.
        """
        self.engine, self.signer, self.vault = engine, signer, vault
        self.projections, self._witness, self._fence = projections, witness, fence
        self._lock = Lock()
        while True:
            # Read before the database, which is never behind the file unless forged.
            has_witness = witness.exists() and not adopt
            outside = witness.read_text("utf-8", "replace") if has_witness else None
            with db.snapshot(engine) as connection:
                self._tree = _tree(connection)
                if not (has_witness or adopt) and self._tree.size and witness.exists():
                    continue  # another process has begun the record in between
                note = self._agreed(connection, outside, adopt)
            break
        if note != outside:
            replace(witness, note.encode())

    def _agreed(self, connection: Connection, outside: str | None, adopt: bool) -> str:
        """Newest checkpoint, once it and the one outside fit the tree.

        The empty log has one outside as well: otherwise a crash between the first commit and its
        checkpoint file would look like a removed file.
        """
        note, size = _newest(connection), self._tree.size
        if note is None and not size:
            note = self.signer.sign(0, self._tree.root)
            outside = outside or note
        try:
            if note is None:
                raise CheckpointError(f"no checkpoint covers {size} entries")
            if outside is None and not adopt:
                raise CheckpointError(f"the checkpoint file {self._witness} is missing")
            for text in (note,) if outside is None else (note, outside):
                hold_against(connection, self.signer.verifier, text)
        except CheckpointError as error:
            raise RecordError(
                f"the record does not fit its checkpoint: {error}. Verify it; after restoring an "
                "older backup on purpose, see `lianzhi record adopt`"
            ) from None
        return note

    @property
    def size(self) -> int:
        """Number of entries known to this ledger."""
        return self._tree.size

    @contextmanager
    def batch(self) -> Iterator[Batch]:
        """Open a batch; it is durable when the block ends without an exception."""
        with self._lock, ExitStack() as files:
            with db.writing(self.engine) as connection:
                if self._fence is not None:
                    self._fence(connection)
                if _size(connection) != self._tree.size:  # another process has appended
                    self._tree = _tree(connection)
                batch = Batch(self, connection, self._tree)
                yield batch
                grown = batch.tree.size > self._tree.size
                if grown:
                    note = self.signer.sign(batch.tree.size, batch.tree.root)
                    _SIGNED.run(connection, {"size": batch.tree.size, "note": note})
                    # Before the commit: if the disk is full, the batch is rolled back.
                    fresh = files.enter_context(written(self._witness, note.encode()))
                fault_point("record.signed")
            fault_point("record.committed")
            if grown:
                self._tree = batch.tree
                fresh.replace(self._witness)
        fault_point("record.witnessed")
        for call in batch.after:
            call()

    def outage(self, error: Exception) -> str | None:
        """Why the record is unavailable for now; None when waiting would not help."""
        return db.outage(error)

    def append(self, drafts: Sequence[Draft]) -> list[Entry]:
        """Append as one batch; durable on return."""
        with self.batch() as batch:
            return batch.append(drafts)

    def entries(self, start: int = 0, stop: int | None = None) -> Iterator[Entry]:
        """Entries start <= index < stop, read in chunks."""
        index = tables.entry.c.index
        with self.engine.connect() as connection:
            while True:
                query = select(*_ENTRY).where(index >= start).order_by(index).limit(_CHUNK)
                if stop is not None:
                    query = query.where(index < stop)
                rows = connection.execute(query).all()
                connection.rollback()
                yield from (Entry(*row) for row in rows)
                if len(rows) < _CHUNK:
                    return
                start = rows[-1][0] + 1

    def payload(self, index: int) -> dict[str, Any] | None:
        """Payload of entry `index`; None when there is none."""
        query = select(tables.payload.c.body).where(tables.payload.c.index == index)
        with self.engine.connect() as connection:
            body = connection.scalar(query)
        return None if body is None else decode(body)

    def inclusion(self, index: int, size: int | None = None) -> list[bytes]:
        """Proof that entry `index` is in the tree of `size`, by default the whole log."""
        with db.snapshot(self.engine) as connection:
            ranges = merkle.inclusion_ranges(index, _within(connection, size))
            return merkle.prove(ranges, kept_nodes(connection))

    def consistency(self, old: int, new: int | None = None) -> list[bytes]:
        """Proof that the log of `old` entries is a prefix of the log of `new`."""
        with db.snapshot(self.engine) as connection:
            ranges = merkle.consistency_ranges(old, _within(connection, new))
            return merkle.prove(ranges, kept_nodes(connection))

    def checkpoint(self) -> str:
        """Newest signed checkpoint; raises LookupError while the log is empty."""
        with self.engine.connect() as connection:
            note = _newest(connection)
        if note is None:
            raise LookupError("the record is empty: it has no checkpoint yet")
        return note

    def erase(self, account: str, at: int, aliases: Iterable[str] = ()) -> Erasure:
        """Erase a person, and append `subject.erased` with the token and what was removed.

        `aliases` are further names of theirs in texts, such as a keyed hash. Other stores
        (segments, snapshots) erase their own data. Raises TimeoutError when the rows are gone but
        the database was too busy to clear their bytes: then call again.
        """
        with self.batch() as batch:
            erasure = self.vault.erase(account, batch.connection, aliases)
            if erasure.token or erasure.texts or erasure.evidence:
                counts = {"erased": erasure.texts, "copies": erasure.evidence}
                ref = erasure.token or "unknown"
                batch.append([Draft(kind=ERASED, ref=ref, at=at, payload=counts)])
        fault_point("erasure.recorded")
        self.vault.scrub()
        return erasure

    def rebuild(self) -> int:
        """Clear the projections and fold them from entry 0; returns the number of entries."""
        with self._lock, db.writing(self.engine) as connection:
            return fold(connection, self.projections)


def fold(connection: Connection, projections: Sequence[Projection[Connection]]) -> int:
    """Clear projections and fold them from entry 0; returns the number of entries.

    Raises RecordError where an entry or its payload is missing.
    """
    done = 0
    for projection in projections:
        projection.clear(connection)
    while rows := read_entries(connection, done):
        for entry, payload in rows:
            for projection in projections:
                projection.apply(connection, entry, payload)
        done += len(rows)
    return done


def hold_against(connection: Connection, key: Verifier, note: str) -> int:
    """Compare the record with an earlier checkpoint; returns the number of its entries.

    Raises CheckpointError unless `key` signed it and the record begins with those entries.
    """
    seen, size = key.checkpoint(note), _size(connection)
    if seen.size > size:
        raise CheckpointError(f"{seen.size} entries were signed, {size} are left")
    if seen.root != merkle.range_root(0, seen.size, kept_nodes(connection)):
        raise CheckpointError(f"the first {seen.size} entries are not those signed")
    return seen.size


def read_entries(connection: Connection, start: int) -> list[tuple[Entry, dict[str, Any]]]:
    """The next entries from `start` on with their payloads, in chunks; empty at the end.

    Raises RecordError where an entry or its payload is missing.
    """
    index = tables.entry.c.index
    join = tables.entry.join(tables.payload, index == tables.payload.c.index, isouter=True)
    query = select(*_ENTRY, tables.payload.c.body).select_from(join).order_by(index)
    rows = connection.execute(query.where(index >= start).limit(_CHUNK)).all()
    for place, (row_index, *_, body) in enumerate(rows, start):
        if row_index != place or body is None:
            raise RecordError(f"entry {place} or its payload is missing: verify")
    return [(Entry(*fields), decode(body)) for *fields, body in rows]


def _size(connection: Connection) -> int:
    newest = _NEWEST.scalar(connection, {})
    return 0 if newest is None else newest + 1


def _within(connection: Connection, size: int | None) -> int:
    """The requested size, by default the whole; raises ValueError beyond it."""
    whole = _size(connection)
    if size is not None and size > whole:
        raise ValueError(f"size {size}: the log has {whole} entries")
    return whole if size is None else size


def _newest(connection: Connection) -> str | None:
    query = select(tables.checkpoint.c.note).order_by(tables.checkpoint.c.size.desc()).limit(1)
    return connection.scalar(query)


def _tree(connection: Connection) -> merkle.Frontier:
    return merkle.frontier(_size(connection), kept_nodes(connection))


def kept_nodes(connection: Connection) -> merkle.Kept:
    """Leaf hashes and kept nodes of the tree, as the provers ask for them."""

    def fetch(level: int, first: int, count: int) -> list[bytes]:
        if level:
            index, hash_ = tables.node.c.index, tables.node.c.hash
            query = select(hash_).where(tables.node.c.level == level)
        else:
            index, hash_ = tables.entry.c.index, tables.entry.c.leaf
            query = select(hash_)
        query = query.where(index >= first, index < first + count).order_by(index)
        rows = list(connection.scalars(query))
        if len(rows) != count:
            raise RecordError(f"nodes {first} to {first + count - 1} of level {level}: verify")
        return rows

    return fetch


def open_ledger(
    engine: Engine,
    home: Path,
    name: str = "lianzhi.local/record",
    projections: Sequence[Projection[Connection]] = (),
    *,
    adopt: bool = False,
    fence: Callable[[Connection], None] | None = None,
) -> Ledger:
    """The record of a deployment with files under `home`; tables must be up to date.

    Raises RecordError also where there is a record and no key that could have signed it.
    """
    if not (home / KEY).exists():
        with engine.connect() as connection:
            # A process that opens it at the same time creates the key before the first entry: check
            # again.
            if _size(connection) and not (home / KEY).exists():
                raise RecordError(f"the key {home / KEY} is missing: restore it from a copy")
    signer, witness = custody(home, name)
    vault = Vault(engine)
    return Ledger(engine, signer, vault, projections, witness=witness, adopt=adopt, fence=fence)


def custody(home: Path, name: str = "lianzhi.local/record") -> tuple[Signer, Path]:
    """The signing key and the checkpoint file, which lie outside the database."""
    signer = Signer(name, load_or_create_key(home / KEY))
    return signer, home / "record" / "checkpoint"
