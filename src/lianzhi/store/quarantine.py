"""Quarantine on disk: one NDJSON file, synced before the batch is answered.

A row is kept once: the same bytes at the same line of the same origin are not stored again, so that
an input may be read repeatedly.
"""

import os
import re
import threading
from base64 import b64decode, b64encode
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from lianzhi.files import replace
from lianzhi.flow.quarantine import Quarantined, Rejected

#: Most bytes kept; beyond it the older half is dropped, so that bad input cannot fill the disk.
MOST_BYTES = 64 << 20

Marks = npt.NDArray[np.uint64]
"""64 bits for each row held, sorted: 3 MB at the maximum file size."""


class FileQuarantine:
    """Rejected rows in `path`; thread-safe."""

    def __init__(self, path: Path, clock: Callable[[], int], most_bytes: int = MOST_BYTES) -> None:
        self._path, self._clock, self._most = path, clock, most_bytes
        self._lock = threading.Lock()
        self._known = self._marks()
        self._cut_torn()

    def hold(self, origin: str, rows: list[Rejected]) -> int:
        """Store rejected rows that are new; durable on return. Returns their number."""
        marks = _marks((origin, row) for row in rows)
        at = self._clock()
        with self._lock:
            fresh = self._are_new(marks)
            new = [row for row, is_new in zip(rows, fresh, strict=True) if is_new]
            if not new:
                return 0
            data = b"".join(_encode(Quarantined(at, origin, row)) + b"\n" for row in new)
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._path.touch(mode=0o600)
            with self._path.open("a+b") as out:
                size = out.seek(0, os.SEEK_END)
                if size and os.pread(out.fileno(), 1, size - 1) != b"\n":
                    data = b"\n" + data  # a crash cut the last row short
                out.write(data)
                out.flush()
                os.fdatasync(out.fileno())
            added = np.sort(marks[fresh])
            self._known = np.insert(self._known, np.searchsorted(self._known, added), added)
            if size + len(data) > self._most:
                self._drop_oldest()
            return len(new)

    def list(self, limit: int = 100, newest_first: bool = True) -> list[Quarantined]:
        """Rows held, newest first by default."""
        if newest_first:
            return list(deque(self._rows(), maxlen=limit))[::-1]
        return list(islice(self._rows(), limit))

    def count(self) -> int:
        """Number of rows held."""
        return len(self._known)

    def erase(self, mentions: Callable[[bytes], bool]) -> int:
        """Remove every row that mentions a person; returns their number."""
        with self._lock:
            rows = list(self._rows())
            kept = [row for row in rows if not _named(row.row, mentions)]
            if len(kept) < len(rows):
                self._replace([_encode(row) + b"\n" for row in kept])
            return len(rows) - len(kept)

    def _cut_torn(self) -> None:
        """Remove a partial row left by a crash, which an erasure would not find."""
        if self._path.exists():
            lines = self._path.read_bytes().splitlines(keepends=True)
            whole = [line for line in lines if line.endswith(b"\n") and _decode(line) is not None]
            if len(whole) < len(lines):
                self._replace(whole)

    def _rows(self) -> Iterator[Quarantined]:
        if self._path.exists():
            with self._path.open("rb") as lines:
                for line in lines:
                    row = _decode(line)
                    if row is not None:
                        yield row

    def _drop_oldest(self) -> None:
        """Keep the newest rows, up to half of the limit."""
        kept: list[bytes] = []
        size = 0
        for line in reversed(self._path.read_bytes().splitlines(keepends=True)):
            size += len(line)
            if size > self._most // 2:
                break
            kept.append(line)
        self._replace(kept[::-1])

    def _replace(self, lines: Sequence[bytes]) -> None:
        replace(self._path, b"".join(lines))
        self._known = self._marks()

    def _are_new(self, marks: Marks) -> npt.NDArray[np.bool_]:
        place = np.searchsorted(self._known, marks)
        return np.equal(place, np.searchsorted(self._known, marks, side="right"))

    def _marks(self) -> Marks:
        return np.sort(_marks((row.origin, row.row) for row in self._rows()))


def _marks(rows: Iterable[tuple[str, Rejected]]) -> Marks:
    """Hashes that identify rows: origin, line and bytes."""
    names = ((f"{row.line}:{len(origin)}:{origin}".encode(), row.raw) for origin, row in rows)
    digests = (blake2b(name + raw, digest_size=8).digest() for name, raw in names)
    return np.frombuffer(b"".join(digests), dtype=np.uint64)


def _encode(held_row: Quarantined) -> bytes:
    row = held_row.row
    fields: dict[str, Any] = {"at": held_row.at, "origin": held_row.origin, "line": row.line}
    fields |= {"reason": row.reason, "detail": row.detail, "raw": b64encode(row.raw).decode()}
    return msgspec.json.encode(fields)


def _decode(line: bytes) -> Quarantined | None:
    try:
        fields = msgspec.json.decode(line)
    except msgspec.DecodeError:
        return None
    raw = b64decode(fields["raw"])
    row = Rejected(fields["line"], fields["reason"], fields["detail"], raw)
    return Quarantined(fields["at"], fields["origin"], row)


def _named(row: Rejected, mentions: Callable[[bytes], bool]) -> bool:
    """Whether a row names the person, also in JSON escapes, which need not be well formed here."""
    return any(map(mentions, (row.raw, _unescaped(row.raw), row.detail.encode())))


def _unescaped(raw: bytes) -> bytes:
    text = raw.decode("utf-8", "replace")
    text = re.sub(r"\\u([0-9a-fA-F]{4})", lambda match: chr(int(match[1], 16)), text)
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode()
