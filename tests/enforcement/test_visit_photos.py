"""Photos of a visit: announced with it, kept once, checked on download, carried into a case."""

import hashlib
import os
import re
import struct
import uuid
import zlib

import pytest
from enforcement_house import FACTS, HOUR, START
from visit_web import NOW, Console, opened

from lianzhi.domains.enforcement.desk import photos as desk_photos
from lianzhi.domains.enforcement.desk.office import RefusedError
from lianzhi.domains.enforcement.desk.photos import PHOTOGRAPHED
from lianzhi.domains.enforcement.queries import tables, views
from lianzhi.office.photos import MOST_BYTES
from lianzhi.store.audit import audit
from lianzhi.store.ledger import custody

JPEG = b"\xff\xd8\xff\xe0" + b"exit blocked" * 40
WEBP = b"RIFF\x10\x00\x00\x00WEBPVP8 "
LINE, ITEM = "fire.exit_clear", "fire.exit_blocked"


def png():
    """A picture of one grey pixel."""
    parts = ((b"IHDR", struct.pack(">2I5B", 1, 1, 8, 0, 0, 0, 0)),
             (b"IDAT", zlib.compress(b"\0\x7f")), (b"IEND", b""))  # fmt: skip
    chunks = (
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in parts
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


class Walk:
    """A visit on a phone, with photos to be sent."""

    def __init__(self, node, who):
        self.node, self.who, self.draft = node, who, str(uuid.uuid4())
        self.photos = []

    def shoot(self, body=JPEG, line=LINE, digest=None):
        photo = str(uuid.uuid4())
        digest = digest or hashlib.sha256(body).hexdigest()
        self.photos.append((f"photo.{line}", f"{photo}:{digest}:{NOW - HOUR}"))
        return photo

    def send(self, **more):
        said = {"draft": self.draft, "enterprise": "E0001", "day": START.isoformat(),
                "code": self.node.desks["enforcement"].visits.code("E0001", START),
                "reason": "request", "officers": "li,wang",
                f"mark.{LINE}": "violation", "mark.fire.hoods": "good"} | more  # fmt: skip
        for name, value in self.photos:
            said.setdefault(name, []).append(value)
        answer = self.who.post("/enforcement/visit", **said)
        self.inspection = answer.json().get("inspection", "")
        return answer

    def upload(self, photo, body=JPEG, who=None, draft=None):
        who = who or self.who
        return who.client.post(
            "/enforcement/visit/photo",
            data={"draft": draft or self.draft, "photo": photo},
            files={"file": ("photo.jpg", body)},
            headers={"accept": "application/json", "x-csrf-token": who.token},
        )

    def page(self):
        return self.who.get(f"/enforcement/inspections/{self.inspection}").text

    def case(self, item=ITEM, party="E0001"):
        penalties = self.node.desks["enforcement"].penalties
        return penalties.file(
            item, party, FACTS, START, ["li", "wang"], "li", "堵塞", inspection=self.inspection
        )


@pytest.fixture
def node(tmp_path):
    with opened(tmp_path) as node:
        yield node


@pytest.fixture
def walk(node):
    return Walk(node, Console(node, "li"))


def files(node):
    folder = node.home / "evidence"
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def rule(answer):
    return answer.status_code, answer.json()["rule"]


def test_a_photo_that_was_announced_is_kept_and_handed_out_as_it_was(node, walk):
    photo = walk.shoot()
    assert walk.send().status_code == 200
    assert "尚未收到" in walk.page()
    kept = walk.upload(photo).json()["photo"]
    page = walk.page()
    assert hashlib.sha256(JPEG).hexdigest() in page
    assert "尚未收到" not in page
    answer = walk.who.get(f"/enforcement/inspections/{walk.inspection}/photos/{kept}")
    assert (answer.content, answer.headers["content-type"]) == (JPEG, "image/jpeg")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-disposition"] == f'attachment; filename="{kept}.jpg"'
    (entry,) = [step for step in views.story(node.ledger, walk.inspection)
                if step.kind == PHOTOGRAPHED]  # fmt: skip
    salted = bytes.fromhex(entry.texts["salt"]) + JPEG
    assert entry.payload["commitment"] == hashlib.sha256(salted).hexdigest()
    assert hashlib.sha256(JPEG).hexdigest() not in str(entry.payload)  # no plain hash in the open


def test_a_photo_sent_twice_is_kept_once(node, walk):
    photo = walk.shoot()
    walk.send()
    first = walk.upload(photo).json()
    size = node.ledger.size
    assert walk.upload(photo).json() == first
    assert (node.ledger.size, files(node)) == (size, [first["photo"]])


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"%PDF-1.7 of a page", "photo_kind"),
        (b"RIFF\x10\x00\x00\x00WAVEfmt ", "photo_kind"),
        (b"a photo, I swear", "photo_kind"),
        (b"", "file_size"),
        (b"\xff\xd8\xff" + bytes(MOST_BYTES), "file_size"),
    ],
)
def test_what_is_no_photo_is_refused_and_leaves_nothing(node, walk, body, why):
    photo = walk.shoot(body)
    walk.send()
    size = node.ledger.size
    assert rule(walk.upload(photo, body)) == (422, why)
    assert (node.ledger.size, files(node)) == (size, [])


@pytest.mark.parametrize("body", [JPEG, png(), WEBP])
def test_kinds_that_phones_make(walk, body):
    photo = walk.shoot(body)
    walk.send()
    assert walk.upload(photo, body).status_code == 200


def test_none_is_added_later_or_exchanged_or_sent_by_somebody_else(node, walk):
    wang, ann = Console(node, "wang"), Console(node, "ann")
    photo = walk.shoot()
    assert rule(walk.upload(photo)) == (422, "photo_visit")
    walk.send()
    size = node.ledger.size
    assert rule(walk.upload(photo, png())) == (422, "photo_changed")
    assert rule(walk.upload(str(uuid.uuid4()))) == (422, "photo_unknown")
    assert rule(walk.upload("1")) == (422, "draft")
    assert rule(walk.upload(photo, who=wang)) == (422, "photo_visit")
    assert walk.upload(photo, who=ann).status_code == 403
    assert (node.ledger.size, files(node)) == (size, [])


def test_an_announcement_that_makes_no_sense_is_refused_and_nothing_stands(node, walk):
    size = node.ledger.size
    walk.shoot(line="fire.gas")
    assert rule(walk.send()) == (422, "photo_line")
    walk.photos = []
    walk.shoot(digest="0" * 63)
    assert rule(walk.send()) == (422, "hash")
    walk.photos = []
    for _ in range(desk_photos.MOST_OF_LINE + 1):
        walk.shoot()
    assert rule(walk.send()) == (422, "photos")
    assert node.ledger.size == size


def test_a_failure_between_file_and_entry_leaves_no_file(node, walk, monkeypatch):
    photo = walk.shoot()
    walk.send()
    desk = node.desks["enforcement"].photos

    def fail(*_):
        raise OSError("disk full")

    monkeypatch.setattr(desk, "_append", fail)
    size = node.ledger.size
    with pytest.raises(OSError, match="disk full"):
        walk.node.desks["enforcement"].photos.add(walk.draft, photo, JPEG, "li")
    assert (node.ledger.size, files(node)) == (size, [])
    monkeypatch.undo()
    assert walk.upload(photo).status_code == 200


def test_what_was_cut_off_while_written_goes_after_a_start(tmp_path):
    with opened(tmp_path):
        (tmp_path / "evidence").mkdir(exist_ok=True)
        (tmp_path / "evidence" / ".abc.1").write_bytes(b"half")
        os.utime(tmp_path / "evidence" / ".abc.1", (0, 0))
    with opened_again(tmp_path) as node:
        node.desks["enforcement"].tick()
        assert files(node) == []


def opened_again(home):
    from lianzhi.config import Config
    from lianzhi.jobs.node import Node

    return Node(home, Config(domains=("enforcement",)), clock=lambda: NOW)


def test_a_photo_that_was_changed_on_disk_is_not_handed_out(node, walk):
    photo = walk.shoot()
    walk.send()
    kept = walk.upload(photo).json()["photo"]
    case = walk.case()
    path = node.home / "evidence" / kept
    path.chmod(0o600)
    path.write_bytes(JPEG.replace(b"blocked", b"cleared"))
    for where in (f"inspections/{walk.inspection}/photos", f"penalties/{case}/evidence"):
        answer = walk.who.get(f"/enforcement/{where}/{kept}")
        assert answer.status_code == 422
        assert "摘要不符" in answer.text
    path.unlink()
    gone = walk.who.get(f"/enforcement/inspections/{walk.inspection}/photos/{kept}")
    assert gone.status_code == 404


def test_a_case_takes_over_the_photos_of_its_violation(node, walk):
    shown, other = walk.shoot(), walk.shoot(png(), "fire.hoods")
    walk.send()
    kept = walk.upload(shown).json()["photo"]
    walk.upload(other, png())
    case = walk.case()
    steps = views.story(node.ledger, case)
    (piece,) = [step for step in steps if step.kind == "penalty.evidence_added"]
    assert (piece.payload["evidence"], piece.payload["inspection"]) == (kept, walk.inspection)
    taken = next(step for step in views.story(node.ledger, walk.inspection)
                 if step.payload.get("evidence") == kept)  # fmt: skip
    assert piece.payload["commitment"] == taken.payload["commitment"]
    answer = walk.who.get(f"/enforcement/penalties/{case}/evidence/{kept}")
    assert answer.content == JPEG
    page = walk.who.get(f"/enforcement/penalties/{case}").text
    assert f"/enforcement/inspections/{walk.inspection}#photos-{LINE}" in page
    desk = node.desks["enforcement"]
    desk.penalties.notice(case, FACTS, 20_000, "li", "拟处罚款")  # evidence enough


def test_a_photo_that_comes_after_the_case_was_filed_joins_it(node, walk):
    photo = walk.shoot()
    walk.send()
    case = walk.case()
    with node.desks["enforcement"].office.reading() as connection:
        assert node.desks["enforcement"].office.penalty(connection, case).evidence == 0
    walk.upload(photo)
    walk.upload(photo)
    kinds = [step.kind for step in views.story(node.ledger, case)]
    assert kinds.count("penalty.evidence_added") == 1


def test_no_other_party_gets_the_photos(node, walk):
    node.desks["enforcement"].registers.enterprises(
        [{"id": "E0002", "name": "东门仓库", "industry": "warehouse", "grid": "G02"}], "test"
    )
    photo = walk.shoot()
    walk.send()
    walk.upload(photo)
    with pytest.raises(RefusedError) as refused:
        walk.case(party="E0002")
    assert refused.value.rule == "inspection"


def test_erasing_the_enterprise_erases_its_photos_and_every_proof_holds(node, walk):
    photo, late = walk.shoot(), walk.shoot(png())
    walk.send()
    kept = walk.upload(photo).json()["photo"]
    assert files(node) == [kept]
    node.erasure.erase("E0001")
    assert files(node) == []
    page = walk.page()
    assert page.count("已删除") >= 2
    assert hashlib.sha256(JPEG).hexdigest() not in page
    assert rule(walk.upload(late, png())) == (422, "photo_unknown")
    where = f"/enforcement/inspections/{walk.inspection}/photos/{kept}"
    assert walk.who.get(where).status_code == 404
    assert audit(node.engine, *custody(node.home, node.config.origin)).ok
    node.ledger.rebuild()
    with node.engine.connect() as connection:
        (one,) = tables.inspection.every(connection)
    assert len(one.photos) == 2


def test_who_looks_at_a_photo_is_on_the_record_and_who_may_not_sees_none(node, walk):
    photo = walk.shoot()
    walk.send()
    kept = walk.upload(photo).json()["photo"]
    where = f"/enforcement/inspections/{walk.inspection}/photos/{kept}"
    assert Console(node, "ann").get(where).status_code == 403
    size = node.ledger.size
    assert Console(node, "reader").get(where).status_code == 200
    looked = [entry for entry in node.ledger.entries(size) if entry.ref == walk.inspection]
    assert len(looked) == 1


def test_photos_are_announced_in_the_form_of_the_walk(walk):
    page = walk.who.get("/enforcement/visit/walk?type=restaurant").text
    assert re.search(r'type="file" accept="image/\*" capture="environment"', page)
