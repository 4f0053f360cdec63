"""Files that must be whole or absent; those of a deployment only their owner may read."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def replace(path: Path, data: bytes) -> None:
    """Write a file so that after a crash it holds either all of the old or all of the new bytes."""
    with written(path, data) as fresh:
        fresh.replace(path)


def create(path: Path, data: bytes) -> bool:
    """Write a file unless there is one, and never half of it; False: there was one."""
    with written(path, data) as fresh:
        try:
            path.hardlink_to(fresh)
        except FileExistsError:
            return False
    return True


@contextmanager
def written(path: Path, data: bytes) -> Iterator[Path]:
    """A durable file beside `path` to move or link there, which is then made durable as well."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_name(f".{path.name}.{os.urandom(4).hex()}")
    try:
        file = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(file, "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        yield fresh
    finally:
        fresh.unlink(missing_ok=True)
    sync_directory(path.parent)


@contextmanager
def whole_file(path: Path, mode: int = 0o644) -> Iterator[Path]:
    """A place beside `path` for a result that others may read; moved there if nothing fails."""
    part = path.with_name(f".{path.name}.part")
    try:
        part.touch(mode=mode)
        yield part
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def sync_directory(path: Path) -> None:
    """Make what was created, renamed or removed in a directory durable."""
    folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def load_or_create_key(path: Path) -> bytes:
    """The 32 private bytes of an Ed25519 key, hex in a file of mode 0600; made when missing.

    Raises ValueError when the file holds anything else, PermissionError when others may read it.
    """
    if not path.exists():
        create(path, os.urandom(32).hex().encode() + b"\n")
    if path.stat().st_mode & 0o077:
        raise PermissionError(f"key file {path} can be read by others: chmod 600 it")
    try:
        key = bytes.fromhex(path.read_text("ascii"))
    except ValueError:
        key = b""
    if len(key) != 32:
        raise ValueError(f"key file {path} does not hold 64 hex digits: restore it from a copy")
    return key
