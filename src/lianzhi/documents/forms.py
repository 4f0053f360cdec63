"""Forms of an evidence pack: what stands in each of its files. docs/evidence.md describes them.

Digests are SHA-256 in lower-case hex; times are Unix milliseconds UTC. Lines are JSON in UTF-8 as
`line` writes them, and no other spelling of the same values is one: nothing can be hidden in a pack
that a reader does not see.
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

#: Files whose digests stand in the manifest, in the order in which they are written.
LISTED = (ENTRIES, EVENTS, PEOPLE, CHECKPOINT, KEY, SUMMARY, PRINT, README)
#: All files of a pack.
FILES = (*LISTED, MANIFEST, SIGNATURE)

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)

Part = Literal["step", "finding", "segment", "erasure"]
"""Why an entry is in the pack: it is a step of the case, a finding that the case rests on, the root
of a segment with evidence, or it accounts for what is erased."""

State = Literal["whole", "erased", "missing", "not_kept"]
"""Of a copy: it is here; somebody in it was erased; it is gone and no erasure says why; there never
was one, for policy limits how many are kept, or the event was erased before."""

S = TypeVar("S", bound=msgspec.Struct)


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An erasable text of an entry, with the salt of its commitment."""

    salt: str
    text: str


class EntryLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An entry of the record, with the proof that it stands under the checkpoint."""

    index: int
    at: int
    kind: str
    ref: str
    part: Part
    salt: str
    payload: str
    """The very bytes that were committed to, as text: JSON."""
    texts: dict[str, Words | None]
    """By name, every text that the payload commits to; null where it was erased."""
    proof: tuple[str, ...]


class EventLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An event on which the case rests, as the newest finding sees it that rests on it."""

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
    """Where: code points [start, end) of the text."""
    state: State
    leaf: str | None
    """SHA-256(0x00 || salt || raw); null only where no copy was kept."""
    salt: str | None
    raw: str | None
    """The event as it came, byte by byte."""
    segment: int | None
    """Entry with the root of its sealed segment; null while the segment is open."""
    proof: tuple[str, ...]
    """That the leaf stands in that segment."""


class PersonLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Whom a vault token stands for; null: erased, it stands for nobody any more."""

    token: str
    account: str | None


class FileSaid(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A file as the manifest has it."""

    name: str
    bytes: int
    sha256: str


class Point(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The checkpoint under which all proofs end."""

    origin: str
    size: int
    root: str


class Counts(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How many lines there are."""

    entries: int
    events: int
    people: int


class Facts(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is not on the record: who made the pack, when, for whom."""

    case: str
    lang: Language
    made_at: int
    by: str
    deployment: str
    utc_offset_minutes: int
    """Of the zone in which the summary tells times."""


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a pack holds."""

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
    files: tuple[FileSaid, ...]


def line(value: msgspec.Struct) -> bytes:
    """A value on a line of its own."""
    return msgspec.json.encode(value) + b"\n"


def read_line(data: bytes, form: type[S]) -> S:
    """The value on a line; raises ValueError unless it is spelt as `line` spells it."""
    value = msgspec.json.decode(data, type=form)
    if line(value) != data:
        raise ValueError("the line is not spelt as it would be written")
    return value


def manifest_bytes(manifest: Manifest) -> bytes:
    """The manifest, indented for people."""
    return msgspec.json.format(msgspec.json.encode(manifest), indent=2) + b"\n"


def read_manifest(data: bytes) -> Manifest:
    """The manifest; raises ValueError unless it is spelt as `manifest_bytes` spells it."""
    manifest = msgspec.json.decode(data, type=Manifest)
    if manifest_bytes(manifest) != data:
        raise ValueError("the manifest is not spelt as it would be written")
    return manifest


def statement(manifest: bytes) -> str:
    """What the record's key signs of a manifest. It is no checkpoint: those have three lines."""
    return f"{FORMAT}\n{sha256(manifest).hexdigest()}\n"


def payload_of(entry: EntryLine) -> dict[str, Any]:
    """What an entry says."""
    return msgspec.json.decode(entry.payload, type=dict[str, Any])
