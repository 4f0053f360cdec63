"""Evidence: exports a case's entries and events from record and event log as a pack.

Everything is read in one transaction, under the newest checkpoint of that moment. The export is
itself a step of the case: the pack's digest goes on the record before the pack is given away.
"""

import os
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO

import msgspec
from sqlalchemy import Connection

from lianzhi.chain.finding import Evidence
from lianzhi.documents import pack
from lianzhi.documents.forms import EntryLine, EventLine, Facts, Part, State, Words
from lianzhi.record.entry import TEXTS, Draft, decode
from lianzhi.record.ports import Evidence as Copy
from lianzhi.record.prover import Levels, Prover
from lianzhi.record.verify import Row
from lianzhi.store import db, sealed
from lianzhi.store import evidence_rows as rows
from lianzhi.store.db import chunks
from lianzhi.store.ledger import Ledger, kept_nodes
from lianzhi.store.roots import entries_of_roots

KIND = "evidence.exported"
#: Findings whose evidence is kept at hand while events are written.
_FINDINGS = 128
_CHUNK = 1 << 20

_Citation = tuple[Evidence, str | None]
"""An event as a finding cites it, and the leaf of the copy that it kept."""


class Exported(msgspec.Struct, frozen=True):
    """What was exported; `entry` of the record says so."""

    case: str
    sha256: str
    bytes: int
    checkpoint: int
    """Entries of the record at the pack's checkpoint."""
    entry: int
    entries: int
    events: int


def spool(home: Path) -> BinaryIO:
    """A file for a pack that nobody else sees and that is gone when it is closed."""
    return TemporaryFile(dir=home)


def export(ledger: Ledger, events: Path, facts: Facts, out: BinaryIO) -> Exported:
    """Write a pack to `out`, which can be read and sought, and put the export on the record.

    `events` is the folder of the event log. Raises KeyError where there is no such case, and
    PackTooLargeError; then nothing is on the record.
    """
    with db.snapshot(ledger.engine) as connection:
        source = _Case(connection, ledger, events, facts.case)
        written = pack.write(out, facts, source, ledger.signer.note)
    size, digest = weighed(out)
    payload = {
        "case": facts.case,
        "by": facts.by,
        "sha256": digest,
        "size": written.checkpoint.size,
        "lang": facts.lang,
    }
    draft = Draft(kind=KIND, ref=facts.case, at=facts.made_at, payload=payload)
    (entry,) = ledger.append([draft])
    return Exported(
        *(facts.case, digest, size, written.checkpoint.size, entry.index),
        *(written.counts.entries, written.counts.events),
    )


def weighed(out: BinaryIO) -> tuple[int, str]:
    """Size and SHA-256 of a file that was written, which then stands at its beginning."""
    size = out.seek(0, os.SEEK_END)
    out.seek(0)
    digest = sha256()
    while chunk := out.read(_CHUNK):  # `file_digest` takes not every BinaryIO
        digest.update(chunk)
    out.seek(0)
    return size, digest.hexdigest()


class _Case:
    """Implements the `Source` of a pack on one open transaction."""

    def __init__(self, connection: Connection, ledger: Ledger, events: Path, case: str) -> None:
        self._connection, self._folder = connection, events
        self._parts: dict[int, Part] = dict.fromkeys(rows.steps(connection, case), "step")
        if not self._parts:
            raise KeyError(case)
        self._findings = rows.findings(connection, case)
        self.note = rows.newest_note(connection)
        self.key = str(ledger.signer.verifier)
        self.checkpoint = ledger.signer.verifier.checkpoint(self.note)
        self._refs: list[str] = [""] * len(self._findings)
        self._chosen = self._choose()
        self._roots = entries_of_roots(connection)
        self._firsts = [root.first for _, root in self._roots]
        self._parts |= dict.fromkeys(self._findings, "finding")
        self._parts |= dict.fromkeys(self._segments(), "segment")
        self._emptied: set[str] = set()
        self._parts |= dict.fromkeys(self._erasures(), "erasure")
        self._evidence = lru_cache(_FINDINGS)(self._evidence_of)
        self._prover = lru_cache(1)(self._prover_of)

    def entries(self) -> Iterator[EntryLine]:
        """Entries by index, each with its proof."""
        proofs = Prover(self.checkpoint.size, kept_nodes(self._connection))
        for row in rows.entries(self._connection, sorted(self._parts)):
            proof = proofs.proof(row.entry.index)
            yield _entry_line(row, self._parts[row.entry.index], proof)

    def events(self) -> Iterator[EventLine]:
        """Events by position, each once."""
        for seqs in chunks(sorted(self._chosen)):
            numbers = [self._chosen[seq] for seq in seqs]
            names = [(self._refs[n], seq) for n, seq in zip(numbers, seqs, strict=True)]
            copies = rows.copies(self._connection, names)
            cited = [self._evidence(n)[seq] for n, seq in zip(numbers, seqs, strict=True)]
            tokens = {evidence.actor for evidence, _ in cited}
            tokens |= {copy.target for copy in copies.values() if copy.target is not None}
            named = self.accounts(tokens)
            for name, citation in zip(names, cited, strict=True):
                yield self._event_line(name[0], citation, copies.get(name), named)

    def accounts(self, tokens: Iterable[str]) -> Mapping[str, str]:
        """Account of each token; erased ones are missing."""
        return rows.accounts(self._connection, tokens)

    def _choose(self) -> dict[int, int]:
        """For each event, by position, the finding (by number) that tells of it in the pack.

        The newest that has kept a copy, else the newest that names it.
        """
        chosen: dict[int, int] = {}
        bare: set[int] = set()
        bodies = rows.finding_evidence(self._connection, reversed(self._findings))
        for number, (_, body) in zip(reversed(range(len(self._findings))), bodies, strict=True):
            self._refs[number] = body.id
            for seq in (item.seq for item in body.evidence):
                keeps = str(seq) in body.kept
                if seq < 0 or (seq in chosen and not (keeps and seq in bare)):
                    continue
                chosen[seq] = number
                (bare.discard if keeps else bare.add)(seq)
        return chosen

    def _evidence_of(self, number: int) -> dict[int, _Citation]:
        ((_, recorded),) = rows.finding_evidence(self._connection, [self._findings[number]])
        return {e.seq: (e, recorded.kept.get(str(e.seq))) for e in recorded.evidence}

    def _segments(self) -> set[int]:
        """Entries of the sealed segments that hold evidence."""
        places = (self._root_of(seq) for seq in self._chosen)
        return {self._roots[place][0] for place in places if place is not None}

    def _root_of(self, seq: int) -> int | None:
        place = bisect_right(self._firsts, seq) - 1
        return place if place >= 0 and seq < self._roots[place][1].after else None

    def _erasures(self) -> Iterator[int]:
        """Entries that account for texts and copies which the pack can't have any more."""
        refs, own = set(self._refs), set(self._parts)
        for index, payload in rows.erasures(self._connection):
            copies = {name for name in payload.copies if name.split("/")[0] in refs}
            self._emptied |= copies
            if copies or any(int(name.split("/")[0]) in own for name in payload.erased):
                yield index

    def _event_line(
        self, ref: str, citation: _Citation, copy: Copy | None, named: Mapping[str, str]
    ) -> EventLine:
        evidence, leaf = citation
        segment, proof = (None, ()) if leaf is None else self._sealed(evidence.seq)
        target = None if copy is None else copy.target
        return EventLine(
            seq=evidence.seq,
            at=evidence.at,
            finding=ref,
            actor=evidence.actor,
            actor_account=named.get(evidence.actor),
            target=target,
            target_account=None if target is None else named.get(target),
            role=evidence.role,
            kinds=evidence.kinds,
            spans=evidence.spans,
            state=self._state(f"{ref}/{evidence.seq}", leaf, copy),
            leaf=leaf,
            salt=None if copy is None else copy.salt.hex(),
            raw=None if copy is None else copy.raw.decode(),
            segment=segment,
            proof=proof,
        )

    def _state(self, name: str, leaf: str | None, copy: Copy | None) -> State:
        if copy is not None:
            return "whole"
        if leaf is None:
            return "not_kept"
        return "erased" if name in self._emptied else "missing"

    def _sealed(self, seq: int) -> tuple[int | None, tuple[str, ...]]:
        """Entry of the segment's root, and the proof; nothing where no good segment is there."""
        place = self._root_of(seq)
        if place is None:
            return None, ()
        index, root = self._roots[place]
        proofs = self._prover(place)
        return (None, ()) if proofs is None else (index, _hex(proofs.proof(seq - root.first)))

    def _prover_of(self, place: int) -> Levels | None:
        """Proofs over a segment's leaves, unless the file is not what the record says."""
        root = self._roots[place][1]
        try:
            leaves = sealed.leaves(self._folder / f"{root.first:020d}.parquet")
        except sealed.UNREADABLE:
            return None
        tree = Levels(leaves)
        good = len(leaves) == root.after - root.first and tree.root.hex() == root.root
        return tree if good else None


def _hex(proof: Sequence[bytes]) -> tuple[str, ...]:
    return tuple(step.hex() for step in proof)


def _entry_line(row: Row, part: Part, proof: Sequence[bytes]) -> EntryLine:
    entry, body, salt = row.entry, row.body or b"", row.salt or b""
    texts = {name: Words(salt=s.hex(), text=text.decode()) for name, s, text in row.texts}
    named = decode(body).get(TEXTS, {}) if b'"texts":' in body else {}
    return EntryLine(
        index=entry.index,
        at=entry.at,
        kind=entry.kind,
        ref=entry.ref,
        part=part,
        salt=salt.hex(),
        payload=body.decode(),
        texts={name: texts.get(name) for name in named},
        proof=_hex(proof),
    )
