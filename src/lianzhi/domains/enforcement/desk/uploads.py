"""Uploads: files of a town on their way in, kept until somebody confirms them, for an hour at most.

An upload is whole or not there: it is written beside its place and then moved. Whoever confirms it
claims it by moving it again, so that it comes in once. What was cut off, or forgotten, is swept.
"""

import re
import secrets
import shutil
from collections.abc import Mapping
from pathlib import Path

from lianzhi.domains.enforcement.desk.office import RefusedError
from lianzhi.domains.enforcement.importing.town_files import FILES, kind_of

#: How long an upload waits.
HOUR_MS = 3_600_000
#: Uploads that may wait at a time.
MOST = 8
_ID = re.compile(r"(\d{13})-[0-9a-f]{24}")


class Uploads:
    """Uploads under a folder of the deployment. Times are Unix ms."""

    def __init__(self, home: Path) -> None:
        self._folder = home / "enforcement" / "uploads"

    def keep(self, files: Mapping[str, bytes], now: int) -> str:
        """Keep files by the names that they were sent under; returns the id of the upload.

        Raises RefusedError where a name tells no kind, or a kind is there twice.
        """
        named = _named(files)
        self.sweep(now)
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if len(list(self._folder.iterdir())) >= MOST:
            raise RefusedError("uploads", f"{MOST} uploads are waiting; try later", most=MOST)
        identity = f"{now:013}-{secrets.token_hex(12)}"
        fresh = self._folder / f"{identity}.new"
        fresh.mkdir(mode=0o700)
        try:
            for name, body in named.items():
                (fresh / name).write_bytes(body)
            fresh.rename(self._folder / identity)
        except OSError:
            shutil.rmtree(fresh, ignore_errors=True)
            raise
        return identity

    def folder(self, identity: str, now: int) -> Path:
        """Where the files of an upload lie. KeyError: there is none, or it is over."""
        known = _ID.fullmatch(identity)
        path = self._folder / identity
        if known is None or not 0 <= now - int(known[1]) < HOUR_MS or not path.is_dir():
            raise KeyError(identity)
        return path

    def claim(self, identity: str, now: int) -> Path:
        """Its files, for the one who confirms it. KeyError: there is none, or it was claimed."""
        taken = self._folder / f"{identity}.taken"
        try:
            self.folder(identity, now).rename(taken)
        except OSError:
            raise KeyError(identity) from None
        return taken

    def give_back(self, identity: str) -> None:
        """What was claimed waits again: it could not be taken in."""
        taken = self._folder / f"{identity}.taken"
        taken.rename(self._folder / identity)

    def drop(self, identity: str) -> None:
        """Remove an upload, claimed or not."""
        if _ID.fullmatch(identity):
            for ending in ("", ".taken"):
                shutil.rmtree(self._folder / f"{identity}{ending}", ignore_errors=True)

    def sweep(self, now: int) -> int:
        """Remove what waited for an hour, and what was cut off as long ago; returns how many."""
        gone = 0
        for path in self._folder.iterdir() if self._folder.exists() else ():
            known = _ID.match(path.name)
            if known is None or not 0 <= now - int(known[1]) < HOUR_MS:
                shutil.rmtree(path, ignore_errors=True)
                gone += 1
        return gone


def _named(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files by the names that a folder of a town has."""
    named: dict[str, bytes] = {}
    for sent, body in files.items():
        kind, ending = kind_of(sent), Path(sent).suffix.lower()
        if kind is None or ending not in FILES[kind]:
            raise RefusedError("file_name", f"{sent[:80]}: the name tells no kind", name=sent[:80])
        if any(name.startswith(f"{kind}.") for name in named):
            raise RefusedError("file_twice", f"{sent[:80]}: two files of {kind}", name=sent[:80])
        named[f"{kind}{ending}"] = body
    if not named:
        raise RefusedError("no_file", "no file was sent; choose one or several")
    return named
