"""Uploads: files on their way in, kept until somebody confirms them, for an hour at most.

An upload is whole or not there: it is written beside its place and then moved. Whoever confirms it
claims it by moving it again, so that it comes in once. What was cut off, or forgotten, is removed.
"""

import re
import secrets
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

from lianzhi.office.refusal import Refusal

#: How long an upload waits.
HOUR_MS = 3_600_000
#: Uploads that may wait at a time.
MOST = 8
_ID = re.compile(r"(\d{13})-[0-9a-f]{24}")


class Uploads:
    """Uploads under a folder. Times are Unix ms.

    `stored_name`: the name that a file is kept under by the one that it was sent under, of which
    each stem is there once; it raises Refusal for a file of no kind.
    """

    def __init__(self, folder: Path, stored_name: Callable[[str], str]) -> None:
        self._folder, self._stored_name = folder, stored_name

    def keep(self, files: Mapping[str, bytes], now: int) -> str:
        """Keep files by the names that they were sent under; returns the id of the upload.

        Raises Refusal where a file is of no kind, or two are of one.
        """
        named = _stored_names(files, self._stored_name)
        self.sweep(now)
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if len(list(self._folder.iterdir())) >= MOST:
            raise Refusal("uploads", f"{MOST} uploads are waiting; try later", most=MOST)
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
        match = _ID.fullmatch(identity)
        path = self._folder / identity
        if match is None or not 0 <= now - int(match[1]) < HOUR_MS or not path.is_dir():
            raise KeyError(identity)
        return path

    def claim(self, identity: str, now: int) -> Path:
        """Claim an upload; returns its folder. KeyError: there is none, or it was claimed."""
        claimed = self._folder / f"{identity}.taken"
        try:
            self.folder(identity, now).rename(claimed)
        except OSError:
            raise KeyError(identity) from None
        return claimed

    def give_back(self, identity: str) -> None:
        """Undo the claim of an upload that could not be imported."""
        claimed = self._folder / f"{identity}.taken"
        claimed.rename(self._folder / identity)

    def drop(self, identity: str) -> None:
        """Remove an upload, claimed or not."""
        if _ID.fullmatch(identity):
            for ending in ("", ".taken"):
                shutil.rmtree(self._folder / f"{identity}{ending}", ignore_errors=True)

    def sweep(self, now: int) -> int:
        """Remove what waited for an hour, and what was cut off as long ago; returns how many."""
        removed = 0
        for path in self._folder.iterdir() if self._folder.exists() else ():
            match = _ID.match(path.name)
            if match is None or not 0 <= now - int(match[1]) < HOUR_MS:
                shutil.rmtree(path, ignore_errors=True)
                removed += 1
        return removed


def _stored_names(
    files: Mapping[str, bytes], stored_name: Callable[[str], str]
) -> dict[str, bytes]:
    named: dict[str, bytes] = {}
    for sent, body in files.items():
        name = stored_name(sent)
        if any(Path(other).stem == Path(name).stem for other in named):
            raise Refusal("file_twice", f"{sent[:80]}: two files of a kind", name=sent[:80])
        named[name] = body
    if not named:
        raise Refusal("no_file", "no file was sent; choose one or several")
    return named
