"""Waiting: files that somebody looked at, until they say that they shall count.

A file lies under its SHA-256, so that what comes to count is what was shown.
"""

import hashlib
from pathlib import Path

#: Files that wait; the oldest goes first.
_MOST = 5


class Waiting:
    """Files under a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, data: bytes) -> str:
        """Let a file wait; returns its digest."""
        digest = hashlib.sha256(data).hexdigest()
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        (self._folder / digest).write_bytes(data)
        waiting = sorted(self._folder.iterdir(), key=lambda path: path.stat().st_mtime_ns)
        for path in waiting[:-_MOST]:
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

    def _path(self, digest: str) -> Path:
        known = len(digest) == 64 and digest.isascii() and digest.isalnum()
        return self._folder / (digest if known else "none")
