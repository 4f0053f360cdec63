"""Photos of an inspection as evidence.

A visit announces its photos with the SHA-256 that the phone computed, so none can be added or
exchanged later. Each photo is uploaded separately, with retries, and stored once: a file under the
announced id, and an entry with its salted commitment. Photos of a violation become evidence of the
penalty file, with the same id and commitment (行政处罚法 46).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection

from lianzhi.domains.enforcement.desk.office import Office, RefusedError, draft
from lianzhi.domains.enforcement.desk.penalty_steps import PenaltySteps
from lianzhi.domains.enforcement.nouns.penalty import STEPS, Penalty
from lianzhi.domains.enforcement.nouns.visit import Visit
from lianzhi.domains.enforcement.queries import tables, views
from lianzhi.domains.enforcement.rulebook.facts import ProposedStep
from lianzhi.domains.enforcement.words import words
from lianzhi.kit.noun_story import Step
from lianzhi.law.gates import RefusedStepError
from lianzhi.office.drafts import derived_id
from lianzhi.office.files import Files, KeptFile, is_sha256
from lianzhi.office.photos import ENDINGS, keep_photo
from lianzhi.office.ports import Batch
from lianzhi.record.entry import Text

#: Largest numbers of photos of a visit, and of a line.
MOST, MOST_OF_LINE = 40, 4
#: Kind of the entry of a received photo.
PHOTOGRAPHED = "inspection.photographed"


class Announced(NamedTuple):
    """A photo on the phone, as announced by the visit."""

    photo: str
    """UUID from the phone."""
    line: str
    sha256: str
    """Digest of the bytes to be uploaded, in hexadecimal."""
    taken_at: int
    """Unix ms, by the phone's clock."""


class Hash(msgspec.Struct, frozen=True):
    """Digest and time of an announced photo, in an erasable text of the visit's entry."""

    sha256: str
    taken_at: int


class Photo(NamedTuple):
    """An announced photo of a visit and its upload."""

    id: str
    line: str
    hash: Hash | None
    """None: it was erased."""
    step: Step | None
    """Entry of the upload; None: not received yet."""


def announced(
    draft_id: str, by: str, photos: Sequence[Announced], lines: frozenset[str] | set[str]
) -> tuple[list[dict[str, str]], str]:
    """Ids and lines of photos for the visit's payload, and their hashes as a text of the entry.

    Raises RefusedError for too many photos, an unmarked line or a malformed hash.
    """
    shots, hashes = [], {}
    for photo in photos:
        if photo.line not in lines:
            raise RefusedError("photo_line", f"photo is of {photo.line!r}: mark this line")
        if not is_sha256(photo.sha256):
            raise RefusedError(
                "hash", f"sha256 is {photo.sha256[:80]!r}; give 64 hexadecimal digits"
            )
        identity = _photo(draft_id, by, photo.photo)
        hashes[identity] = Hash(photo.sha256, photo.taken_at)
        shots.append({"id": identity, "line": photo.line})
    of_line = max((sum(1 for photo in photos if photo.line == line) for line in lines), default=0)
    if len(photos) > MOST or of_line > MOST_OF_LINE:
        message = f"{len(photos)} photos, {of_line} of a line; at most {MOST} and {MOST_OF_LINE}"
        raise RefusedError("photos", message, most=MOST, line=MOST_OF_LINE)
    return shots, msgspec.json.encode(hashes).decode() if hashes else ""


def photos(visit: Visit, steps: Iterable[Step]) -> list[Photo]:
    """Photos of a visit in the order of its lines, given its entries."""
    hashes: dict[str, Hash] = {}
    arrivals: dict[str, Step] = {}
    for step in steps:
        if step.kind == PHOTOGRAPHED:
            arrivals[step.payload["evidence"]] = step
        elif "photos" in step.texts:
            hashes = msgspec.json.decode(step.texts["photos"], type=dict[str, Hash])
    return [
        Photo(shot.id, shot.line, hashes.get(shot.id), arrivals.get(shot.id))
        for shot in visit.photos
    ]


class Photos:
    """Stores and reads photos."""

    def __init__(self, office: Office, files: Files) -> None:
        self._office, self._files = office, files
        self._steps = PenaltySteps(office)

    def add(self, draft_id: str, photo: str, body: bytes, by: str) -> str:
        """Store an announced photo; returns its id. Repeating the call changes nothing.

        Raises RefusedError if the visit is unknown or did not announce it, or the digest differs.
        """
        office, identity = self._office, _photo(draft_id, by, photo)
        with office.batch() as batch:
            visit = tables.inspection.get(batch.connection, derived_id(draft_id, by))
            if visit is None:
                raise RefusedError("photo_visit", "this draft is no visit yet; send it first")
            steps = views.story(office.ledger, visit.id)
            announced_photo = next(
                (shot for shot in photos(visit, steps) if shot.id == identity), None
            )
            if announced_photo is None or announced_photo.hash is None:
                raise RefusedError("photo_unknown", f"{photo[:80]!r} was not announced")
            if announced_photo.step is not None:
                return identity
            kept = keep_photo(self._files, announced_photo.id, body, announced_photo.hash.sha256)
            try:
                self._append(batch, visit, kept, announced_photo.line, by)
            except BaseException:
                self._files.drop(identity)
                raise
        self._files.mark_named(identity)
        return identity

    def read(self, photo: Photo) -> bytes:
        """The bytes of a photo. Raises KeyError if it is missing, RefusedError if changed."""
        if photo.step is None:
            raise KeyError(photo.id)
        payload = photo.step.payload
        return self._files.read_verified(
            photo.id, photo.step.texts.get("salt", ""), payload["commitment"]
        )

    def _append(self, batch: Batch, visit: Visit, kept: KeptFile, line: str, by: str) -> None:
        office = self._office
        payload = {"inspection": visit.id, "line": line, "by": by}
        payload |= {name: getattr(kept, name) for name in ("media", "size", "commitment")}
        texts: dict[str, Text] = {"salt": (kept.salt, (visit.enterprise,))}
        entry = draft(PHOTOGRAPHED, visit.id, office.now(), {**payload, "evidence": kept.id}, texts)
        batch.append([entry])
        for case in _cases(batch.connection, visit):
            if line in _violated(visit, case.item):
                try:
                    self._steps.check(
                        batch, case, ProposedStep("evidence_added", office.today(), by)
                    )
                except RefusedStepError:
                    continue  # it stays evidence of the visit, to which the case refers
                piece = _piece(office, visit, kept, line)
                day = office.today()
                self._steps.append(batch, case, "evidence_added", by, day, *piece)


def visit_evidence(
    office: Office, connection: Connection, inspection: str, party: str, item: str
) -> Iterator[tuple[dict[str, Any], Mapping[str, str]]]:
    """Payloads and texts of `evidence_added` for a visit's photos of a violation of an item."""
    visit = tables.inspection.get(connection, inspection)
    if visit is None or visit.enterprise != party or not visit.photos:
        return
    lines = _violated(visit, item)
    for photo in photos(visit, views.story(office.ledger, inspection)):
        if photo.line in lines and photo.step is not None and "salt" in photo.step.texts:
            payload, name = photo.step.payload, f"{photo.id}.{ENDINGS[photo.step.payload['media']]}"
            facts = (
                payload["media"],
                payload["size"],
                payload["commitment"],
                photo.step.texts["salt"],
            )
            yield _piece(office, visit, KeptFile(photo.id, name, *facts), photo.line)


def _piece(
    office: Office, visit: Visit, kept: KeptFile, line: str
) -> tuple[dict[str, Any], dict[str, str]]:
    """Payload and texts of `evidence_added` for a photo."""
    payload = {**kept.payload("electronic"), "inspection": visit.id, "line": line}
    try:
        listed = office.rules.checklist(visit.checklist, visit.day).lines
    except ValueError:  # the checklist no longer exists
        listed = ()
    shown = next((entry.zh for entry in listed if entry.name == line), line)
    note = words("zh").gettext("photo.piece") % {"day": visit.day.isoformat(), "line": shown}
    return payload, {"words": note, "name": kept.name, "salt": kept.salt}


def _violated(visit: Visit, item: str) -> set[str]:
    """Lines with a violation of an item."""
    return {mark.line for mark in visit.lines if mark.item == item and mark.result == "violation"}


def _cases(connection: Connection, visit: Visit) -> Iterator[Penalty]:
    """Cases filed for a visit that may still get evidence."""
    column = tables.penalty.c
    open_ = column.status.in_(STEPS["penalty.evidence_added"][0])
    for case in tables.penalty.every(connection, column.party == visit.enterprise, open_):
        if case.inspection == visit.id:
            yield case


def _photo(draft_id: str, by: str, photo: str) -> str:
    """Id of a photo of a draft."""
    return derived_id(draft_id, by, "photo\n" + derived_id(photo, by))
