"""Waiting: files that somebody looked at, until they say that they shall count.

A file lies under its SHA-256, so that what comes to count is what was shown. It waits for an hour.
"""

import hashlib
import secrets
import threading
import time
from collections.abc import Iterator
from pathlib import Path

#: Files that wait; the oldest goes first.
_MOST = 5
_HOUR = 3600


class Waiting:
    """Files under a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()

    def keep(self, data: bytes) -> str:
        """Let a file wait; returns its digest."""
        digest = hashlib.sha256(data).hexdigest()
        with self._lock:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            fresh = self._folder / f"{secrets.token_hex(8)}.new"
            fresh.write_bytes(data)
            fresh.rename(self._folder / digest)
            for _, path in sorted(self._ages())[_MOST:]:
                path.unlink(missing_ok=True)
        return digest

    def get(self, digest: str) -> bytes:
        """A file that waits. KeyError: none does, or it is not what it was."""
        try:
            data = self._path(digest).read_bytes()
        except FileNotFoundError:
            raise KeyError(digest) from None
        if hashlib.sha256(data).hexdigest() != digest:
            raise KeyError(digest)
        return data

    def drop(self, digest: str) -> None:
        """It waits no longer."""
        self._path(digest).unlink(missing_ok=True)

    def sweep(self, *, whole: bool = False) -> int:
        """Remove what has waited for an hour, or all that waits; returns how many."""
        with self._lock:
            old = [path for age, path in self._ages() if whole or age > _HOUR]
            for path in old:
                path.unlink(missing_ok=True)
        return len(old)

    def _ages(self) -> Iterator[tuple[float, Path]]:
        """What lies there, with its age in seconds."""
        now = time.time()
        for path in self._folder.glob("*"):
            try:
                yield now - path.stat().st_mtime, path
            except FileNotFoundError:  # another process was first
                continue

    def _path(self, digest: str) -> Path:
        known = len(digest) == 64 and digest.isascii() and digest.isalnum()
        return self._folder / (digest if known else "none")
