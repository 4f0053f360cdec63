"""Verifies a pack against itself and against a public key, without any other source.

Each part is reported with its first fault, so that a reader learns what remains valid; parts that
depend on an invalid one are not read. All input is untrusted.
"""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO

import msgspec

from lianzhi.chain.finding import Evidence, Finding
from lianzhi.documents import forms, render
from lianzhi.documents.forms import EntryLine, EventLine, Manifest, PersonLine, payload_of
from lianzhi.documents.pack import tokens_in
from lianzhi.documents.pack_reader import Opened, PackRefusedError
from lianzhi.documents.page import Proofs, entry_of, page_of, tokens_of
from lianzhi.documents.story import Story
from lianzhi.record.checkpoint import Checkpoint, CheckpointError, Verifier
from lianzhi.record.entry import ERASED, TEXTS, commit
from lianzhi.record.merkle import leaf_hash, verify_inclusion

#: Parts, in the order in which they are checked.
PARTS = ("files", "manifest", "checkpoint", "entries", "people", "events", "summary")
SEALED = "segment.sealed"
#: Errors that malformed content may raise.
_WRONG = (
    *(ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError),
    msgspec.MsgspecError,
)


class Part(msgspec.Struct, frozen=True):
    """Result for one part of a pack."""

    name: str
    ok: bool
    detail: str
    """What was checked; or the first fault, and where it is."""


class Verdict(msgspec.Struct, frozen=True):
    """Result of a verification. `known_key`: signatures were checked with a key from outside the
    pack.
    """

    ok: bool
    known_key: bool
    parts: tuple[Part, ...]
    case: str = ""
    size: int = 0
    """Entries of the record at the checkpoint."""
    entries: int = 0
    events: int = 0
    erased: int = 0
    """Erased events and texts, each accounted for."""


class _FaultError(Exception):
    """Ends the check of a part."""


def verify(source: BinaryIO, key: Verifier | None = None, sha256: str = "") -> Verdict:
    """Check a pack; `key` is the record's public key as known from elsewhere.

    `sha256` is the digest of the file as it was exported, in hex. It covers the bits with which
    compressed data is filled up to a byte too; nothing reads them, and no signature covers them.

    Never raises on bad input: a file that cannot be opened as a pack fails in the part `files`.
    """
    if sha256:
        source.seek(0)
        digest = _sha256(source)
        source.seek(0)
        if digest != sha256.lower():
            detail = f"the file's SHA-256 is {digest}, not that of the export"
            return Verdict(False, key is not None, (Part("files", False, detail),))
    try:
        return _Check(Opened(source), key).all()
    except PackRefusedError as error:
        return Verdict(False, key is not None, (Part("files", False, str(error)),))


class _Check:
    def __init__(self, opened: Opened, key: Verifier | None) -> None:
        self.opened, self.known, self.key = opened, key is not None, key
        self.parts: list[Part] = []
        self.story = Story()
        self.point: Checkpoint | None = None
        self.accounts: dict[str, str] = {}
        self.unnamed: set[str] = set()
        """Tokens that people.ndjson has not named."""
        self.tokens: set[str] = set()
        self.event_digests: set[bytes] = set()
        """Digests of what findings say of each of their events."""
        self.due: set[int] = set()
        """Positions of events that findings rest on."""
        self.roots: dict[int, dict[str, Any]] = {}
        self.absent: set[str] = set()
        self.gone_texts: set[str] = set()
        self.gone_copies: set[str] = set()

    def all(self) -> Verdict:
        manifest = self._manifest()
        if manifest is None:
            return self._verdict(None)
        for name, check in (
            ("checkpoint", self._checkpoint),
            ("entries", self._entries),
            ("people", self._people),
            ("events", self._events),
            ("summary", self._summary),
        ):
            with self._part(name) as good:
                good(check(manifest))
        with self._part("files") as good:
            good(self._files(manifest))
        self.parts.sort(key=lambda part: PARTS.index(part.name))
        return self._verdict(manifest)

    @contextmanager
    def _part(self, name: str) -> Iterator[Callable[[str], None]]:
        reasons: list[str] = []
        try:
            yield reasons.append
        except (_FaultError, PackRefusedError, CheckpointError) as error:
            self.parts.append(Part(name, False, str(error)))
        except _WRONG as error:
            detail = f"it does not hold what it should: {type(error).__name__}: {error}"
            self.parts.append(Part(name, False, detail[:300]))
        else:
            self.parts.append(Part(name, True, reasons[0]))

    def _verdict(self, manifest: Manifest | None) -> Verdict:
        ok = manifest is not None and all(part.ok for part in self.parts)
        if manifest is None:
            return Verdict(False, self.known, tuple(self.parts))
        erased = self.story.states["erased"] + len(self.absent)
        return Verdict(
            *(ok, self.known, tuple(self.parts), manifest.facts.case, manifest.checkpoint.size),
            *(self.story.entry_count, self.story.event_count, erased),
        )

    # -- manifest, checkpoint, files ----------------------------------------------------------

    def _manifest(self) -> Manifest | None:
        manifests: list[Manifest] = []
        with self._part("manifest") as good:
            body = self.opened.whole(forms.MANIFEST)
            manifest = forms.read_manifest(body)
            if manifest.format != forms.FORMAT:
                raise _FaultError(f"format {manifest.format!r}: this version reads {forms.FORMAT}")
            manifests.append(manifest)
            inside = Verifier.parse(manifest.key)
            if str(inside) != manifest.key:
                raise _FaultError("the key is not spelt as it would be written")
            if self.opened.whole(forms.KEY) != f"{manifest.key}\n".encode():
                raise _FaultError("key.txt holds another key than the manifest")
            if self.key is not None and str(self.key) != str(inside):
                raise _FaultError(f"signed with the key {inside}, not with the one you gave")
            self.key = inside
            note = self.opened.whole(forms.SIGNATURE).decode()
            if inside.open(note) != forms.statement(body):
                raise _FaultError("manifest.sig signs another manifest")
            _plain(note)
            by = "the key you gave" if self.known else "the key inside the pack"
            good(f"signed by {by}: {inside.name}")
        return manifests[0] if manifests else None

    def _checkpoint(self, manifest: Manifest) -> str:
        note = self.opened.whole(forms.CHECKPOINT).decode()
        point = Verifier.parse(manifest.key).checkpoint(note)
        stated = manifest.checkpoint
        if (stated.origin, stated.size, stated.root) != (
            point.origin,
            point.size,
            point.root.hex(),
        ):
            raise _FaultError("the manifest tells of another checkpoint")
        _plain(note)
        self.point = point
        return f"signed; {point.size:,} entries, root {point.root.hex()}"

    def _files(self, manifest: Manifest) -> str:
        names = tuple(file.name for file in manifest.files)
        if names != forms.LISTED:
            raise _FaultError("the manifest lists other files than a pack has")
        for file in manifest.files:
            if self.opened.digest(file.name) != file.sha256:
                raise _FaultError(f"{file.name} is not the file that the manifest lists")
            if self.opened.size(file.name) != file.bytes:
                raise _FaultError(f"{file.name} has another size than the manifest says")
        return f"{len(names)} files are those that the manifest lists"

    # -- entries ------------------------------------------------------------------------------

    def _entries(self, manifest: Manifest) -> str:
        if self.point is None:
            raise _FaultError("without a checkpoint that stands nothing can be proved")
        last, refs, named = -1, set[str](), set[str]()
        for data in self.opened.lines(forms.ENTRIES):
            line = forms.read_line(data, EntryLine)
            if line.index <= last:
                raise _FaultError(f"entry {line.index} does not come after entry {last}")
            last = line.index
            payload = payload_of(line)
            self._entry(line, payload, self.point)
            self.story.entry(line, payload)
            self.tokens |= tokens_in(line)
            if line.part == "finding":
                refs.add(line.ref)
                self._finding(line, payload)
            elif line.part == "segment":
                if line.kind != SEALED:
                    raise _FaultError(f"entry {line.index} seals no segment")
                self.roots[line.index] = payload
            elif line.part == "step":
                if payload.get("case") != manifest.facts.case:
                    raise _FaultError(f"entry {line.index} is no step of this case")
                if line.kind in ("case.opened", "case.joined"):
                    named.add(payload["finding"])
            if line.kind == ERASED:
                self.gone_texts.update(payload["erased"])
                self.gone_copies.update(payload.get("copies", ()))
        if lost := sorted(self.absent - self.gone_texts):
            raise _FaultError(f"text {lost[0]} is gone and no erasure accounts for it")
        if self.story.case is None or self.story.case.id != manifest.facts.case:
            raise _FaultError("there is no entry that opens the case")
        if lacking := sorted(named - refs):
            raise _FaultError(f"finding {lacking[0]}, on which the case rests, is not in the pack")
        if manifest.counts.entries != self.story.entry_count:
            raise _FaultError(f"{self.story.entry_count} entries, not {manifest.counts.entries}")
        return f"{self.story.entry_count:,} entries stand under the checkpoint, word for word"

    def _entry(self, line: EntryLine, payload: dict[str, Any], point: Checkpoint) -> None:
        entry, proof = entry_of(line), [bytes.fromhex(text) for text in line.proof]
        leaf = entry.leaf_hash()
        if not verify_inclusion(line.index, point.size, leaf, point.root, proof):
            raise _FaultError(f"entry {line.index} is not the one under the checkpoint")
        committed = payload.get(TEXTS, {})
        if committed.keys() != line.texts.keys():
            raise _FaultError(f"entry {line.index} commits to other texts than stand with it")
        for name, text in line.texts.items():
            if text is None:
                self.absent.add(f"{line.index}/{name}")
            elif commit(bytes.fromhex(text.salt), text.text.encode()).hex() != committed[name]:
                raise _FaultError(f"text {name} of entry {line.index} is not the one committed to")

    def _finding(self, line: EntryLine, payload: dict[str, Any]) -> None:
        if line.kind != "finding.made" or payload["id"] != line.ref:
            raise _FaultError(f"entry {line.index} is no finding")
        kept = payload.get("kept", {})
        for evidence in msgspec.convert(payload, Finding).evidence:
            if evidence.seq >= 0:
                self.due.add(evidence.seq)
                self.event_digests.add(_digest(line.ref, evidence, kept.get(str(evidence.seq))))

    def _proved(self) -> None:
        """Raise unless the entries are valid: without them lines cannot be checked, and their
        number is unbounded.
        """
        if not any(part.name == "entries" and part.ok for part in self.parts):
            raise _FaultError("not read, since the entries do not stand")

    # -- people and events --------------------------------------------------------------------

    def _people(self, manifest: Manifest) -> str:
        self._proved()
        most = len(self.tokens) + 2 * len(self.due)  # the tokens of actors and of targets
        last, count = "", 0
        for data in self.opened.lines(forms.PEOPLE):
            line = forms.read_line(data, PersonLine)
            if line.token <= last:
                raise _FaultError(f"{line.token} does not come after {last}")
            last, count = line.token, count + 1
            if count > most:
                raise _FaultError(f"more than the {most:,} people whom entries and events can name")
            self.unnamed.add(line.token)
            if line.account is not None:
                self.accounts[line.token] = line.account
        if count != manifest.counts.people:
            raise _FaultError(f"{count} people, not {manifest.counts.people}")
        if lacking := sorted(self.tokens - self.unnamed):
            raise _FaultError(f"{lacking[0]} stands in an entry and is not among the people")
        return f"{count:,} people, {count - len(self.accounts):,} of them erased"

    def _events(self, manifest: Manifest) -> str:
        self._proved()
        last, due = -1, set(self.due)
        for data in self.opened.lines(forms.EVENTS):
            line = forms.read_line(data, EventLine)
            if line.seq <= last:
                raise _FaultError(f"event {line.seq} does not come after event {last}")
            last = line.seq
            if line.seq not in due:
                raise _FaultError(f"event {line.seq} is in no finding of the pack")
            due.discard(line.seq)
            self._event(line)
            self.story.event(line)
            self.tokens |= {line.actor} | ({line.target} if line.target else set())
        if due:
            raise _FaultError(f"event {min(due)}, on which a finding rests, is not in the pack")
        if strange := sorted(self.unnamed ^ self.tokens):
            raise _FaultError(f"{strange[0]} is among the people or in a line, not in both")
        story = self.story
        if manifest.counts.events != story.event_count:
            raise _FaultError(f"{story.event_count} events, not {manifest.counts.events}")
        if story.states["missing"]:
            raise _FaultError(
                f"copies gone and no erasure accounts for them: {story.states['missing']}"
            )
        return (
            f"{story.event_count:,} events; {story.sealed:,} proved by a sealed segment, "
            f"{story.event_count - story.sealed - story.bare:,} by their finding's entry, "
            f"{story.bare:,} only named; {story.states['erased']:,} erased"
        )

    def _event(self, line: EventLine) -> None:
        where = f"event {line.seq}"
        evidence = Evidence(
            *("", "", line.at, line.actor, line.seq, line.role, line.kinds, line.spans),
        )
        if _digest(line.finding, evidence, line.leaf) not in self.event_digests:
            raise _FaultError(f"{where} is not as finding {line.finding} has it")
        copy = f"{line.finding}/{line.seq}"
        if line.state == "erased" and copy not in self.gone_copies:
            raise _FaultError(f"{where} is called erased, and no erasure accounts for it")
        if (line.state == "whole") != (line.raw is not None and line.salt is not None):
            raise _FaultError(f"{where} is called {line.state}, and its copy is not so")
        if line.raw is not None and line.salt is not None:
            leaf = leaf_hash(bytes.fromhex(line.salt) + line.raw.encode())
            if leaf.hex() != line.leaf:
                raise _FaultError(f"{where} is not the event that its leaf stands for")
            event = msgspec.json.decode(line.raw, type=_Parties)
            if (event.actor, event.target) != (line.actor_account, line.target_account):
                raise _FaultError(f"{where} names other accounts than stand beside it")
        elif line.raw is not None or line.salt is not None:
            raise _FaultError(f"{where} has half a copy")
        for token, account in (
            (line.actor, line.actor_account),
            (line.target, line.target_account),
        ):
            if (self.accounts.get(token) if token else None) != account:
                raise _FaultError(f"{where} names {token} otherwise than people.ndjson")
        self._sealed(line, where)

    def _sealed(self, line: EventLine, where: str) -> None:
        if line.segment is None:
            if line.proof:
                raise _FaultError(f"{where} has a proof and no segment")
            return
        root = self.roots.get(line.segment)
        if root is None or line.leaf is None:
            raise _FaultError(f"the segment of {where} is not in the pack")
        proof = [bytes.fromhex(text) for text in line.proof]
        place, count = line.seq - root["first"], root["after"] - root["first"]
        leaf, top = bytes.fromhex(line.leaf), bytes.fromhex(root["root"])
        if not verify_inclusion(place, count, leaf, top, proof):
            raise _FaultError(f"{where} is not the one in its sealed segment")

    # -- summary ------------------------------------------------------------------------------

    def _summary(self, manifest: Manifest) -> str:
        content = self.opened.whole(forms.SUMMARY)
        same = manifest.recipe == render.recipe()
        if self.opened.whole(forms.README) != render.readme() and same:
            raise _FaultError("README.txt is not the one of this version")
        if not same:
            return (
                f"made by another version ({manifest.producer}): only its signature vouches for it"
            )
        if not all(part.ok for part in self.parts if part.name != "manifest"):
            raise _FaultError("not compared, since what it is made from does not stand")
        proofs = Proofs(manifest.checkpoint, manifest.key, manifest.producer)
        names = {
            token: self.accounts[token] for token in tokens_of(self.story) & set(self.accounts)
        }
        page = page_of(self.story, manifest.facts, proofs, names)
        if render.html(page) != content:
            raise _FaultError("summary.html does not say what the data say")
        return "summary.html follows from the data; summary.pdf is the one listed"


class _Parties(msgspec.Struct):
    actor: str
    target: str | None = None


def _sha256(source: BinaryIO) -> str:
    digest = hashlib.sha256()
    while chunk := source.read(1 << 20):
        digest.update(chunk)
    return digest.hexdigest()


def _digest(ref: str, evidence: Evidence, leaf: str | None) -> bytes:
    """Digest of a finding's statement on an event, short enough to keep millions."""
    fields = (
        ref,
        evidence.seq,
        evidence.at,
        evidence.actor,
        evidence.role,
        evidence.kinds,
        evidence.spans,
        leaf,
    )
    return hashlib.blake2b(msgspec.json.encode(fields), digest_size=16).digest()


def _plain(note: str) -> None:
    """Raise unless the note has exactly one signature."""
    if note.count("\n— ") != 1:
        raise _FaultError("the note has more than one signature")
