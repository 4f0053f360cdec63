"""Opened: a pack from unknown hands, read within limits.

A ZIP file can lie about its members in many ways: names that lead out of a folder, two members of
one name, megabytes that unfold to terabytes, a directory of millions. Here the names are fixed, the
sizes are bounded before anything is unfolded, and nothing is ever written to disk.
"""

import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from hashlib import sha256
from types import TracebackType
from typing import BinaryIO

from lianzhi.documents import forms

#: Most bytes of each file after unfolding.
LIMITS = {
    forms.README: 1 << 16,
    forms.MANIFEST: 1 << 20,
    forms.SIGNATURE: 1 << 16,
    forms.CHECKPOINT: 1 << 16,
    forms.KEY: 1 << 12,
    forms.SUMMARY: 64 << 20,
    forms.PRINT: 64 << 20,
    forms.PEOPLE: zipfile.ZIP64_LIMIT,
    forms.ENTRIES: zipfile.ZIP64_LIMIT,
    forms.EVENTS: zipfile.ZIP64_LIMIT,
}
#: A line is no longer, and no file unfolds to more than so many times its size, and a little.
LINE_BYTES, RATIO, SLACK = 32 << 20, 100, 1 << 20
_END = struct.Struct("<4s4H2LH")
_DIRECTORY_BYTES, _LOCATOR_BYTES = 1 << 14, 20
_CHUNK = 1 << 18


class PackRefusedError(ValueError):
    """The file is no evidence pack, or one that must not be unfolded; the message says why."""


class Opened:
    """The files of a pack. Use as a context manager."""

    def __init__(self, source: BinaryIO) -> None:
        """Look at the directory alone; raises PackRefusedError."""
        _check_end(source)
        try:
            self._archive = zipfile.ZipFile(source)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
            raise PackRefusedError(f"not a ZIP file that can be read: {error}") from None
        self.digests: dict[str, str] = {}
        """Digest of each file that was read to its end."""
        try:
            self._check()
        except PackRefusedError:
            self._archive.close()
            raise

    def _check(self) -> None:
        found = self._archive.infolist()
        names = [info.filename for info in found]
        if sorted(names) != sorted(forms.FILES):
            raise PackRefusedError(f"the pack {_strange(names)}")
        for info in found:
            name, kind = info.filename, stat.S_IFMT(info.external_attr >> 16)
            if info.flag_bits & 0x1:
                raise PackRefusedError(f"{name} is encrypted; a pack never is")
            if kind not in (0, stat.S_IFREG):
                raise PackRefusedError(f"{name} is no plain file")
            if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise PackRefusedError(f"{name} is compressed by a method that packs do not use")
            if info.file_size > LIMITS[name]:
                raise PackRefusedError(
                    f"{name} would unfold to {info.file_size:,} bytes; at most {LIMITS[name]:,}"
                )
            if info.file_size > info.compress_size * RATIO + SLACK:
                raise PackRefusedError(
                    f"{name} would unfold from {info.compress_size:,} to {info.file_size:,} bytes, "
                    "as no pack does"
                )

    def whole(self, name: str) -> bytes:
        """A file as a whole; raises PackRefusedError where it is damaged."""
        return b"".join(self._chunks(name))

    def size(self, name: str) -> int:
        """Bytes of a file after unfolding."""
        return self._archive.getinfo(name).file_size

    def lines(self, name: str) -> Iterator[bytes]:
        """Lines of a file, each with its line feed; raises PackRefusedError."""
        rest = b""
        for chunk in self._chunks(name):
            *whole, rest = (rest + chunk).split(b"\n")
            for line in whole:
                yield line + b"\n"
            if len(rest) > LINE_BYTES:
                raise PackRefusedError(f"{name} has a line of more than {LINE_BYTES:,} bytes")
        if rest:
            raise PackRefusedError(f"{name} does not end with a line feed")

    def _chunks(self, name: str) -> Iterator[bytes]:
        digest, size, most = sha256(), 0, self._archive.getinfo(name).file_size
        try:
            with self._archive.open(name) as member:
                while chunk := member.read(_CHUNK):
                    size += len(chunk)
                    digest.update(chunk)
                    yield chunk
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError) as error:
            raise PackRefusedError(f"{name} cannot be read: {error}") from None
        if size != most:
            raise PackRefusedError(f"{name} has {size:,} bytes, not {most:,}")
        self.digests[name] = digest.hexdigest()

    def close(self) -> None:
        """Let go of the archive; the file is the caller's."""
        self._archive.close()

    def __enter__(self) -> "Opened":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _strange(names: list[str]) -> str:
    """What is wrong with the names of a pack's members."""
    for name in sorted(names):
        if name not in forms.FILES:
            return f"has {ascii(name)[:80]}, which no pack has"
        if names.count(name) > 1:
            return f"has {name} twice"
    return f"lacks {', '.join(sorted(set(forms.FILES) - set(names)))}"


def _check_end(source: BinaryIO) -> None:
    """Bound the directory before anything reads it: no comment, few members, no 64-bit sizes."""
    end = source.seek(0, os.SEEK_END)
    source.seek(max(0, end - _END.size))
    data = source.read(_END.size)
    source.seek(max(0, end - _END.size - _LOCATOR_BYTES))
    before = source.read(_LOCATOR_BYTES)
    source.seek(0)
    if len(data) < _END.size or data[:4] != b"PK\x05\x06":
        raise PackRefusedError(
            "not an evidence pack: it does not end as a ZIP file without comment"
        )
    _, disk, first, here, count, size, offset, comment = _END.unpack(data)
    if (disk, first, comment) != (0, 0, 0) or here != count or count != len(forms.FILES):
        raise PackRefusedError(f"not an evidence pack: {count} members, not {len(forms.FILES)}")
    if before[:4] == b"PK\x06\x07":
        raise PackRefusedError("not an evidence pack: it uses 64-bit sizes")
    if size > _DIRECTORY_BYTES or offset + size + _END.size != end:
        raise PackRefusedError("not an evidence pack: its directory is not where it should be")
