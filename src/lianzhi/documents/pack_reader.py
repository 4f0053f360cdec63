"""Reads an untrusted pack within limits.

A ZIP file can lie about its members: paths outside a folder, duplicate names, megabytes that expand
to terabytes, a directory of millions. It can also hold hidden data: between members, behind the end
of a compressed stream, in comments and dates. Here the names are fixed, sizes are bounded before
anything is decompressed, nothing is written to disk, and every byte of the file belongs to a member
or its headers.
"""

import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from hashlib import sha256
from typing import BinaryIO

from lianzhi.documents import forms

#: Largest decompressed size of each file, in bytes.
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
#: Longest line; largest compression ratio, and slack for small files, in bytes.
LINE_BYTES, RATIO, SLACK = 32 << 20, 100, 1 << 20
#: Largest pack: sizes and offsets have 32 bits.
MOST_BYTES = zipfile.ZIP64_LIMIT + (1 << 14)
_END = struct.Struct("<4s4H2LH")
_DIRECTORY_BYTES, _LOCATOR_BYTES = 1 << 14, 20
_CHUNK = 1 << 18
#: Fields shared by a member's local header and the central directory: version, flags, method, time,
#: date, CRC, compressed and decompressed size, lengths of the name and of the extra field.
_MEMBER, _DATE = struct.Struct("<5H3L2H"), 1 << 5 | 1  # 1980-01-01
#: Further fields of the central directory: length of the comment, disk, internal and external
#: attributes, offset.
_PLACE, _ATTRIBUTES = struct.Struct("<3H2L"), 0o100644 << 16


class PackRefusedError(ValueError):
    """The file is no evidence pack, or must not be decompressed; the message says why."""


class Opened:
    """The files of a pack; the caller owns the underlying file."""

    def __init__(self, source: BinaryIO) -> None:
        """Read only the directory; raises PackRefusedError."""
        self._source = source
        self.digests: dict[str, str] = {}
        """Digest of each file that was read to its end."""
        _check_end(source)
        try:
            with zipfile.ZipFile(source) as archive:
                members = archive.infolist()
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
            raise PackRefusedError(f"not a ZIP file that can be read: {error}") from None
        _check(members)
        self._members = {info.filename: info for info in members}
        self._begins = _begins(source, members)

    def whole(self, name: str) -> bytes:
        """Content of a file; raises PackRefusedError where it is damaged."""
        return b"".join(self._chunks(name))

    def digest(self, name: str) -> str:
        """Digest of a file, reading it if necessary; raises PackRefusedError."""
        if name not in self.digests:
            for _ in self._chunks(name):
                pass
        return self.digests[name]

    def size(self, name: str) -> int:
        """Uncompressed size of a file in bytes."""
        return self._members[name].file_size

    def lines(self, name: str) -> Iterator[bytes]:
        """Lines of a file with their line feeds; raises PackRefusedError."""
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
        digest = sha256()
        try:
            for chunk in self._unfolded(name):
                digest.update(chunk)
                yield chunk
        except (zlib.error, OSError) as error:
            raise PackRefusedError(f"{name} cannot be read: {error}") from None
        self.digests[name] = digest.hexdigest()

    def _unfolded(self, name: str) -> Iterator[bytes]:
        """Decompressed data of a member, which must consume exactly the stored bytes."""
        info, at = self._members[name], self._begins[name]
        end, size, crc = at + info.compress_size, 0, 0
        unfold = zlib.decompressobj(-zlib.MAX_WBITS)
        while not unfold.eof:
            data = unfold.unconsumed_tail
            if not data:
                self._source.seek(at)
                data = self._source.read(min(_CHUNK, end - at))
                at += len(data)
            chunk = unfold.decompress(data, _CHUNK)
            if not (data or chunk or unfold.eof):
                raise PackRefusedError(f"{name} breaks off")
            size, crc = size + len(chunk), zlib.crc32(chunk, crc)
            if size > info.file_size:
                raise PackRefusedError(f"{name} has more than {info.file_size:,} bytes")
            yield chunk
        if (size, crc) != (info.file_size, info.CRC):
            raise PackRefusedError(f"{name} is not what its checksum stands for")
        if at < end or unfold.unused_data:
            raise PackRefusedError(f"{name} has bytes behind its end, which nobody would see")


def _check(members: list[zipfile.ZipInfo]) -> None:
    """Raise where a member cannot belong to a pack, or must not be decompressed."""
    names = [info.filename for info in members]
    if names != list(forms.FILES):
        raise PackRefusedError(f"the pack {_strange(names)}")
    for info in members:
        name, kind = info.filename, stat.S_IFMT(info.external_attr >> 16)
        if info.flag_bits & 0x1:
            raise PackRefusedError(f"{name} is encrypted; a pack never is")
        if kind not in (0, stat.S_IFREG):
            raise PackRefusedError(f"{name} is no plain file")
        if info.compress_type != zipfile.ZIP_DEFLATED:
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


def _begins(source: BinaryIO, members: list[zipfile.ZipInfo]) -> dict[str, int]:
    """Offset of each member's data, if the layout is that of `pack`.

    This allows a single file for these members: nothing hidden in between, no comment, no other
    date.
    """
    place, directory, begins = 0, b"", dict[str, int]()
    for info in members:
        name = info.filename.encode()
        if info.extra or info.header_offset != place:
            raise _beside(info.filename)
        header = _MEMBER.pack(
            *(20, 0, zipfile.ZIP_DEFLATED, 0, _DATE),
            *(info.CRC, info.compress_size, info.file_size, len(name), 0),
        )
        head = b"PK\x03\x04" + header + name
        directory += b"PK\x01\x02" + bytes((20, 3)) + header
        directory += _PLACE.pack(0, 0, 0, _ATTRIBUTES, place) + name
        source.seek(place)
        if source.read(len(head)) != head:
            raise _beside(info.filename)
        begins[info.filename] = place + len(head)
        place += len(head) + info.compress_size
    count, size = len(members), len(directory)
    directory += _END.pack(b"PK\x05\x06", 0, 0, count, count, size, place, 0)
    source.seek(place)
    if source.read(len(directory) + 1) != directory:
        raise _beside("its directory")
    return begins


def _beside(name: str) -> PackRefusedError:
    return PackRefusedError(
        f"{name} is not stored as in a pack: a comment, a date, or bytes in between that nobody "
        "would see; ask for the file as it was exported"
    )


def _strange(names: list[str]) -> str:
    """The fault in the names of a pack's members."""
    for name in sorted(names):
        if name not in forms.FILES:
            return f"has {ascii(name)[:80]}, which no pack has"
        if names.count(name) > 1:
            return f"has {name} twice"
    if lacking := sorted(set(forms.FILES) - set(names)):
        return f"lacks {', '.join(lacking)}"
    return "has its files in another order than packs have"


def _check_end(source: BinaryIO) -> None:
    """Bound the directory before anything reads it: no comment, few members, no 64-bit sizes."""
    end = source.seek(0, os.SEEK_END)
    if end > MOST_BYTES:
        raise PackRefusedError(f"not an evidence pack: it has more than {MOST_BYTES:,} bytes")
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
