"""Pending files: single files that somebody was shown, until they confirm them, for an hour.

A file lies under a name that nobody can guess and that stands for this one look, so that what is
confirmed is what was shown. Several files that come in together are `office.uploads`.
"""

import secrets
import threading
import time
from collections.abc import Iterator
from pathlib import Path

#: Files that are kept; the oldest goes first.
_MOST = 5
_HOUR = 3600


class PendingFiles:
    """Pending files under a folder. Thread-safe."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()

    def keep(self, data: bytes) -> str:
        """Keep a file; returns its name."""
        name = secrets.token_hex(32)
        with self._lock:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            fresh = self._folder / f"{name}.new"
            fresh.write_bytes(data)
            fresh.rename(self._folder / name)
            for _, path in sorted(self._ages())[_MOST:]:
                path.unlink(missing_ok=True)
        return name

    def get(self, name: str) -> bytes:
        """The bytes of a file. KeyError: there is none of this name, or its hour is over."""
        path = self._path(name)
        try:
            if time.time() - path.stat().st_mtime > _HOUR:
                raise KeyError(name)
            return path.read_bytes()
        except FileNotFoundError:
            raise KeyError(name) from None

    def drop(self, name: str) -> None:
        """Remove a file, where it is there."""
        self._path(name).unlink(missing_ok=True)

    def sweep(self, *, whole: bool = False) -> int:
        """Remove files that are an hour old, or all of them; returns how many."""
        with self._lock:
            old = [path for age, path in self._ages() if whole or age > _HOUR]
            for path in old:
                path.unlink(missing_ok=True)
        return len(old)

    def _ages(self) -> Iterator[tuple[float, Path]]:
        """Age in seconds and path of every file."""
        now = time.time()
        for path in self._folder.glob("*"):
            try:
                yield now - path.stat().st_mtime, path
            except FileNotFoundError:  # another process was first
                continue

    def _path(self, name: str) -> Path:
        well_formed = len(name) == 64 and name.isascii() and name.isalnum()
        return self._folder / (name if well_formed else "none")
