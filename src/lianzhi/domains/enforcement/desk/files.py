"""Files: pieces of evidence on disk, each under a salted commitment that the record keeps.

A file is whole or not there: it is written under another name, synced and then renamed, and its
entry comes after; where the act is refused that it was sent for, it goes again. Until the entry is
there a marker stands for it in another folder, so that what a crash left without one is found and
removed: nobody's erasure would reach it. What lies elsewhere (audio, video in the bureau's
own store) is kept by reference with the hash that is given. Erasing somebody drops the files of
their cases.
"""

import hashlib
import secrets
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from lianzhi.domains.enforcement.desk.office import RefusedError, new_id
from lianzhi.files import replace, sync_directory

#: A photograph or a scan; longer recordings are kept by reference.
MOST_BYTES = 15 << 20
_CHUNK = 1 << 20
_HOUR = 3600
#: What may be kept: by the first bytes, not by what the sender calls it.
_SIGNS: tuple[tuple[bytes, str], ...] = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"%PDF-", "application/pdf"),
    (b"PK\x03\x04", "application/zip"),
)


class Kept(msgspec.Struct, frozen=True):
    """A piece of evidence, ready to go into a file."""

    id: str
    name: str
    media: str
    size: int
    commitment: str
    """SHA-256 over salt and bytes, hex; of what lies elsewhere, the hash given."""
    salt: str = ""
    elsewhere: bool = False
    """Whether it lies in another store; then its name says where."""

    def told(self, kind: str, *, electronic: bool = False) -> dict[str, Any]:
        """What an entry that puts it into a file says of it; name and salt are texts."""
        return {
            "evidence": self.id,
            "name_kind": kind,
            "electronic": electronic,
            "size": self.size,
            "media": self.media,
            "commitment": self.commitment,
            "elsewhere": self.elsewhere,
        }


class Files:
    """Evidence under a folder of the deployment."""

    def __init__(self, home: Path) -> None:
        self._folder = home / "evidence"
        self._unnamed = home / "evidence-unnamed"

    def keep(self, name: str, body: bytes, identity: str = "") -> Kept:
        """Store a file, under an id of its own unless one is given; it is durable on return.

        Whoever keeps it calls `named` once the record names it. Raises RefusedError.
        """
        if not body or len(body) > MOST_BYTES:
            raise RefusedError(
                "file_size",
                f"{name}: {len(body)} bytes; give 1 to {MOST_BYTES}",
                most=MOST_BYTES >> 20,
            )
        media = media_of(body)
        if not media:
            raise RefusedError(
                "file_kind", f"{name}: give JPEG, PNG, WebP, PDF, Office or plain text"
            )
        identity, salt = identity or new_id(), secrets.token_bytes(32)
        self._unnamed.mkdir(mode=0o700, parents=True, exist_ok=True)
        (self._unnamed / identity).touch(mode=0o600)
        sync_directory(self._unnamed)
        replace(self._folder / identity, body)
        commitment = hashlib.sha256(salt + body).hexdigest()
        return Kept(identity, name[:200], media, len(body), commitment, salt.hex())

    @contextmanager
    def keeping(self, name: str, body: bytes, identity: str = "") -> Iterator[Kept]:
        """Store a file for the act within; where that is refused or fails, it is dropped again.

        Raises RefusedError, as `keep` does.
        """
        kept = self.keep(name, body, identity)
        try:
            yield kept
        except BaseException:
            self.drop(kept.id)
            raise
        self.named(kept.id)

    def named(self, identity: str) -> None:
        """The record names this file."""
        (self._unnamed / identity).unlink(missing_ok=True)

    def refer(self, name: str, where: str, digest: str, size: int = 0) -> Kept:
        """Evidence kept elsewhere, by its SHA-256; its name says where. Raises RefusedError."""
        plain = digest.strip().lower()
        if len(plain) != 64 or any(sign not in "0123456789abcdef" for sign in plain):
            raise RefusedError("hash", f"sha256 is {digest[:80]!r}; give 64 hexadecimal digits")
        if not where.strip():
            raise RefusedError("where", "say where the recording is kept")
        named = " · ".join(filter(None, (name.strip()[:200], where.strip()[:500])))
        return Kept(new_id(), named, "", size, plain, elsewhere=True)

    def read(self, identity: str) -> bytes:
        """A stored file. KeyError: it is not here."""
        if not identity.isalnum():
            raise KeyError(identity)
        try:
            return (self._folder / identity).read_bytes()
        except FileNotFoundError:
            raise KeyError(identity) from None

    def checked(self, identity: str, salt: str, commitment: str) -> bytes:
        """A stored file that is what was committed to. KeyError: it is not here.

        Raises RefusedError where it was changed since.
        """
        body = self.read(identity)
        if hashlib.sha256(bytes.fromhex(salt) + body).hexdigest() != commitment:
            raise RefusedError("file_changed", f"{identity} is not what was committed to")
        return body

    def has(self, identity: str) -> bool:
        """Whether a stored file is still here."""
        return identity.isalnum() and (self._folder / identity).is_file()

    def sound(self, identity: str, salt: str, commitment: str) -> bool:
        """Whether a stored file is what was committed to."""
        digest = hashlib.sha256(bytes.fromhex(salt))
        for chunk in self._chunks(identity):
            digest.update(chunk)
        return digest.hexdigest() == commitment

    def drop(self, identity: str) -> None:
        """Erase a file."""
        (self._folder / identity).unlink(missing_ok=True)
        (self._unnamed / identity).unlink(missing_ok=True)

    def is_untidy(self) -> bool:
        """Whether a crash may have cut something off, an hour ago or longer."""
        return any(self._cut_off())

    def tidy(self, known: Collection[str]) -> int:
        """Remove what a crash cut off; returns how many files.

        `known`: ids of all files that the record names. Others may be writing: their files are
        younger, or they wait for the record, which whoever calls this holds.
        """
        gone = 0
        for path in [*self._cut_off()]:
            if path.parent == self._unnamed and path.name in known:
                self.named(path.name)
                continue
            gone += 1
            self.drop(path.name)
        return gone

    def _cut_off(self) -> Iterator[Path]:
        """What was half written, and the markers of what is whole."""
        found = (*self._folder.glob(".*"), *self._unnamed.glob("*"))
        return (path for path in found if _is_old(path))

    def _chunks(self, identity: str) -> Iterator[bytes]:
        try:
            with (self._folder / identity).open("rb") as file:
                while chunk := file.read(_CHUNK):
                    yield chunk
        except FileNotFoundError:
            raise KeyError(identity) from None


def _is_old(path: Path) -> bool:
    """Whether no act that is going on can have made it."""
    try:
        return time.time() - path.stat().st_mtime > _HOUR
    except FileNotFoundError:  # the act has ended
        return False


def media_of(body: bytes) -> str:
    """What a file is, by its first bytes; empty: nothing that is kept."""
    if body[:4] == b"RIFF" and body[8:12] == b"WEBP":
        return "image/webp"
    media = next((kind for sign, kind in _SIGNS if body.startswith(sign)), "")
    return media or ("text/plain" if _is_text(body) else "")


def _is_text(body: bytes) -> bool:
    try:
        return "\x00" not in body.decode("utf-8")
    except UnicodeDecodeError:
        return False
