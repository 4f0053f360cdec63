"""Writes the evidence of one case as a ZIP file, from streamed lines.

The same lines and facts give the same bytes, independent of time and place. `docs/evidence.md`
describes the format.
"""

import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from typing import IO, BinaryIO, Protocol

from lianzhi import __version__
from lianzhi.documents import forms, render
from lianzhi.documents.forms import (
    Counts,
    EntryLine,
    EventLine,
    Facts,
    FileDigest,
    Manifest,
    PersonLine,
    Point,
    payload_of,
)
from lianzhi.documents.page import Proofs, page_of, tokens_of
from lianzhi.documents.story import Story
from lianzhi.record.checkpoint import Checkpoint

#: Largest member of a ZIP file without the 64-bit extension.
MOST_BYTES = zipfile.ZIP64_LIMIT
#: Compression level: most of a large pack is digests, which do not compress.
LEVEL = 1
_TOKEN = re.compile(r'"(p_[0-9A-Za-z_]+)"')


class PackTooLargeError(ValueError):
    """The case has more evidence than one pack can hold."""


class Source(Protocol):
    """Lines of a pack, all as of one checkpoint."""

    note: str
    """The signed checkpoint."""
    checkpoint: Checkpoint
    key: str
    """Public key of the record."""

    def entries(self) -> Iterable[EntryLine]:
        """Entries by index."""
        ...

    def events(self) -> Iterable[EventLine]:
        """Events by position; called once, after the entries."""
        ...

    def accounts(self, tokens: Iterable[str]) -> Mapping[str, str]:
        """Token -> account; erased ones are missing."""
        ...


def write(out: BinaryIO, facts: Facts, source: Source, sign: Callable[[str], str]) -> Manifest:
    """Write a pack; `sign` makes a signed note of a text. Raises PackTooLargeError."""
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, allowZip64=False) as archive:
        files, story, tokens = _Files(archive), Story(), set[str]()
        with files.opened(forms.ENTRIES) as put:
            for entry in source.entries():
                story.entry(entry, payload_of(entry))
                tokens |= tokens_in(entry)
                put(forms.line(entry))
        with files.opened(forms.EVENTS) as put:
            for event in source.events():
                story.event(event)
                tokens |= {token for token in (event.actor, event.target) if token is not None}
                put(forms.line(event))
        with files.opened(forms.PEOPLE) as put:
            for person in _people(sorted(tokens), source):
                put(forms.line(person))
        checkpoint = source.checkpoint
        point = Point(origin=checkpoint.origin, size=checkpoint.size, root=checkpoint.root.hex())
        files.put(forms.CHECKPOINT, source.note.encode())
        files.put(forms.KEY, f"{source.key}\n".encode())
        producer = f"lianzhi {__version__}"
        names = source.accounts(tokens_of(story))
        page = page_of(story, facts, Proofs(point, source.key, producer), names)
        files.put(forms.SUMMARY, render.html(page))
        files.put(forms.PRINT, render.pdf(page, facts.made_at))
        files.put(forms.README, render.readme())
        manifest = Manifest(
            format=forms.FORMAT,
            producer=producer,
            recipe=render.recipe(),
            facts=facts,
            checkpoint=point,
            key=source.key,
            counts=Counts(entries=story.entry_count, events=story.event_count, people=len(tokens)),
            files=tuple(files.digests),
        )
        body = forms.manifest_bytes(manifest)
        files.put(forms.MANIFEST, body)
        files.put(forms.SIGNATURE, sign(forms.statement(body)).encode())
    return manifest


def member(name: str, method: int = zipfile.ZIP_DEFLATED) -> zipfile.ZipInfo:
    """A ZIP member without time or origin."""
    info = zipfile.ZipInfo(name)  # its date is always 1980-01-01
    info.compress_type, info.create_system = method, 3
    # The archive's level applies to members without a ZipInfo only; public from Python 3.13 on.
    info._compresslevel = LEVEL  # type: ignore[attr-defined]
    info.external_attr = 0o100644 << 16
    return info


def tokens_in(entry: EntryLine) -> set[str]:
    """Vault tokens that an entry names."""
    return set(_TOKEN.findall(entry.payload))


def _people(tokens: list[str], source: Source) -> Iterator[PersonLine]:
    for start in range(0, len(tokens), 500):
        chunk = tokens[start : start + 500]
        accounts = source.accounts(chunk)
        for token in chunk:
            yield PersonLine(token=token, account=accounts.get(token))


class _Files:
    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self.digests: list[FileDigest] = []

    @contextmanager
    def opened(self, name: str) -> Iterator[Callable[[bytes], None]]:
        """A member that is written in pieces."""
        digest, size = sha256(), 0
        with self._archive.open(member(name), "w") as opened:
            out: IO[bytes] = opened

            def put(data: bytes) -> None:
                nonlocal size
                size += len(data)
                if size > MOST_BYTES:
                    raise PackTooLargeError(
                        f"{name} would be larger than {MOST_BYTES:,} bytes: the case has more "
                        "evidence than one pack can hold"
                    )
                digest.update(data)
                out.write(data)

            yield put
        self.digests.append(FileDigest(name=name, bytes=size, sha256=digest.hexdigest()))

    def put(self, name: str, data: bytes) -> None:
        """Write a whole member."""
        with self.opened(name) as put:
            put(data)
