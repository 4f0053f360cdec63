"""Frames of the event log: what one group of accepted events looks like on disk.

A frame is written and synced as a whole, so a crash leaves either all of it or a torn tail that the
next start cuts off. Each event is committed to as `leaf = SHA-256(0x00 || salt || line)`, the RFC
6962 leaf hash of its salted line: the line and its salt can be erased, the leaf stays and every
proof over it still verifies. `chain` binds the frame to all before it.

Layout, little-endian: magic "LZF1", CRC-32 of everything after it, then
first seq u64, count u32, accepted_at i64, floor i64, watermark i64, body length u32, chain (32),
`count` salts of 16 bytes, body (lines joined by newline).
"""

import hashlib
import struct
import zlib
from collections.abc import Iterator, Sequence
from operator import itemgetter

import msgspec

MAGIC = b"LZF1"
SALT_BYTES = 16
_HEAD = struct.Struct("<4sI")
_FIXED = struct.Struct("<QIqqqI32s")
_SALT = struct.Struct(f"{SALT_BYTES}s")
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
    """SHA-256 over the previous chain value and this frame's leaves."""


def leaf(salt: bytes, line: bytes) -> bytes:
    """RFC 6962 leaf hash of a salted line."""
    return hashlib.sha256(b"\x00" + salt + line).digest()


def chain_after(previous: bytes, leaves: Sequence[bytes]) -> bytes:
    """Chain value after one more frame."""
    return hashlib.sha256(previous + b"".join(leaves)).digest()


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
    chain = chain_after(previous, leaves)
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
        found = _frame_at(view, offset)
        if found is None:
            if _whole_frame_after(view, offset + 1):
                raise LogDamagedError(f"damaged frame at byte {offset}; restore it from a copy")
            return
        offset, frame = found
        yield offset, frame


def _frame_at(view: memoryview, offset: int) -> tuple[int, Frame] | None:
    start = offset + HEADER_BYTES
    if start > len(view):
        return None
    magic, crc = _HEAD.unpack_from(view, offset)
    if magic != MAGIC:
        return None
    first, count, accepted_at, floor, watermark, size, chain = _FIXED.unpack_from(
        view, offset + _HEAD.size
    )
    middle = start + count * SALT_BYTES
    end = middle + size
    if end > len(view) or zlib.crc32(view[offset + _HEAD.size : end]) != crc:
        return None
    salts = tuple(map(itemgetter(0), _SALT.iter_unpack(view[start:middle])))
    lines = tuple(bytes(view[middle:end]).split(b"\n")) if count else ()
    return end, Frame(first, accepted_at, floor, watermark, lines, salts, chain)


def _whole_frame_after(view: memoryview, offset: int) -> bool:
    data = bytes(view[offset:])
    at = data.find(MAGIC)
    while at >= 0:
        if _frame_at(memoryview(data), at) is not None:
            return True
        at = data.find(MAGIC, at + 1)
    return False
