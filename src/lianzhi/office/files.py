"""Files that people attach: on disk, each under a salted commitment that the record keeps.

A file is whole or not there: it is written under another name, synced and then renamed, and its
entry comes after; where the act is refused that it was sent for, it is removed. Until the entry is
there, a marker stands for it in another folder, so that what a crash left without an entry is found
and removed: no erasure would reach it. What lies elsewhere (audio, video in a store of its own) is
referred to by the hash that is given.
"""

import hashlib
import io
import secrets
import time
import zipfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from lianzhi.files import replace, sync_directory
from lianzhi.office.file_names import MOST_CHARACTERS, plain_name
from lianzhi.office.refusal import Refusal

#: A photograph or a scan; longer recordings are kept by reference.
MOST_BYTES = 15 << 20
_HOUR_S = 3600
_ID_BYTES = 10
_ZIP = "application/zip"
#: What may be kept: by the first bytes, not by what the sender calls it.
_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"%PDF-", "application/pdf"),
    (b"PK\x03\x04", _ZIP),
)


class KeptFile(msgspec.Struct, frozen=True):
    """A kept file, ready to be named by an entry."""

    id: str
    name: str
    media: str
    size: int
    commitment: str
    """SHA-256 over salt and bytes, hex; of what lies elsewhere, the hash given."""
    salt: str = ""
    elsewhere: bool = False
    """Whether it lies in another store; then its name says where."""

    def payload(self, kind: str, *, electronic: bool = False) -> dict[str, Any]:
        """What an entry says of it, as a piece of evidence of a kind; name and salt are texts."""
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
    """Kept files under the home of a deployment."""

    def __init__(self, home: Path) -> None:
        self._folder = home / "evidence"
        self._unnamed = home / "evidence-unnamed"

    def keep(self, name: str, body: bytes, identity: str = "") -> KeptFile:
        """Store a file, under an id of its own unless one is given; it is durable on return.

        Whoever keeps it calls `mark_named` once an entry names it. Raises Refusal, also for a
        file of two kinds, which one program would show and another unpack.
        """
        name = plain_name(name)
        if not body or len(body) > MOST_BYTES:
            raise Refusal(
                "file_size",
                f"{name}: {len(body)} bytes; give 1 to {MOST_BYTES}",
                most=MOST_BYTES >> 20,
            )
        media = media_of(body)
        if not media:
            raise Refusal("file_kind", f"{name}: give JPEG, PNG, WebP, PDF, Office or plain text")
        if media != _ZIP and zipfile.is_zipfile(io.BytesIO(body)):
            raise Refusal("file_two_kinds", f"{name}: {media} and a ZIP archive at once")
        identity, salt = identity or secrets.token_hex(_ID_BYTES), secrets.token_bytes(32)
        self._unnamed.mkdir(mode=0o700, parents=True, exist_ok=True)
        (self._unnamed / identity).touch(mode=0o600)
        sync_directory(self._unnamed)
        replace(self._folder / identity, body)
        commitment = hashlib.sha256(salt + body).hexdigest()
        return KeptFile(identity, name, media, len(body), commitment, salt.hex())

    @contextmanager
    def keeping(self, name: str, body: bytes, identity: str = "") -> Iterator[KeptFile]:
        """Store a file for the act within; where that is refused or fails, it is dropped again.

        Raises Refusal, as `keep` does.
        """
        kept = self.keep(name, body, identity)
        try:
            yield kept
        except BaseException:
            self.drop(kept.id)
            raise
        self.mark_named(kept.id)

    def mark_named(self, identity: str) -> None:
        """An entry names this file: it is no longer removed as left over."""
        (self._unnamed / identity).unlink(missing_ok=True)

    def refer(self, name: str, where: str, digest: str, size: int = 0) -> KeptFile:
        """A file kept elsewhere, by its SHA-256; its name says where. Raises Refusal."""
        plain = digest.strip().lower()
        if not is_sha256(plain):
            raise Refusal("hash", f"sha256 is {digest[:80]!r}; give 64 hexadecimal digits")
        if not where.strip():
            raise Refusal("where", "say where the recording is kept")
        full_name = " · ".join(filter(None, (name.strip()[:MOST_CHARACTERS], where.strip()[:500])))
        return KeptFile(secrets.token_hex(_ID_BYTES), full_name, "", size, plain, elsewhere=True)

    def read(self, identity: str) -> bytes:
        """A stored file. KeyError: it is not here."""
        if not identity.isalnum():
            raise KeyError(identity)
        try:
            return (self._folder / identity).read_bytes()
        except FileNotFoundError:
            raise KeyError(identity) from None

    def read_verified(self, identity: str, salt: str, commitment: str) -> bytes:
        """A stored file, which is what was committed to. KeyError: it is not here.

        Raises Refusal where it was changed since.
        """
        body = self.read(identity)
        if hashlib.sha256(bytes.fromhex(salt) + body).hexdigest() != commitment:
            raise Refusal("file_changed", f"{identity} is not what was committed to")
        return body

    def has(self, identity: str) -> bool:
        """Whether a stored file is still here."""
        return identity.isalnum() and (self._folder / identity).is_file()

    def drop(self, identity: str) -> None:
        """Erase a file."""
        (self._folder / identity).unlink(missing_ok=True)
        (self._unnamed / identity).unlink(missing_ok=True)

    def has_leftovers(self) -> bool:
        """Whether a crash may have cut something off, an hour ago or longer."""
        return any(self._leftovers())

    def remove_leftovers(self, known: Collection[str]) -> int:
        """Remove what a crash cut off; returns how many files.

        `known`: ids of all files that the record names. Others may be writing: their files are
        younger, or they wait for the record, which whoever calls this holds.
        """
        removed = 0
        for path in [*self._leftovers()]:
            if path.parent == self._unnamed and path.name in known:
                self.mark_named(path.name)
                continue
            removed += 1
            self.drop(path.name)
        return removed

    def _leftovers(self) -> Iterator[Path]:
        """What was half written, and the markers of what is whole."""
        paths = (*self._folder.glob(".*"), *self._unnamed.glob("*"))
        return (path for path in paths if _is_old(path))


def _is_old(path: Path) -> bool:
    """Whether no act that is going on can have made it."""
    try:
        return time.time() - path.stat().st_mtime > _HOUR_S
    except FileNotFoundError:  # the act has ended
        return False


def is_sha256(text: str) -> bool:
    """Whether a text is a SHA-256 in lower-case hex."""
    return len(text) == 64 and all(digit in "0123456789abcdef" for digit in text)


def media_of(body: bytes) -> str:
    """The media type of a file by its first bytes; empty: of no type that is kept."""
    if body[:4] == b"RIFF" and body[8:12] == b"WEBP":
        return "image/webp"
    media = next((kind for signature, kind in _SIGNATURES if body.startswith(signature)), "")
    return media or ("text/plain" if _is_text(body) else "")


def _is_text(body: bytes) -> bool:
    try:
        return "\x00" not in body.decode("utf-8")
    except UnicodeDecodeError:
        return False
