"""Entry: one step of a proceeding, as the log commits to it.

What is hashed is public and names nobody; what it says lies in the payload, under a salted
commitment. People appear in payloads as vault tokens only. Free text about people goes beside the
payload as `texts`, so that it can be erased; the payload keeps its salted commitment.

The leaf of an entry is six lines of UTF-8, each ended by a line feed:

    lianzhi-entry/1
    <index, decimal>
    <at, Unix milliseconds, decimal>
    <kind>
    <ref>
    <commitment, 64 hex digits>

Kind and ref hold no control characters, so no two entries share a leaf.
"""

import re
from collections.abc import Mapping
from hashlib import sha256
from hmac import digest
from typing import Any

import msgspec

from lianzhi.record.merkle import leaf_hash

SALT_SIZE = 32
TEXTS = "texts"
"""Key of the payload under which the commitments to its texts stand, by name."""
ERASED = "subject.erased"
"""Kind of the entry that the ledger appends when a person is erased."""

_KIND = re.compile(r"[a-z][a-z_]*(\.[a-z][a-z_]*)+")
_REF = re.compile(r"[^\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]{1,200}")
_NAME = re.compile(r"[a-z][a-z_]*")

Text = tuple[str, tuple[str, ...]]
"""A text and the vault tokens of the people it is about: erasing any of them erases it."""


class Draft(msgspec.Struct, frozen=True):
    """A step about to be appended.

    Raises ValueError when a field can't stand in a leaf or would not survive JSON.
    """

    kind: str
    """What happened, noun and past participle: `case.opened`."""
    ref: str
    """What it happened to: an id that by itself names nobody; 1 to 200 characters."""
    at: int
    """When, Unix milliseconds UTC, from the event or an injected clock."""
    payload: Mapping[str, Any]
    """JSON values without personal data; people as vault tokens."""
    texts: Mapping[str, Text] = {}
    """Erasable free text by name."""

    def __post_init__(self) -> None:
        if not _KIND.fullmatch(self.kind):
            raise ValueError(f"kind {self.kind!r}: write noun.participle, like case.opened")
        if type(self.at) is not int:
            raise ValueError(f"at {self.at!r}: give whole Unix milliseconds")
        if not _REF.fullmatch(self.ref):
            raise ValueError(f"ref {self.ref!r}: use 1 to 200 characters, none of them a control")
        if TEXTS in self.payload:
            raise ValueError(f"payload key {TEXTS!r} is taken: pass texts as the draft's own field")
        for name in self.texts:
            if not _NAME.fullmatch(name):
                raise ValueError(f"text name {name!r}: use lower case letters and underscores")


class Entry(msgspec.Struct, frozen=True, gc=False):
    """A step in the log."""

    index: int
    at: int
    kind: str
    ref: str
    commitment: bytes
    """SHA-256(salt || payload bytes); 32 bytes."""

    def leaf(self) -> bytes:
        """Bytes that the tree hashes; see the module."""
        # surrogateescape: rows of ill-formed UTF-8 must have distinct hashes.
        return (
            f"lianzhi-entry/1\n{self.index}\n{self.at}\n{self.kind}\n{self.ref}\n"
            f"{self.commitment.hex()}\n"
        ).encode(errors="surrogateescape")

    def leaf_hash(self) -> bytes:
        """The entry's leaf hash in the tree."""
        return leaf_hash(self.leaf())


_canonical = msgspec.json.Encoder(order="deterministic")


def encode(payload: Mapping[str, Any]) -> bytes:
    """Payload bytes: JSON in UTF-8, keys sorted, no blanks. These very bytes are stored."""
    return _canonical.encode(payload)


def decode(body: bytes) -> dict[str, Any]:
    """Inverse of `encode`."""
    return msgspec.json.decode(body, type=dict[str, Any])


def commit(salt: bytes, body: bytes) -> bytes:
    """Salted commitment: without the salt it neither reveals nor confirms the content."""
    return sha256(salt + body).digest()


def seal(key: bytes, index: int, leaf: bytes) -> bytes:
    """HMAC-SHA256(key, index as 8 bytes big-endian || leaf hash).

    The key lies outside the database: whoever edits a row can compute all but this.
    """
    return digest(key, index.to_bytes(8, "big", signed=True) + leaf, "sha256")
