"""Archives: a gzipped tar file with a final manifest of the SHA-256 of every part.

It is read twice: first to verify every byte, then to extract it. Any tar program can open one.
"""

import gzip
import hashlib
import io
import os
import tarfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import IO, Any

import msgspec

from lianzhi.faults import fault_point
from lianzhi.files import sync_directory
from lianzhi.store.rows import Columns

FORMAT = 1
MANIFEST = "manifest.json"
#: A fast compression level: the large files are already compressed.
_LEVEL = 1
_BLOCK = 1 << 20
_LONGEST_MANIFEST = 256 << 20
_DAMAGED = (
    *(EOFError, OSError, zlib.error, tarfile.TarError),
    *(msgspec.MsgspecError, UnicodeError, ValueError),
)

Progress = Callable[[int], None]
"""Called with the number of further bytes read or written."""


class ArchiveError(RuntimeError):
    """The file is no archive of Lianzhi's, or was altered."""


class Part(msgspec.Struct, frozen=True):
    """Name, size and digest of one file in the archive."""

    name: str
    size: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """Contents of an archive."""

    format: int = FORMAT
    version: str
    """Version of the program that wrote it."""
    at: int
    """Start of writing, Unix milliseconds UTC: everything acknowledged before is included."""
    revisions: tuple[str, ...]
    """Revisions of the tables."""
    tables: dict[str, Columns]
    rows: dict[str, int]
    entries: int
    """Entries of the record."""
    checkpoint: str | None
    """The newest checkpoint; None for an empty record."""
    key: str | None
    """Public key of the record; None before the first run of a node."""
    keys: bool
    """Whether it includes the private keys."""
    parts: tuple[Part, ...]


class Writer:
    """Writes a temporary file and moves it to `path` when complete; readable only by its owner."""

    def __init__(self, path: Path, progress: Progress = lambda _: None) -> None:
        """Raises FileExistsError where `path` exists."""
        self._path, self._progress = path, progress
        if path.exists():
            raise FileExistsError(f"{path} is there already; name another file")
        self._fresh = path.with_name(f".{path.name}.{os.urandom(4).hex()}")
        handle = os.open(self._fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        self._file = os.fdopen(handle, "wb")
        self._whole = _Hashing(self._file)
        self._packed = gzip.GzipFile("", "wb", _LEVEL, self._whole, mtime=0)
        self._tar = tarfile.open(  # noqa: SIM115 - `finish` closes it
            fileobj=self._packed, mode="w|", format=tarfile.PAX_FORMAT
        )
        self._parts: list[Part] = []

    def add(self, name: str, source: IO[bytes], size: int) -> None:
        """Add `size` bytes; raises OSError where the source has fewer."""
        info = tarfile.TarInfo(name)
        info.size, info.mode = size, 0o600
        hashing = _Hashing(source, self._progress)
        self._tar.addfile(info, hashing)
        self._parts.append(Part(name, size, hashing.sha256.hexdigest()))

    def add_bytes(self, name: str, data: bytes) -> None:
        """Add a part from memory."""
        self.add(name, io.BytesIO(data), len(data))

    def finish(self, **fields: Any) -> tuple[str, int]:
        """Write the manifest and move the file into place; returns its SHA-256 and size."""
        manifest = Manifest(parts=tuple(self._parts), **fields)
        data = msgspec.json.format(msgspec.json.encode(manifest), indent=1)
        info = tarfile.TarInfo(MANIFEST)
        info.size, info.mode = len(data), 0o600
        self._tar.addfile(info, io.BytesIO(data))
        self._tar.close()
        self._packed.close()
        self._file.flush()
        os.fsync(self._file.fileno())
        size = self._file.tell()
        fault_point("backup.written")
        self._path.hardlink_to(self._fresh)  # unlike a rename, a link overwrites nothing
        fault_point("backup.named")
        self._fresh.unlink()
        sync_directory(self._path.parent)
        return self._whole.sha256.hexdigest(), size

    def __enter__(self) -> "Writer":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Remove an incomplete file."""
        try:
            self._file.close()
        finally:
            self._fresh.unlink(missing_ok=True)


class _Hashing:
    """A file that computes the SHA-256 of the data passing through."""

    def __init__(self, file: IO[bytes], progress: Progress = lambda _: None) -> None:
        self._file, self._progress, self.sha256 = file, progress, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        return self._through(self._file.read(size))

    def write(self, data: bytes) -> int:
        self._file.write(data)
        self._through(data)
        return len(data)

    def flush(self) -> None:
        self._file.flush()

    def _through(self, data: bytes) -> bytes:
        self.sha256.update(data)
        self._progress(len(data))
        return data


def check(file: IO[bytes], progress: Progress = lambda _: None) -> Manifest:
    """Verify the whole archive and return its manifest. Raises ArchiveError."""
    with _readable():
        parts, manifest = _listed(file, progress)
    if manifest is None:
        raise ArchiveError("it has no manifest")
    for part, due in zip(parts, manifest.parts, strict=False):
        if part != due:
            raise ArchiveError(f"{part.name} is not what the manifest says")
    if len(parts) != len(manifest.parts) or len({part.name for part in parts}) != len(parts):
        raise ArchiveError("it has other parts than the manifest says")
    return manifest


def _listed(file: IO[bytes], progress: Progress) -> tuple[list[Part], Manifest | None]:
    parts: list[Part] = []
    manifest = None
    for name, source, size in _members(file, progress):
        if manifest is not None:
            raise ArchiveError(f"{name} comes after the manifest")
        if name == MANIFEST:
            if size > _LONGEST_MANIFEST:
                raise ArchiveError("the manifest is too long to be one")
            manifest = _manifest(source.read())
        else:
            hashing = _Hashing(source)
            while hashing.read(_BLOCK):
                pass
            parts.append(Part(name, size, hashing.sha256.hexdigest()))
    return parts, manifest


def parts(file: IO[bytes], progress: Progress = lambda _: None) -> Iterator[tuple[str, IO[bytes]]]:
    """Parts of a verified archive: name and content, to be read in turn."""
    for name, source, _ in _members(file, progress):
        if name != MANIFEST:
            yield name, source


def _members(file: IO[bytes], progress: Progress) -> Iterator[tuple[str, IO[bytes], int]]:
    file.seek(0)
    with gzip.GzipFile(fileobj=_Counting(file, progress), mode="rb") as packed:  # type: ignore[call-overload]
        with tarfile.open(fileobj=packed, mode="r|") as tar:
            for info in tar:
                source = tar.extractfile(info) if info.isreg() else None
                if source is None or not _harmless(info.name):
                    raise ArchiveError(f"{info.name[:200]!r} is nothing that belongs in one")
                yield info.name, source, info.size
        while packed.read(_BLOCK):  # to the end, to verify the checksum
            pass


@contextmanager
def _readable() -> Iterator[None]:
    try:
        yield
    except _DAMAGED as error:
        raise ArchiveError(f"it is cut short or changed ({error}): take another copy") from None


class _Counting:
    """A file that reports the number of bytes read."""

    def __init__(self, file: IO[bytes], progress: Progress) -> None:
        self._file, self._progress = file, progress

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)
        self._progress(len(data))
        return data


def _harmless(name: str) -> bool:
    """Whether the path stays within the target folder."""
    path = PurePosixPath(name)
    return (
        not path.is_absolute() and ".." not in path.parts and str(path) == name and "\0" not in name
    )


def _manifest(data: bytes) -> Manifest:
    manifest = msgspec.json.decode(data)
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise ArchiveError("it is of another format; a newer version may read it")
    return msgspec.convert(manifest, Manifest)
