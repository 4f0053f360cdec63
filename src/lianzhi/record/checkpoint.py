"""Checkpoint: a signed statement of the log's size and root.

Text format after C2SP tlog-checkpoint v1 in a C2SP signed note, which witnesses of transparency
logs read and cosign:

    <origin>
    <size, decimal>
    <root, base64>

    — <key name> <base64 of 4 bytes key id || 64 bytes Ed25519 signature>

The signature covers the first three lines with their line feeds. Further signature lines, by other
keys, are let stand.
"""

import binascii
import re
from base64 import b64decode, b64encode
from hashlib import sha256

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from lianzhi.record.merkle import HASH_SIZE

_ED25519 = b"\x01"
_NAME = re.compile(r"[^\s+\x00-\x1f\x7f]{1,200}")
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")
_LINE = re.compile(r"— (\S+) (\S+)")


class CheckpointError(ValueError):
    """A checkpoint that can't be trusted, with the reason."""


class Checkpoint(msgspec.Struct, frozen=True):
    """Size and root of a log at one moment."""

    origin: str
    """Name of the log, the same for ever, like `example.org/lianzhi`."""
    size: int
    root: bytes

    def text(self) -> str:
        """The three lines that are signed."""
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n"


def _key_id(name: str, public: bytes) -> bytes:
    return sha256(name.encode() + b"\n" + _ED25519 + public).digest()[:4]


class Verifier:
    """Opens notes signed by one key, known as `name+id+base64`."""

    def __init__(self, name: str, public: bytes) -> None:
        """Take the key's name and its 32 public bytes."""
        self.name = name
        self.public = public
        self._key = Ed25519PublicKey.from_public_bytes(public)
        self._id = _key_id(name, public)

    @classmethod
    def parse(cls, text: str) -> "Verifier":
        """Read a verifier key as auditors pass it on; raises CheckpointError."""
        name, _, rest = text.strip().partition("+")
        id_hex, _, encoded = rest.partition("+")
        key = _base64(encoded, "verifier key")
        if not _NAME.fullmatch(name) or key[:1] != _ED25519 or len(key) != 33:
            raise CheckpointError(f"verifier key {text!r}: expected name+id+base64 of Ed25519")
        if id_hex != _key_id(name, key[1:]).hex():
            raise CheckpointError(f"verifier key {text!r}: its id {id_hex} does not fit the key")
        return cls(name, key[1:])

    def __str__(self) -> str:
        return f"{self.name}+{self._id.hex()}+{b64encode(_ED25519 + self.public).decode()}"

    def open(self, note: str) -> str:
        """Signed text of the note; raises CheckpointError unless this key signed it."""
        text, blank, signatures = note.rpartition("\n\n")
        if not blank or not signatures.endswith("\n"):
            raise CheckpointError("not a signed note: no blank line before the signatures")
        text += "\n"
        signed = False
        for line in signatures[:-1].split("\n"):
            match = _LINE.fullmatch(line)
            if match is None:
                raise CheckpointError(f"not a signature line: {line!r}")
            value = _base64(match[2], "signature")
            if match[1] != self.name or value[:4] != self._id:
                continue
            try:
                self._key.verify(value[4:], text.encode())
            except InvalidSignature:
                raise CheckpointError(f"the signature of {self.name} is not valid") from None
            signed = True
        if not signed:
            raise CheckpointError(f"no signature by {self}")
        return text

    def checkpoint(self, note: str) -> Checkpoint:
        """Checkpoint in the note; raises CheckpointError unless this key signed it."""
        lines = self.open(note).split("\n")
        if len(lines) != 4:
            raise CheckpointError(f"a checkpoint has 3 lines, this note has {len(lines) - 1}")
        origin, size, root, _ = lines
        if origin != self.name:
            raise CheckpointError(f"origin {origin!r}: this key signs for {self.name!r}")
        if not _SIZE.fullmatch(size):
            raise CheckpointError(f"size {size!r}: expected a decimal number")
        if len(hash_ := _base64(root, "root")) != HASH_SIZE:
            raise CheckpointError(f"root {root!r}: expected {HASH_SIZE} bytes")
        return Checkpoint(origin, int(size), hash_)


class Signer:
    """Signs checkpoints; its private key must lie outside the database."""

    def __init__(self, name: str, private: bytes) -> None:
        """Take the log's origin, which is also the key's name, and 32 private bytes."""
        if not _NAME.fullmatch(name):
            raise ValueError(f"log name {name!r}: no blanks and no plus, like example.org/lianzhi")
        self.name = name
        self._key = Ed25519PrivateKey.from_private_bytes(private)
        self.verifier = Verifier(name, self._key.public_key().public_bytes_raw())
        self.seal_key = HKDF(hashes.SHA256(), 32, None, b"lianzhi record seal 1").derive(private)
        """Key of the entries' seals (RFC 5869)."""

    def sign(self, size: int, root: bytes) -> str:
        """Signed note that the log has `size` entries and this root."""
        return self.note(Checkpoint(self.name, size, root).text())

    def note(self, text: str) -> str:
        """Signed note over any text that ends with a line feed."""
        value = _key_id(self.name, self.verifier.public) + self._key.sign(text.encode())
        return f"{text}\n— {self.name} {b64encode(value).decode()}\n"


def _base64(text: str, field: str) -> bytes:
    """Decode strictly: each value has one spelling, so a note can't be varied."""
    try:
        value = b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise CheckpointError(f"{field} {text!r} is not base64") from None
    if b64encode(value).decode() != text:
        raise CheckpointError(f"{field} {text!r} is not canonical base64")
    return value
