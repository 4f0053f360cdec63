"""Audit of the events: segments against the record, open frames against their chain, copies."""

import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
from sqlalchemy import Engine, select

from lianzhi.flow import log
from lianzhi.flow.intake import decode
from lianzhi.store import sealed
from lianzhi.store.segments import GENESIS
from lianzhi.store.tables import entry, evidence, payload, person

SEALED_KIND = "segment.sealed"
#: How long a frame at the end may take to be written.
PATIENCE_S = 0.2


class SegmentFault(msgspec.Struct, frozen=True):
    """One thing that is not as the record says; `seq` is the first event concerned."""

    file: str
    seq: int
    detail: str


class EventReport(msgspec.Struct, frozen=True):
    """Outcome; `events` counts those whose segment or frame was found good."""

    ok: bool
    segments: int
    events: int
    erased: int
    faults: tuple[SegmentFault, ...]


def audit_events(engine: Engine, home: Path) -> EventReport:
    """Check every sealed segment and every open frame under `home`. The record comes first.

    A node may run meanwhile: what it seals during the audit is looked at again.
    """
    while True:
        recorded = list(_recorded(engine))
        report = _audit(home / "events", recorded, list(_copies(engine)))
        if report.ok or len(list(_recorded(engine))) == len(recorded):
            return report


def _audit(
    folder: Path, recorded: list[tuple[int, int, bytes, str]], faults: list[SegmentFault]
) -> EventReport:
    segments = events = erased = 0
    chain = GENESIS
    for first, after, root, chain_hex in recorded:
        found = _segment(folder / f"{first:020d}.parquet", first, after, root)
        if isinstance(found, SegmentFault):
            faults.append(found)
        else:
            segments, events, erased = segments + 1, events + after - first, erased + found
        chain = bytes.fromhex(chain_hex)
    known = {f"{first:020d}" for first, _, _, _ in recorded}
    frames = [path for path in sorted(folder.glob("*.log")) if path.stem not in known]
    known |= {path.stem for path in frames}  # where both are there, it was being sealed
    strange = [path for path in sorted(folder.glob("*.parquet")) if path.stem not in known]
    faults += [
        SegmentFault(p.name, int(p.stem), "the segment is not on the record") for p in strange
    ]
    for path in frames:
        counted, chain, fault = _open_frames(path, chain)
        events += counted
        if fault is not None:
            faults.append(fault)
            break
    return EventReport(not faults, segments, events, erased, tuple(faults))


def _copies(engine: Engine) -> Iterator[SegmentFault]:
    """Copies of events in the vault that are not what they claim to be."""
    query = select(evidence, person.c.account).join(
        person, person.c.token == evidence.c.actor, isouter=True
    )
    with engine.connect() as connection:
        for row in connection.execute(query):
            if log.leaf(row.salt, row.raw).hex() != row.leaf:
                yield SegmentFault("evidence", row.seq, "the copy is not the event it stands for")
            elif row.account not in {None, decode(row.raw).actor}:
                yield SegmentFault("vault", row.seq, "the vault names another actor than the event")


def _recorded(engine: Engine) -> Iterator[tuple[int, int, bytes, str]]:
    query = (
        select(payload.c.body)
        .join(entry, entry.c.index == payload.c.index)
        .where(entry.c.kind == SEALED_KIND)
        .order_by(payload.c.index)
    )
    with engine.connect() as connection:
        for body in connection.scalars(query):
            said = msgspec.json.decode(body)
            yield said["first"], said["after"], bytes.fromhex(said["root"]), said["chain"]


def _segment(path: Path, first: int, after: int, root: bytes) -> SegmentFault | int:
    """Events erased in a good segment, or what is wrong with it."""
    if not path.exists():
        return SegmentFault(path.name, first, "the segment is missing; restore it from a copy")
    try:
        checked = sealed.check(path)
    except (*sealed.UNREADABLE, LookupError, TypeError, ValueError) as error:
        return SegmentFault(path.name, first, f"the segment cannot be read: {error}")
    if checked.first_bad is not None:
        return SegmentFault(path.name, checked.first_bad, "the event is not the one accepted")
    if checked.count != after - first or checked.root != root:
        return SegmentFault(path.name, first, "the leaves are not those on the record")
    return checked.erased


def _open_frames(path: Path, chain: bytes) -> tuple[int, bytes, SegmentFault | None]:
    seq = first = int(path.stem)
    whole = 0
    try:
        data = path.read_bytes()
        for end, frame in log.decode(data):
            leaves = [
                log.leaf(salt, line)
                for salt, line in zip(frame.salts, frame.lines, strict=True)
                if salt is not None and line is not None
            ]
            chain = log.chain_after(chain, leaves)
            if frame.chain != chain or frame.first != seq:
                detail = "the chain breaks here: events before it were changed, removed or added"
                return seq - first, chain, SegmentFault(path.name, seq, detail)
            seq, whole = seq + len(leaves), end
        if whole < len(data) and not _grows(path, whole):
            detail = (
                f"{len(data) - whole} bytes at the end are no whole frame: a crash left them, or "
                "the last frame was changed; the next start cuts them off"
            )
            return seq - first, chain, SegmentFault(path.name, seq, detail)
    except (OSError, log.LogDamagedError) as error:
        return seq - first, chain, SegmentFault(path.name, seq, str(error))
    return seq - first, chain, None


def _grows(path: Path, end: int) -> bool:
    """Whether a frame that was not whole is whole a moment later: a node is writing it."""
    time.sleep(PATIENCE_S)
    with path.open("rb") as source:
        source.seek(end)
        return next(log.decode(source.read()), None) is not None
