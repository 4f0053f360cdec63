"""Audit of the events: segments against the record, open frames against their chain and the
acknowledged length of the log, and the copies of events behind findings.
"""

import time
from pathlib import Path

import msgspec
from sqlalchemy import Engine

from lianzhi.flow import log
from lianzhi.store import sealed
from lianzhi.store.audit import printable
from lianzhi.store.audit_copies import audit_copies
from lianzhi.store.heads import acknowledged
from lianzhi.store.ledger import RecordError
from lianzhi.store.roots import Root, roots
from lianzhi.store.segments import GENESIS, NAME, segments

#: Seconds within which the last frame is written completely.
PATIENCE_S = 0.2
#: How often a segment missing on the record is looked for again: a node may be sealing it.
TRIES = 5
UNKNOWN = "the segment is not on the record"


class SegmentFault(msgspec.Struct, frozen=True):
    """A deviation from the record; `seq` is the first event concerned."""

    file: str
    seq: int
    detail: str


class EventReport(msgspec.Struct, frozen=True):
    """Result; `events` counts those whose segment or frame is valid."""

    ok: bool
    segments: int
    events: int
    erased: int
    faults: tuple[SegmentFault, ...]


def audit_events(engine: Engine, home: Path, seal_key: bytes | None = None) -> EventReport:
    """Check every sealed segment and every open frame under `home`, given a verified record.

    A node may run meanwhile: where it seals a segment while its frames are read, they are read
    again. With the record's seal key, edits of the acknowledged length are detected as well.
    """
    folder = home / "events"
    faults = [
        SegmentFault(table, seq if isinstance(seq, int) else 0, printable(detail))
        for table, seq, detail in audit_copies(engine)
    ]
    tries = 0
    while True:
        recorded = _recorded(engine)
        events, unsealed = _unsealed(folder, recorded, engine, seal_key)
        if not unsealed:
            break
        if len(_recorded(engine)) == len(recorded):
            # The file of a segment exists shortly before the entry with its root.
            tries += 1
            if tries > TRIES or all(segment_fault.detail != UNKNOWN for segment_fault in unsealed):
                break
            time.sleep(PATIENCE_S)
    segments = erased = 0
    for root in recorded:
        result = _segment(folder / f"{root.first:020d}.parquet", root)
        if isinstance(result, SegmentFault):
            faults.append(result)
        else:
            segments, events, erased = (
                segments + 1,
                events + root.after - root.first,
                erased + result,
            )
    faults += unsealed
    return EventReport(not faults, segments, events, erased, tuple(faults))


def _unsealed(
    folder: Path, recorded: list[Root], engine: Engine, seal_key: bytes | None
) -> tuple[int, list[SegmentFault]]:
    """Number of valid events in open frames, and faults beyond the recorded segments."""
    faults: list[SegmentFault] = []
    acknowledged_ = log.Acknowledged()
    try:
        acknowledged_ = acknowledged(
            engine, seal_key
        )  # before the files, which are never behind it
    except RecordError as error:
        faults.append(SegmentFault("log_head", 0, str(error)))
    last = recorded[-1].end() if recorded else sealed.Tail(0, GENESIS, 0, 0)
    end, chain = last.after, last.chain
    heads, events = log.Heads(acknowledged_.heads, end), 0
    known = {f"{root.first:020d}" for root in recorded}
    frames = [path for path in segments(folder, ".log") if path.stem not in known]
    known |= {path.stem for path in frames}  # with both files, sealing was interrupted
    for path in sorted({*folder.glob("*.log"), *folder.glob("*.parquet")}):
        if not NAME.fullmatch(path.stem):
            faults.append(SegmentFault(printable(path.name), 0, "no name of a segment: remove it"))
        elif path.stem not in known:
            faults.append(SegmentFault(path.name, int(path.stem), UNKNOWN))
    for path in frames:
        counted, chain, fault = _open_frames(path, chain, heads)
        events, end = events + counted, int(path.stem) + counted
        if fault is not None:
            return events, [*faults, fault]
    if wrong := heads.missed(end):
        name = frames[-1].name if frames else f"{end:020d}.log"
        faults.append(SegmentFault(name, end, f"{wrong}: restore it from a copy"))
    return events, faults


def _recorded(engine: Engine) -> list[Root]:
    with engine.connect() as connection:
        return roots(connection)


def _segment(path: Path, due: Root) -> SegmentFault | int:
    """Number of erased events in a valid segment, or its fault."""
    first = due.first
    if not path.exists():
        return SegmentFault(path.name, first, "the segment is missing; restore it from a copy")
    try:
        checked, end = sealed.check(path), sealed.tail(path)
    except (*sealed.UNREADABLE, LookupError, TypeError, ValueError) as error:
        return SegmentFault(path.name, first, f"the segment cannot be read: {error}")
    if checked.first_bad is not None:
        return SegmentFault(path.name, checked.first_bad, "the event is not the one accepted")
    if checked.count != due.after - first or checked.root.hex() != due.root:
        return SegmentFault(path.name, first, "the leaves are not those on the record")
    if checked.times.hex() != due.times or end != due.end():
        detail = "when its events were accepted, or which were late, is not as on the record"
        return SegmentFault(path.name, first, detail)
    return checked.erased


def _open_frames(
    path: Path, chain: bytes, heads: log.Heads
) -> tuple[int, bytes, SegmentFault | None]:
    seq = first = int(path.stem)
    whole = 0
    try:
        data = path.read_bytes()
        for end, frame in log.decode(data):
            chain = log.chain_of(chain, frame)
            if frame.chain != chain or frame.first != seq:
                detail = "the chain breaks here: events before it were changed, removed or added"
                return seq - first, chain, SegmentFault(path.name, seq, detail)
            seq, whole = seq + len(frame.lines), end
            heads.passed(chain)
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
    """Whether an incomplete frame is completed a moment later, by a running node."""
    time.sleep(PATIENCE_S)
    with path.open("rb") as source:
        source.seek(end)
        return next(log.decode(source.read()), None) is not None
