"""Verification: every entry, payload, text, kept node and checkpoint against the others.

With the seal key, the report names the first place at which the stored rows differ from what was
appended, and how: only the key's holder can seal an entry, so a row that was edited, or that stands
where another was sealed, gives itself away even when commitments, leaves and the whole tree were
computed anew. Without the key (an auditor elsewhere) the signed checkpoints still show whether the
rows are what was signed, but only between which two checkpoints they are not.

What no log can show by itself: that somebody put an old database *and* the old checkpoint file back
together. A checkpoint that others hold shows that.
"""

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain
from typing import Literal

import msgspec

from lianzhi.record.checkpoint import Checkpoint, CheckpointError, Verifier
from lianzhi.record.entry import ERASED, TEXTS, Entry, commit, decode, seal
from lianzhi.record.merkle import Frontier

Fault = Literal["edited", "removed", "inserted", "reordered", "truncated", "tree", "checkpoint"]


class Row(msgspec.Struct, frozen=True):
    """One stored row with what is kept beside it."""

    entry: Entry
    leaf: bytes
    seal: bytes
    salt: bytes | None
    body: bytes | None
    texts: tuple[tuple[str, bytes, bytes], ...] = ()
    """(name, salt, UTF-8 bytes) of each text that has not been erased."""


class Report(msgspec.Struct, frozen=True):
    """Outcome of a verification."""

    ok: bool
    size: int
    """Entries found good, counted from the first."""
    root: bytes
    """Root of the tree of those entries."""
    first_bad: int | None = None
    """Index of the first entry that is not what was appended; None: no entry is at fault."""
    what: Fault | None = None
    detail: str = ""
    erased: int = 0
    """Texts erased, each of them accounted for by an entry."""
    checkpoints: int = 0
    """Checkpoints whose signature and root were found good; each is consistent with the next."""


class _FaultError(Exception):
    def __init__(self, fault: Fault, detail: str, index: int | None = None) -> None:
        super().__init__(detail)
        self.fault, self.detail, self.index = fault, detail, index


def verify(
    rows: Callable[[], Iterable[Row]],
    notes: Sequence[str],
    witness: str | None,
    verifier: Verifier,
    *,
    seal_key: bytes | None = None,
    nodes: Mapping[tuple[int, int], bytes] | None = None,
    sizes: Sequence[int] | None = None,
) -> Report:
    """Check the whole record.

    `rows` yields the stored rows by index and is called again to find out what befell a bad one;
    `notes` are the checkpoints stored beside them; `witness` is the newest checkpoint kept outside
    the database, None where there should be one and is not; `nodes` are the kept nodes of the
    tree, by (level, index), where they are to be checked; `sizes` are the sizes under which the
    notes are stored.
    """
    signed, unsigned = _open(notes, witness, verifier, sizes)
    walk = _Walk(rows, signed, seal_key, nodes)
    try:
        walk.all()
        if unsigned is not None:
            raise unsigned
        if witness is None and walk.tree.size:
            raise _FaultError("checkpoint", "the checkpoint outside the database is missing")
    except _FaultError as error:
        place = (error.index, error.fault, error.detail)
        return Report(False, walk.tree.size, walk.tree.root, *place, checkpoints=walk.settled)
    absent = len(walk.absent)
    return Report(True, walk.tree.size, walk.tree.root, erased=absent, checkpoints=walk.settled)


def _open(
    notes: Sequence[str], witness: str | None, verifier: Verifier, sizes: Sequence[int] | None
) -> tuple[list[Checkpoint], _FaultError | None]:
    """Checkpoints with a valid signature, by size, and the first fault among the others."""
    entries, fault = [], None
    stored: Sequence[int | None] = sizes or [None] * len(notes)
    named = [(size, note, "in the database") for size, note in zip(stored, notes, strict=True)]
    if witness is not None:
        named.append((None, witness, "outside the database"))
    for size, note, place in named:
        which = "a checkpoint" if size is None else f"the checkpoint of {size} entries"
        try:
            checkpoint = verifier.checkpoint(note)
            entries.append(checkpoint)
            if size not in (None, checkpoint.size):
                raise CheckpointError(f"it signs {checkpoint.size} entries")
        except CheckpointError as error:
            fault = fault or _FaultError("checkpoint", f"{which} {place}: {error}")
    return sorted(entries, key=lambda checkpoint: checkpoint.size), fault


class _Walk:
    """One pass over the rows, from the first to the first fault."""

    def __init__(
        self,
        rows: Callable[[], Iterable[Row]],
        signed: Sequence[Checkpoint],
        seal_key: bytes | None,
        nodes: Mapping[tuple[int, int], bytes] | None,
    ) -> None:
        self.rows, self.seal_key, self.nodes = rows, seal_key, nodes
        self.size = signed[-1].size if signed else 0
        self.due = deque(signed)
        self.agreed = self.settled = 0
        self.tree = Frontier()
        self.absent: set[tuple[int, str]] = set()
        self.erased: set[str] = set()

    def all(self) -> None:
        """Check the rows against themselves and against the signed checkpoints."""
        self._settle()
        for row in self.rows():
            self._row(row)
            self._settle()
        have, signed = self.tree.size, self.size
        if have < signed:
            detail = f"{signed} entries were signed, {have} are left"
            raise _FaultError("truncated", detail, have)
        if have > signed:
            detail = f"entries from {signed} on are under no checkpoint"
            raise _FaultError("checkpoint", detail, signed)
        for index, name in sorted(self.absent):
            if f"{index}/{name}" not in self.erased:
                detail = f"text {name} is gone and no erasure accounts for it"
                raise _FaultError("removed", detail, index)

    def _row(self, row: Row) -> None:
        index, leaf = self.tree.size, row.entry.leaf_hash()
        if row.entry.index != index or not self._sealed(row, index, leaf):
            raise self._befell(index, row)
        if row.leaf != leaf:
            raise _FaultError("edited", "the stored leaf hash is not that of the entry", index)
        self._payload(index, row)
        self.tree, kept = self.tree.extend([leaf])
        for node in kept:
            if self.nodes is not None and self.nodes.get((node.level, node.index)) != node.hash:
                detail = f"kept node {node.level}/{node.index} is not the hash of its leaves"
                raise _FaultError("tree", detail)

    def _payload(self, index: int, row: Row) -> None:
        if row.body is None or row.salt is None:
            raise _FaultError("removed", "the payload is gone", index)
        if commit(row.salt, row.body) != row.entry.commitment:
            raise _FaultError("edited", "the payload is not the one committed to", index)
        if row.entry.kind == ERASED:
            self.erased.update(decode(row.body)["erased"])
        elif row.texts or b'"texts":' in row.body:
            committed: dict[str, str] = decode(row.body).get(TEXTS, {})
            for name, salt, text in row.texts:
                if committed.pop(name, None) != commit(salt, text).hex():
                    detail = f"text {name} is not the one committed to"
                    raise _FaultError("edited", detail, index)
            self.absent.update((index, name) for name in committed)

    def _settle(self) -> None:
        """Compare the root with every checkpoint of this size."""
        while self.due and self.due[0].size == self.tree.size:
            if self.due.popleft().root != self.tree.root:
                detail = f"entries {self.agreed} to {self.tree.size - 1} are not what was signed"
                raise _FaultError("checkpoint", detail)
            if self.agreed != self.tree.size:  # the one outside is the newest again
                self.settled += 1
            self.agreed = self.tree.size

    def _sealed(self, row: Row, index: int, leaf: bytes | None = None) -> bool:
        """Whether the row's entry was sealed at `index`; all pass where there is no key."""
        if self.seal_key is None:
            return True
        leaf = leaf or msgspec.structs.replace(row.entry, index=index).leaf_hash()
        return seal(self.seal_key, index, leaf) == row.seal

    def _befell(self, index: int, row: Row) -> _FaultError:
        """What happened to entry `index`, at whose place `row` stands."""
        stands = f"entry {row.entry.index} stands at its place"
        if self.seal_key is None:
            return _FaultError("removed", stands, index)
        last = max(self.size, sum(1 for _ in self.rows()))
        places = chain([row.entry.index], range(last))
        home = next((place for place in places if self._sealed(row, place)), None)
        if home == index:
            return _FaultError("edited", f"the entry is numbered {row.entry.index}", index)
        survives = any(self._sealed(other, index) for other in self.rows())
        if home is not None and home > index and self._single(home):
            stands = f"entry {home} stands at its place"
            return _FaultError("reordered" if survives else "removed", stands, index)
        if survives or (index >= self.size and not self._goes_on(index)):
            return _FaultError("inserted", "the row was never appended here", index)
        return _FaultError("edited", "the entry or its seal was changed", index)

    def _single(self, index: int) -> bool:
        """Whether entry `index` is stored but once."""
        return sum(self._sealed(other, index) for other in self.rows()) == 1

    def _goes_on(self, index: int) -> bool:
        """Whether a row after `index` was truly appended there."""
        return any(
            other.entry.index > index and self._sealed(other, other.entry.index)
            for other in self.rows()
        )
