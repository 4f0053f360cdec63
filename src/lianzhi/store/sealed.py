"""Sealed segments: Parquet files with permanent leaves and erasable payloads.

Columns `seq, leaf, salt, raw, accepted_at, floor, watermark, frame` carry the log; the typed
columns beside them serve queries. Sealing and erasing write a new file and rename it into place.
"""

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from lianzhi.faults import fault_point
from lianzhi.files import sync_directory
from lianzhi.flow import log
from lianzhi.flow.intake import decode_many
from lianzhi.flow.log import Frame
from lianzhi.record import merkle

ROW_GROUP = 65_536
#: Errors of reading a damaged file, beside those of malformed content.
UNREADABLE = (OSError, pa.ArrowException)
#: Rows per batch of a check.
CHECKED = 8192
_CHAIN, _WATERMARK, _LATEST = "lianzhi.chain", "lianzhi.watermark", "lianzhi.latest"

#: Typed columns, by name of the event's field; emptied when the event is erased.
TYPED: dict[str, pa.DataType] = {
    "id": pa.string(),
    "source": pa.string(),
    "kind": pa.string(),
    "time": pa.int64(),
    "actor": pa.string(),
    "target": pa.string(),
    "object": pa.string(),
    "text": pa.string(),
    "in_reply_to": pa.string(),
    "group": pa.string(),
    "actor_created": pa.int64(),
}
#: Columns that decide whether an event was late: when it was accepted, and the watermarks of its
#: frame.
TIMES = ("seq", "accepted_at", "floor", "watermark", "frame")
#: Fields kept of an erased event: enough for time series, but no names or content.
KEPT = ("kind", "time")

SCHEMA = pa.schema(
    [
        ("seq", pa.int64()),
        ("leaf", pa.binary(32)),
        ("salt", pa.binary(16)),
        ("raw", pa.binary()),
        ("accepted_at", pa.int64()),
        ("floor", pa.int64()),
        ("watermark", pa.int64()),
        ("frame", pa.int32()),
        *TYPED.items(),
    ]
)


class Sealed(msgspec.Struct, frozen=True):
    """Data of a sealed segment for the record."""

    first: int
    after: int
    """Positions [first, after)."""
    root: bytes
    """RFC 6962 Merkle root over the events' leaves."""
    chain: bytes
    """Chain value after the segment's last frame."""
    times: bytes
    """SHA-256 over the columns TIMES, event by event, as 64-bit integers."""
    watermark: int
    """Watermark after the segment's last frame."""
    latest: int
    """Latest event time, ms."""

    def payload(self) -> dict[str, Any]:
        """Its form on the record: digests in hex."""
        payload_ = msgspec.structs.asdict(self)
        return {k: v.hex() if isinstance(v, bytes) else v for k, v in payload_.items()}


class Tail(msgspec.Struct, frozen=True):
    """End of a sealed segment."""

    after: int
    chain: bytes
    watermark: int
    latest: int
    """Latest event time, ms."""


def write(path: Path, frames: Iterable[Frame]) -> Sealed:
    """Write one segment, which holds at least one event, a row group at a time."""
    leaves: list[bytes] = []
    columns = _empty()
    chain, watermark, latest, times = b"", 0, 0, hashlib.sha256()
    with _replacing(path, SCHEMA) as out:
        for number, frame in enumerate(frames):
            chain, watermark = frame.chain, frame.watermark
            _add_frame(columns, number, frame)
            if len(columns["seq"]) >= ROW_GROUP:
                latest = max(latest, *columns["time"])
                leaves += columns["leaf"]
                times.update(_packed(columns[name] for name in TIMES))
                out.write_table(pa.table(columns, schema=SCHEMA))
                columns = _empty()
        latest = max([latest, *columns["time"]])
        leaves += columns["leaf"]
        times.update(_packed(columns[name] for name in TIMES))
        out.write_table(pa.table(columns, schema=SCHEMA))
        meta = {_CHAIN: chain.hex(), _WATERMARK: str(watermark), _LATEST: str(latest)}
        out.add_key_value_metadata(meta)
    first = int(path.stem)
    after, root = first + len(leaves), merkle.root(leaves)
    return Sealed(first, after, root, chain, times.digest(), watermark, latest)


def _packed(columns: Iterable[Sequence[int]]) -> bytes:
    return np.array(list(columns), dtype="<i8").T.tobytes()


def _empty() -> dict[str, list[Any]]:
    return {name: [] for name in SCHEMA.names}


def _add_frame(columns: dict[str, list[Any]], number: int, frame: Frame) -> None:
    lines = [line for line in frame.lines if line is not None]
    salts = [salt for salt in frame.salts if salt is not None]
    count = len(lines)
    columns["seq"] += range(frame.first, frame.first + count)
    columns["leaf"] += [log.leaf(salt, line) for salt, line in zip(salts, lines, strict=True)]
    columns["salt"] += salts
    columns["raw"] += lines
    columns["accepted_at"] += [frame.accepted_at] * count
    columns["floor"] += [frame.floor] * count
    columns["watermark"] += [frame.watermark] * count
    columns["frame"] += [number] * count
    events = decode_many(lines)
    for name in TYPED:
        columns[name] += [getattr(event, name) for event in events]


def tail(path: Path) -> Tail:
    """End of the segment in `path`."""
    about = pq.read_metadata(path)
    chain, watermark, latest = (
        about.metadata[name.encode()].decode() for name in (_CHAIN, _WATERMARK, _LATEST)
    )
    after = int(path.stem) + about.num_rows
    return Tail(after, bytes.fromhex(chain), int(watermark), int(latest))


def whole_tail(path: Path) -> Tail:
    """As `tail`; raises LogDamagedError where the file cannot be read."""
    try:
        return tail(path)
    except (*UNREADABLE, LookupError, TypeError, ValueError) as error:
        raise log.LogDamagedError(
            f"{path.name} cannot be read ({error}); restore it from a copy, or where there is none "
            "move it away and see `lianzhi record adopt`"
        ) from None


def describe(path: Path) -> Sealed:
    """Description of the segment in `path`, computed from its leaves."""
    end = tail(path)
    leaves: list[bytes] = []
    times = hashlib.sha256()
    for batch in pq.ParquetFile(path).iter_batches(columns=["leaf", *TIMES], batch_size=ROW_GROUP):
        leaves += batch.column("leaf").to_pylist()
        times.update(_packed(batch.column(name).to_numpy() for name in TIMES))
    root = merkle.root(leaves)
    first, digest = int(path.stem), times.digest()
    return Sealed(first, end.after, root, end.chain, digest, end.watermark, end.latest)


def frames(path: Path, start: int = 0) -> Iterator[Frame]:
    """Frames of the segment that end after position `start`; their chain values are not stored."""
    if int(path.stem) < start and tail(path).after <= start:
        return
    names = ["seq", "salt", "raw", "accepted_at", "floor", "watermark", "frame"]
    pending: list[tuple[Any, ...]] = []
    for batch in pq.ParquetFile(path).iter_batches(columns=names, batch_size=ROW_GROUP):
        for row in zip(*(batch.column(name).to_pylist() for name in names), strict=True):
            if pending and row[6] != pending[0][6]:
                yield _frame(pending)
                pending = []
            if row[0] >= start:
                pending.append(row)
    if pending:
        yield _frame(pending)


def _frame(rows: list[tuple[Any, ...]]) -> Frame:
    first, _, _, accepted_at, floor, watermark, _ = rows[0]
    lines = tuple(row[2] for row in rows)
    return Frame(first, accepted_at, floor, watermark, lines, tuple(r[1] for r in rows), b"")


def lines(path: Path, positions: Sequence[int]) -> dict[int, tuple[bytes, bytes]]:
    """Log position -> (line, salt) of unerased events."""
    wanted = [p for p in positions if p >= int(path.stem)]
    if not wanted:
        return {}
    with path.open("rb") as source:  # read one file to the end, though an erasure may replace it
        table = pq.read_table(
            source, columns=["seq", "raw", "salt"], filters=pc.field("seq").isin(wanted)
        )
    rows = zip(*(table.column(n).to_pylist() for n in ("seq", "raw", "salt")), strict=True)
    return {seq: (raw, salt) for seq, raw, salt in rows if raw is not None}


def leaves(path: Path) -> list[bytes]:
    """Leaf of every event of the segment, erased ones included."""
    leaves_: list[bytes] = pq.read_table(path, columns=["leaf"])["leaf"].to_pylist()
    return leaves_


class Checked(msgspec.Struct, frozen=True):
    """Result of checking a segment's leaves and events."""

    count: int
    root: bytes
    times: bytes
    """As in `Sealed`."""
    erased: int
    first_bad: int | None
    """Position of the first event that does not match its leaf or its columns; erased ones are only
    checked for being empty."""


def check(path: Path) -> Checked:
    """Check a segment's events, and the columns for queries, against its leaves."""
    leaves: list[bytes] = []
    first, erased, bad, times = int(path.stem), 0, None, hashlib.sha256()
    names = ["seq", "leaf", "salt", "raw", *TYPED]
    file = pq.ParquetFile(path)
    for batch in file.iter_batches(columns=[*names, *TIMES[1:]], batch_size=CHECKED):
        seqs, leaf_hashes, salts, raws, *typed = (batch.column(name).to_pylist() for name in names)
        times.update(_packed(batch.column(name).to_numpy() for name in TIMES))
        typed_rows = list(zip(*typed, strict=True))
        valid = _typed_rows(leaf_hashes, salts, raws)
        for place, (seq, event) in enumerate(zip(seqs, valid, strict=True)):
            fits = typed_rows[place] == event if event is not None else _is_empty(typed_rows[place])
            if bad is None and (not fits or seq != first + len(leaves) + place):
                bad = first + len(leaves) + place
        leaves += leaf_hashes
        erased += raws.count(None)
    return Checked(len(leaves), merkle.root(leaves), times.digest(), erased, bad)


def matches(path: Path, frames: Sequence[Frame]) -> bool:
    """Whether a segment has exactly the contents of these frames."""
    leaves: list[bytes] = []
    times = hashlib.sha256()
    for number, frame in enumerate(frames):
        lines = zip(frame.salts, frame.lines, strict=True)
        leaves += [log.leaf(salt or b"", line or b"") for salt, line in lines]
        rows = range(frame.first, frame.first + len(frame.lines))
        stamp = (frame.accepted_at, frame.floor, frame.watermark, number)
        times.update(_packed([rows, *([stamp_part] * len(rows) for stamp_part in stamp)]))
    whole = Checked(len(leaves), merkle.root(leaves), times.digest(), 0, None)
    try:
        end = tail(path)
        return (
            bool(frames)
            and (end.chain, end.watermark) == (frames[-1].chain, frames[-1].watermark)
            and check(path) == whole
        )
    except (*UNREADABLE, LookupError, TypeError, ValueError):
        return False


def _typed_rows(
    leaves: Sequence[bytes], salts: Sequence[bytes | None], raws: Sequence[bytes | None]
) -> list[tuple[Any, ...] | None]:
    """Expected typed columns of each event; None where it is erased, () where it is forged."""
    pairs = zip(leaves, salts, raws, strict=True)
    good = [raw is not None and log.leaf(salt or b"", raw) == leaf for leaf, salt, raw in pairs]
    lines = [raw for raw, fits in zip(raws, good, strict=True) if fits and raw is not None]
    rows = (tuple(getattr(event, name) for name in TYPED) for event in decode_many(lines))
    return [
        next(rows) if fits else (None if raw is None and salt is None else ())
        for fits, raw, salt in zip(good, raws, salts, strict=True)
    ]


def _is_empty(row: tuple[Any, ...]) -> bool:
    return all(value is None for name, value in zip(TYPED, row, strict=True) if name not in KEPT)


def erase(path: Path, mentions: Callable[[bytes], bool]) -> int:
    """Empty the events for which `mentions(line)` holds; returns their number. Leaves stay."""
    with pq.ParquetFile(path) as source:
        groups = range(source.num_row_groups)
        hits = [
            [raw is not None and mentions(raw) for raw in _raws(source, group)] for group in groups
        ]
        count = sum(map(sum, hits))
        if count:
            kept = source.metadata.metadata
            with _replacing(path, SCHEMA) as out:
                for group in groups:
                    mask = pa.array(hits[group], pa.bool_())
                    out.write_table(_emptied(source.read_row_group(group), mask))
                out.add_key_value_metadata(
                    {name: kept[name.encode()].decode() for name in (_CHAIN, _WATERMARK, _LATEST)}
                )
    return count


def _raws(source: pq.ParquetFile, group: int) -> list[bytes | None]:
    raws: list[bytes | None] = source.read_row_group(group, columns=["raw"])["raw"].to_pylist()
    return raws


def _emptied(table: pa.Table, mask: pa.Array) -> pa.Table:
    for name in ("salt", "raw", *(n for n in TYPED if n not in KEPT)):
        field = SCHEMA.field(name)
        emptied = pc.if_else(mask, pa.scalar(None, field.type), table.column(name))
        table = table.set_column(table.schema.get_field_index(name), field, emptied)
    return table


@contextmanager
def _replacing(path: Path, schema: pa.Schema) -> Iterator[pq.ParquetWriter]:
    """A writer whose file durably replaces `path` when the block ends without an error."""
    fresh = path.with_suffix(".new")
    fresh.touch(mode=0o600)  # the writer keeps its mode
    with pq.ParquetWriter(fresh, schema, compression="zstd") as out:
        yield out
    with fresh.open("rb") as done:
        os.fsync(done.fileno())
    fault_point("segment.written")
    fresh.replace(path)
    fault_point("segment.named")
    sync_directory(path.parent)
