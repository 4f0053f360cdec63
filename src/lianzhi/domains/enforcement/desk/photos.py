"""Photos: what officers photograph while they walk a checklist, as evidence of the visit.

A visit announces its photos when it is sent, each with the SHA-256 that the phone took of it: so
none can be added later or exchanged. Each then comes by itself, as often as it must, and is kept
once: a file under the id that the visit announced, and an entry with its salted commitment. Photos
of a violation go into the case that is filed for it, by that id and commitment (行政处罚法 46).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection, select

from lianzhi.domains.enforcement.desk.office import Office, RefusedError, draft
from lianzhi.domains.enforcement.desk.stepping import Stepping
from lianzhi.domains.enforcement.nouns.penalty import STEPS, Penalty
from lianzhi.domains.enforcement.nouns.visit import Visit
from lianzhi.domains.enforcement.queries import tables, views
from lianzhi.domains.enforcement.rulebook.facts import Taken
from lianzhi.domains.enforcement.words import words
from lianzhi.law.gates import RefusedStepError
from lianzhi.office.drafts import derived_id
from lianzhi.office.files import Files, KeptFile, is_sha256
from lianzhi.office.photos import ENDINGS, keep_photo
from lianzhi.office.ports import Batch
from lianzhi.record.entry import Text

#: Photos of a visit, and of a line of it.
MOST, MOST_OF_LINE = 40, 4
#: The entry with which a photo comes.
PHOTOGRAPHED = "inspection.photographed"


def visit_of(connection: Connection, identity: str) -> Visit | None:
    """The visit of this id, once it is on the record."""
    column = tables.inspection.c
    state = connection.scalar(select(column.state).where(column.id == identity))
    return None if state is None else msgspec.json.decode(state, type=Visit)


class Announced(NamedTuple):
    """A photo on the phone, as the visit announces it."""

    photo: str
    """UUID that the phone gave it."""
    line: str
    sha256: str
    """Of the bytes as they will be sent, hex."""
    taken: int
    """Unix ms, by the phone's clock."""


class Hash(msgspec.Struct, frozen=True):
    """What a visit's entry says of a photo, in a text that can be erased."""

    sha256: str
    taken: int


class Photo(NamedTuple):
    """A photo of a visit, for pages."""

    id: str
    line: str
    told: Hash | None
    """None: it was erased."""
    step: views.Step | None
    """None: it has not come yet."""


def announced(
    draft_id: str, by: str, photos: Sequence[Announced], lines: frozenset[str] | set[str]
) -> tuple[list[dict[str, str]], str]:
    """Ids and lines of photos for the visit's entry, and their hashes as its text.

    Raises RefusedError for too many, for one of a line that is not marked, and for no hash.
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
        hashes[identity] = Hash(photo.sha256, photo.taken)
        shots.append({"id": identity, "line": photo.line})
    of_line = max((sum(1 for photo in photos if photo.line == line) for line in lines), default=0)
    if len(photos) > MOST or of_line > MOST_OF_LINE:
        message = f"{len(photos)} photos, {of_line} of a line; at most {MOST} and {MOST_OF_LINE}"
        raise RefusedError("photos", message, most=MOST, line=MOST_OF_LINE)
    return shots, msgspec.json.encode(hashes).decode() if hashes else ""


def photos(visit: Visit, steps: Iterable[views.Step]) -> list[Photo]:
    """The photos of a visit in the order of its lines, given its story."""
    hashes: dict[str, Hash] = {}
    arrivals: dict[str, views.Step] = {}
    for step in steps:
        if step.kind == PHOTOGRAPHED:
            arrivals[step.said["evidence"]] = step
        elif "photos" in step.texts:
            hashes = msgspec.json.decode(step.texts["photos"], type=dict[str, Hash])
    return [
        Photo(shot.id, shot.line, hashes.get(shot.id), arrivals.get(shot.id))
        for shot in visit.photos
    ]


class Photos:
    """See module."""

    def __init__(self, office: Office, files: Files) -> None:
        self._office, self._files = office, files
        self._steps = Stepping(office)

    def add(self, draft_id: str, photo: str, body: bytes, by: str) -> str:
        """Keep a photo that a visit announced; returns its id. One that is there changes nothing.

        Raises RefusedError: the visit is not there yet, did not announce it, or it is another.
        """
        office, identity = self._office, _photo(draft_id, by, photo)
        with office.batch() as batch:
            visit = visit_of(batch.connection, derived_id(draft_id, by))
            if visit is None:
                raise RefusedError("photo_visit", "this draft is no visit yet; send it first")
            steps = views.story(office.ledger, visit.id)
            announced_photo = next(
                (shot for shot in photos(visit, steps) if shot.id == identity), None
            )
            if announced_photo is None or announced_photo.told is None:
                raise RefusedError("photo_unknown", f"{photo[:80]!r} was not announced")
            if announced_photo.step is not None:
                return identity
            kept = keep_photo(self._files, announced_photo.id, body, announced_photo.told.sha256)
            try:
                self._append(batch, visit, kept, announced_photo.line, by)
            except BaseException:
                self._files.drop(identity)
                raise
        self._files.mark_named(identity)
        return identity

    def read(self, photo: Photo) -> bytes:
        """A photo as it was taken. KeyError: it is not here; RefusedError: it was changed."""
        if photo.step is None:
            raise KeyError(photo.id)
        payload = photo.step.said
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
                    self._steps.hold(batch, case, Taken("evidence_added", office.today(), by))
                except RefusedStepError:
                    continue  # it stays with the visit, where the case points to
                piece = _piece(office, visit, kept, line)
                day = office.today()
                self._steps.append(batch, case, "evidence_added", by, day, *piece)


def carried(
    office: Office, connection: Connection, inspection: str, party: str, item: str
) -> Iterator[tuple[dict[str, Any], Mapping[str, str]]]:
    """Photos of a visit that show a violation of an item, as pieces of evidence of a case."""
    visit = visit_of(connection, inspection)
    if visit is None or visit.enterprise != party or not visit.photos:
        return
    lines = _violated(visit, item)
    for photo in photos(visit, views.story(office.ledger, inspection)):
        if photo.line in lines and photo.step is not None and "salt" in photo.step.texts:
            payload, name = photo.step.said, f"{photo.id}.{ENDINGS[photo.step.said['media']]}"
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
    """What an entry of a case says of it, and its texts."""
    payload = {**kept.payload("electronic"), "inspection": visit.id, "line": line}
    try:
        listed = office.rules.checklist(visit.checklist, visit.day).lines
    except ValueError:  # this list is not kept here any more
        listed = ()
    shown = next((entry.zh for entry in listed if entry.name == line), line)
    note = words("zh").gettext("photo.piece") % {"day": visit.day.isoformat(), "line": shown}
    return payload, {"words": note, "name": kept.name, "salt": kept.salt}


def _violated(visit: Visit, item: str) -> set[str]:
    """Lines on which a violation of an item was found."""
    return {mark.line for mark in visit.lines if mark.item == item and mark.result == "violation"}


def _cases(connection: Connection, visit: Visit) -> Iterator[Penalty]:
    """Cases that came of a visit, and still take evidence."""
    column = tables.penalty.c
    open_ = column.status.in_(STEPS["penalty.evidence_added"][0])
    query = select(column.state).where(column.party == visit.enterprise, open_)
    for state in connection.scalars(query).all():
        case = msgspec.json.decode(state, type=Penalty)
        if case.inspection == visit.id:
            yield case


def _photo(draft_id: str, by: str, photo: str) -> str:
    """The id of a photo of a draft."""
    return derived_id(draft_id, by, "photo\n" + derived_id(photo, by))
