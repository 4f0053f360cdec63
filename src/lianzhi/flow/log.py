"""Frames of the event log: what one group of accepted events looks like on disk.

A frame is written and synced as a whole, so a crash leaves either all of it or a torn tail that the
next start cuts off. Each event is committed to as `leaf = SHA-256(0x00 || salt || line)`, the RFC
6962 leaf hash of its salted line: the line and its salt can be erased, the leaf stays and every
proof over it still verifies. `chain` binds the frame, its times included, to all before it.

Layout, little-endian: magic "LZF1", CRC-32 of everything after it, then
first seq u64, count u32, accepted_at i64, floor i64, watermark i64, body length u32, chain (32),
`count` salts of 16 bytes, body (lines joined by newline).
"""

import hashlib
import struct
import zlib
from collections.abc import Iterable, Iterator, Sequence
from operator import itemgetter
from typing import Any, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

MAGIC = b"LZF1"
SALT_BYTES = 16
_HEAD = struct.Struct("<4sI")
_PLACE = struct.Struct("<QIqqq")
_FIXED = struct.Struct("<QIqqqI32s")
_SALT = struct.Struct(f"{SALT_BYTES}s")
_NEWLINE = ord("\n")
HEADER_BYTES = _HEAD.size + _FIXED.size


class LogDamagedError(RuntimeError):
    """The log holds a damaged frame before its tail; it is never skipped in silence."""


class Frame(msgspec.Struct, frozen=True):
    """One group of events accepted together."""

    first: int
    """Position of the first event in the log."""
    accepted_at: int
    """Clock at acceptance, Unix milliseconds."""
    floor: int
    """Watermark before this frame: an event before it came late."""
    watermark: int
    """Watermark after this frame (event time, ms)."""
    lines: tuple[bytes | None, ...]
    """Raw JSON of each event; None where it was erased."""
    salts: tuple[bytes | None, ...]
    chain: bytes
    """SHA-256 over the previous chain value, this frame's place and times, and its leaves."""


class Head(msgspec.Struct, frozen=True):
    """How far the log had come at some moment, when all of it was durable."""

    after: int
    """Position after its last event, which is how many events it held."""
    chain: bytes
    """Chain value there."""

    def as_payload(self) -> dict[str, Any]:
        """What the entry of a finding has under `log`."""
        return {"after": self.after, "chain": self.chain.hex()}


class Acknowledged(msgspec.Struct, frozen=True):
    """What is known of the log apart from it."""

    heads: tuple[Head, ...] = ()
    """Heads that it must lead past."""
    lost: dict[int, int] = {}
    """Positions that are gone for good: the first of each stretch, and the one after it."""
    sealed: frozenset[int] = frozenset()
    """First positions of the segments whose roots are on the record."""


NOTHING_KNOWN = Acknowledged()


class Heads:
    """Heads of earlier moments, which the frames of an intact log lead past, one after another."""

    def __init__(self, heads: Iterable[Head], sealed: int) -> None:
        """`sealed` is where the frames begin: what lies before, a segment's root answers for."""
        self._ahead = {head.chain: head.after for head in heads if head.after > sealed}

    def passed(self, chain: bytes) -> None:
        """The next frame ends with this chain value."""
        self._ahead.pop(chain, None)

    def missed(self, after: int) -> str | None:
        """What is wrong with a log that ends at `after`; None: it led past every head."""
        if not self._ahead:
            return None
        acked = max(self._ahead.values())
        if after < acked:
            return f"the log ends after {after} events, but {acked} were acknowledged"
        return f"the log's first {acked} events are not those that were acknowledged"


def leaf(salt: bytes, line: bytes) -> bytes:
    """RFC 6962 leaf hash of a salted line."""
    return hashlib.sha256(b"\x00" + salt + line).digest()


def chain_after(
    previous: bytes, first: int, times: tuple[int, int, int], leaves: Sequence[bytes]
) -> bytes:
    """Chain value after one more frame; its times are (accepted at, floor, watermark)."""
    place = _PLACE.pack(first, len(leaves), *times)
    return hashlib.sha256(b"".join((previous, place, *leaves))).digest()


def chain_of(previous: bytes, frame: Frame) -> bytes:
    """Chain value that a frame of an open segment must have after `previous`."""
    pairs = zip(frame.salts, frame.lines, strict=True)
    leaves = [leaf(salt or b"", line or b"") for salt, line in pairs]
    times = (frame.accepted_at, frame.floor, frame.watermark)
    return chain_after(previous, frame.first, times, leaves)


def encode(
    first: int,
    lines: Sequence[bytes],
    salts: bytes,
    previous: bytes,
    *,
    accepted_at: int,
    floor: int,
    watermark: int,
) -> tuple[bytes, bytes]:
    """Bytes of a frame and the chain value after it. `salts` is 16 random bytes a line."""
    sha256 = hashlib.sha256
    leaves = [
        sha256(b"\x00" + salts[at : at + SALT_BYTES] + line).digest()
        for at, line in zip(range(0, len(salts), SALT_BYTES), lines, strict=True)
    ]
    chain = chain_after(previous, first, (accepted_at, floor, watermark), leaves)
    body = b"\n".join(lines)
    fixed = _FIXED.pack(first, len(lines), accepted_at, floor, watermark, len(body), chain)
    crc = zlib.crc32(body, zlib.crc32(salts, zlib.crc32(fixed)))
    return b"".join((_HEAD.pack(MAGIC, crc), fixed, salts, body)), chain


def decode(data: bytes | memoryview) -> Iterator[tuple[int, Frame]]:
    """Frames in a buffer, each with the offset just after it.

    Stops without an error at a torn tail; raises LogDamagedError where a damaged frame is followed
    by a whole one, which no crash can leave behind.
    """
    view = memoryview(data)
    offset = 0
    while offset < len(view):
        decoded = _frame_at(view, offset)
        if decoded is None:
            if _whole_frame_after(view, offset + 1):
                raise LogDamagedError(f"damaged frame at byte {offset}; restore it from a copy")
            return
        offset, frame = decoded
        yield offset, frame


class Cut(NamedTuple):
    """A frame and where its lines end: what looking up a few events needs, at a fifth of the cost.

    `ends` has an element more than lines, so that line n is data[ends[n] + 1 : ends[n + 1]].
    """

    first: int
    data: bytes
    ends: NDArray[np.int64]

    def line(self, position: int) -> tuple[bytes, bytes] | None:
        """(line, salt) of the event at a log position; None where it is in another frame."""
        at = position - self.first
        if not 0 <= at < self.ends.size - 1:
            return None
        salt = HEADER_BYTES + at * SALT_BYTES
        line = self.data[self.ends[at] + 1 : self.ends[at + 1]]
        return line, self.data[salt : salt + SALT_BYTES]


def cut(data: bytes) -> Cut | None:
    """The one frame in `data`; None when it is damaged."""
    if (parts := _parts_at(memoryview(data), 0)) is None:
        return None
    fixed, middle, end = parts
    newlines = np.flatnonzero(np.frombuffer(data, np.uint8)[middle:end] == _NEWLINE) + middle
    ends = (
        np.concatenate(([middle - 1], newlines, [end])) if fixed.events else np.empty(0, np.int64)
    )
    return Cut(fixed.first, data, ends)


def _frame_at(view: memoryview, offset: int) -> tuple[int, Frame] | None:
    if (parts := _parts_at(view, offset)) is None:
        return None
    fixed, middle, end = parts
    salts = tuple(map(itemgetter(0), _SALT.iter_unpack(view[offset + HEADER_BYTES : middle])))
    lines = tuple(bytes(view[middle:end]).split(b"\n")) if fixed.events else ()
    times = (fixed.accepted_at, fixed.floor, fixed.watermark)
    return end, Frame(fixed.first, *times, lines, salts, fixed.chain)


class _Fixed(NamedTuple):
    first: int
    events: int
    accepted_at: int
    floor: int
    watermark: int
    size: int
    chain: bytes


def _parts_at(view: memoryview, offset: int) -> tuple[_Fixed, int, int] | None:
    """(header, where the lines begin, where they end) of a whole frame."""
    start = offset + HEADER_BYTES
    if start > len(view):
        return None
    magic, crc = _HEAD.unpack_from(view, offset)
    if magic != MAGIC:
        return None
    fixed = _Fixed(*_FIXED.unpack_from(view, offset + _HEAD.size))
    middle = start + fixed.events * SALT_BYTES
    end = middle + fixed.size
    if end > len(view) or zlib.crc32(view[offset + _HEAD.size : end]) != crc:
        return None
    return fixed, middle, end


def _whole_frame_after(view: memoryview, offset: int) -> bool:
    data = bytes(view[offset:])
    at = data.find(MAGIC)
    while at >= 0:
        if _frame_at(memoryview(data), at) is not None:
            return True
        at = data.find(MAGIC, at + 1)
    return False
