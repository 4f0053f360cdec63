"""Types of the files in an evidence pack; docs/evidence.md describes them.

Digests are SHA-256 in lower-case hex; times are Unix milliseconds UTC. Lines are JSON in UTF-8 as
`line` writes them; any other spelling of the same values is refused, so that nothing can be hidden
in a pack.
"""

from hashlib import sha256
from typing import Any, Literal, TypeVar, get_args

import msgspec

from lianzhi.chain.finding import Role, Span

FORMAT = "lianzhi-evidence/1"

README, MANIFEST, SIGNATURE = "README.txt", "manifest.json", "manifest.sig"
SUMMARY, PRINT = "summary.html", "summary.pdf"
CHECKPOINT, KEY = "checkpoint.txt", "key.txt"
ENTRIES, EVENTS, PEOPLE = "entries.ndjson", "events.ndjson", "people.ndjson"

#: Files whose digests are in the manifest, in the order in which they are written.
LISTED = (ENTRIES, EVENTS, PEOPLE, CHECKPOINT, KEY, SUMMARY, PRINT, README)
#: All files of a pack.
FILES = (*LISTED, MANIFEST, SIGNATURE)

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)

Part = Literal["step", "finding", "segment", "erasure"]
"""Why an entry is in the pack: it is a step of the case, a finding of the case, the root of a
segment with evidence, or it accounts for an erasure."""

State = Literal["whole", "erased", "missing", "not_kept"]
"""Of a copy: present; a person in it was erased; missing without an erasure; never kept, since
policy limits the number or the event was erased before."""

S = TypeVar("S", bound=msgspec.Struct)


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An erasable text of an entry, with the salt of its commitment."""

    salt: str
    text: str


class EntryLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An entry of the record, with its inclusion proof for the checkpoint."""

    index: int
    at: int
    kind: str
    ref: str
    part: Part
    salt: str
    payload: str
    """The committed bytes, as text: JSON."""
    texts: dict[str, Words | None]
    """Name -> text that the payload commits to; null where it was erased."""
    proof: tuple[str, ...]


class EventLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An event in evidence, as in the newest finding that rests on it."""

    seq: int
    """Position in the event log."""
    at: int
    finding: str
    """Finding whose entry commits to it."""
    actor: str
    """Vault token; the account is null where the person was erased."""
    actor_account: str | None
    target: str | None
    target_account: str | None
    role: Role | None
    kinds: tuple[str, ...]
    """Harms found in its text."""
    spans: tuple[Span, ...]
    """Code points [start, end) of the text."""
    state: State
    leaf: str | None
    """SHA-256(0x00 || salt || raw); null only where no copy was kept."""
    salt: str | None
    raw: str | None
    """The event's original bytes."""
    segment: int | None
    """Entry with the root of its sealed segment; null while the segment is open."""
    proof: tuple[str, ...]
    """Inclusion proof of the leaf in that segment."""


class PersonLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The account of a vault token; null where it was erased."""

    token: str
    account: str | None


class FileDigest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Name, size and digest of a file in the manifest."""

    name: str
    bytes: int
    sha256: str


class Point(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The checkpoint of all proofs."""

    origin: str
    size: int
    root: str


class Counts(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Number of lines in each file."""

    entries: int
    events: int
    people: int


class Facts(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Facts that are not on the record: who made the pack, when, for whom."""

    case: str
    lang: Language
    made_at: int
    by: str
    deployment: str
    utc_offset_minutes: int
    """UTC offset of the summary's times."""


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Contents of a pack with their digests."""

    format: str
    producer: str
    """Version of the software, like `lianzhi 0.1.0`."""
    recipe: str
    """Digest of the code and templates that made the summary."""
    facts: Facts
    checkpoint: Point
    key: str
    """Public key of the record, as `name+id+base64`."""
    counts: Counts
    files: tuple[FileDigest, ...]


def line(value: msgspec.Struct) -> bytes:
    """A value as one line of JSON."""
    return msgspec.json.encode(value) + b"\n"


def read_line(data: bytes, form: type[S]) -> S:
    """The value of a line; raises ValueError unless it is spelt as by `line`."""
    value = msgspec.json.decode(data, type=form)
    if line(value) != data:
        raise ValueError("the line is not spelt as it would be written")
    return value


def manifest_bytes(manifest: Manifest) -> bytes:
    """The manifest as indented JSON."""
    return msgspec.json.format(msgspec.json.encode(manifest), indent=2) + b"\n"


def read_manifest(data: bytes) -> Manifest:
    """The manifest; raises ValueError unless it is spelt as by `manifest_bytes`."""
    manifest = msgspec.json.decode(data, type=Manifest)
    if manifest_bytes(manifest) != data:
        raise ValueError("the manifest is not spelt as it would be written")
    return manifest


def statement(manifest: bytes) -> str:
    """The text that the record's key signs for a manifest; never a valid checkpoint, which has
    three lines.
    """
    return f"{FORMAT}\n{sha256(manifest).hexdigest()}\n"


def payload_of(entry: EntryLine) -> dict[str, Any]:
    """Decoded payload of an entry."""
    return msgspec.json.decode(entry.payload, type=dict[str, Any])
