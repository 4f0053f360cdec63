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
    for one in photos:
        if one.line not in lines:
            raise RefusedError("photo_line", f"photo is of {one.line!r}: mark this line")
        if not is_sha256(one.sha256):
            raise RefusedError("hash", f"sha256 is {one.sha256[:80]!r}; give 64 hexadecimal digits")
        identity = _photo(draft_id, by, one.photo)
        hashes[identity] = Hash(one.sha256, one.taken)
        shots.append({"id": identity, "line": one.line})
    of_line = max((sum(1 for one in photos if one.line == line) for line in lines), default=0)
    if len(photos) > MOST or of_line > MOST_OF_LINE:
        message = f"{len(photos)} photos, {of_line} of a line; at most {MOST} and {MOST_OF_LINE}"
        raise RefusedError("photos", message, most=MOST, line=MOST_OF_LINE)
    return shots, msgspec.json.encode(hashes).decode() if hashes else ""


def photos(one: Visit, steps: Iterable[views.Step]) -> list[Photo]:
    """The photos of a visit in the order of its lines, given its story."""
    told: dict[str, Hash] = {}
    came: dict[str, views.Step] = {}
    for step in steps:
        if step.kind == PHOTOGRAPHED:
            came[step.said["evidence"]] = step
        elif "photos" in step.texts:
            told = msgspec.json.decode(step.texts["photos"], type=dict[str, Hash])
    return [Photo(each.id, each.line, told.get(each.id), came.get(each.id)) for each in one.photos]


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
            one = next((each for each in photos(visit, steps) if each.id == identity), None)
            if one is None or one.told is None:
                raise RefusedError("photo_unknown", f"{photo[:80]!r} was not announced")
            if one.step is not None:
                return identity
            kept = keep_photo(self._files, one.id, body, one.told.sha256)
            try:
                self._append(batch, visit, kept, one.line, by)
            except BaseException:
                self._files.drop(identity)
                raise
        self._files.mark_named(identity)
        return identity

    def read(self, one: Photo) -> bytes:
        """A photo as it was taken. KeyError: it is not here; RefusedError: it was changed."""
        if one.step is None:
            raise KeyError(one.id)
        said = one.step.said
        return self._files.read_verified(one.id, one.step.texts.get("salt", ""), said["commitment"])

    def _append(self, batch: Batch, visit: Visit, kept: KeptFile, line: str, by: str) -> None:
        office = self._office
        said = {"inspection": visit.id, "line": line, "by": by}
        said |= {name: getattr(kept, name) for name in ("media", "size", "commitment")}
        text: dict[str, Text] = {"salt": (kept.salt, (visit.enterprise,))}
        entry = draft(PHOTOGRAPHED, visit.id, office.now(), {**said, "evidence": kept.id}, text)
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
    for one in photos(visit, views.story(office.ledger, inspection)):
        if one.line in lines and one.step is not None and "salt" in one.step.texts:
            said, name = one.step.said, f"{one.id}.{ENDINGS[one.step.said['media']]}"
            facts = (said["media"], said["size"], said["commitment"], one.step.texts["salt"])
            yield _piece(office, visit, KeptFile(one.id, name, *facts), one.line)


def _piece(
    office: Office, visit: Visit, kept: KeptFile, line: str
) -> tuple[dict[str, Any], dict[str, str]]:
    """What an entry of a case says of it, and its texts."""
    said = {**kept.payload("electronic"), "inspection": visit.id, "line": line}
    try:
        listed = office.rules.checklist(visit.checklist, visit.day).lines
    except ValueError:  # this list is not kept here any more
        listed = ()
    shown = next((one.zh for one in listed if one.name == line), line)
    note = words("zh").gettext("photo.piece") % {"day": visit.day.isoformat(), "line": shown}
    return said, {"words": note, "name": kept.name, "salt": kept.salt}


def _violated(visit: Visit, item: str) -> set[str]:
    """Lines on which a violation of an item was found."""
    return {one.line for one in visit.lines if one.item == item and one.result == "violation"}


def _cases(connection: Connection, visit: Visit) -> Iterator[Penalty]:
    """Cases that came of a visit, and still take evidence."""
    column = tables.penalty.c
    open_ = column.status.in_(STEPS["penalty.evidence_added"][0])
    asked = select(column.state).where(column.party == visit.enterprise, open_)
    for state in connection.scalars(asked).all():
        case = msgspec.json.decode(state, type=Penalty)
        if case.inspection == visit.id:
            yield case


def _photo(draft_id: str, by: str, photo: str) -> str:
    """The id of a photo of a draft."""
    return derived_id(draft_id, by, "photo\n" + derived_id(photo, by))
