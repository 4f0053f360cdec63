"""Files that people attach: whole or not there, under a commitment, gone with a refused act."""

import hashlib
import io
import os
import time
import uuid
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianzhi.kit.downloads import attachment
from lianzhi.office.drafts import derived_id
from lianzhi.office.file_names import plain_name, served_name
from lianzhi.office.files import MOST_BYTES, Files, media_of
from lianzhi.office.photos import keep_photo
from lianzhi.office.refusal import Refusal

BODY = "现场".encode()
JPEG = b"\xff\xd8\xff\xe0" + b"door" * 40


@pytest.fixture
def files(tmp_path):
    return Files(tmp_path)


def stored(home):
    return {path.name for path in (home / "evidence").iterdir()}


def markers(home):
    return {path.name for path in (home / "evidence-unnamed").iterdir()}


def rule(act, *args):
    with pytest.raises(Refusal) as refused:
        act(*args)
    return refused.value.rule


def test_an_act_that_is_refused_leaves_nothing(files, tmp_path):
    with pytest.raises(RuntimeError), files.keeping("photo.txt", BODY):
        raise RuntimeError
    assert stored(tmp_path) == markers(tmp_path) == set()
    with files.keeping("photo.txt", BODY) as kept:
        assert markers(tmp_path) == {kept.id}
    assert stored(tmp_path) == {kept.id}
    assert markers(tmp_path) == set()


def test_a_file_is_read_as_it_was_committed_to(files, tmp_path):
    kept = files.keep("photo.txt", BODY)
    assert (kept.media, kept.size) == ("text/plain", len(BODY))
    assert files.read_verified(kept.id, kept.salt, kept.commitment) == BODY
    (tmp_path / "evidence" / kept.id).write_bytes(b"other")
    assert rule(files.read_verified, kept.id, kept.salt, kept.commitment) == "file_changed"
    files.drop(kept.id)
    assert not files.has(kept.id)
    for identity in (kept.id, "../evidence"):
        with pytest.raises(KeyError):
            files.read(identity)


def test_what_cannot_be_kept_is_refused(files):
    assert rule(files.keep, "a", b"") == "file_size"
    assert rule(files.keep, "a", bytes(MOST_BYTES + 1)) == "file_size"
    assert rule(files.keep, "a", b"MZ\x00\x00") == "file_kind"
    assert rule(files.refer, "a", "vault 7", "ab") == "hash"
    assert rule(files.refer, "a", " ", "ab" * 32) == "where"
    assert files.refer("a", "vault 7", "AB" * 32).name == "a · vault 7"


@pytest.mark.parametrize(
    ("body", "media"),
    [(JPEG, "image/jpeg"), (b"RIFF0000WEBPVP8 ", "image/webp"), (b"%PDF-1.7", "application/pdf"),
     (b"PK\x03\x04", "application/zip"), (BODY, "text/plain"), (b"a\x00", ""), (b"\xff\xfe", "")],
)  # fmt: skip
def test_the_media_type_follows_from_the_bytes(body, media):
    assert media_of(body) == media


def test_what_a_crash_left_is_removed_after_an_hour(files, tmp_path):
    known, lost = (files.keep("photo.txt", BODY).id for _ in range(2))
    (tmp_path / "evidence" / ".half.1").write_bytes(b"x")
    assert not files.has_leftovers()
    for path in tmp_path.glob("evidence*/*"):
        os.utime(path, (time.time() - 7200, time.time() - 7200))
    assert files.has_leftovers()
    assert files.remove_leftovers({known}) == 2
    assert stored(tmp_path) == {known}
    assert lost not in markers(tmp_path)


def test_a_photo_has_to_be_the_one_that_was_announced(files):
    digest = hashlib.sha256(JPEG).hexdigest()
    assert keep_photo(files, "a1", JPEG, digest).name == "a1.jpg"
    assert rule(keep_photo, files, "a2", JPEG, "") == "photo_changed"
    assert rule(keep_photo, files, "a2", BODY, digest) == "photo_kind"
    assert rule(keep_photo, files, "a2", b"", digest) == "file_size"


def test_ids_follow_from_the_draft_and_who_sent_it():
    draft = str(uuid.UUID(int=7))
    assert derived_id(draft, "li") == derived_id(draft.upper(), "li")
    ids = {derived_id(draft, "li"), derived_id(draft, "wang"), derived_id(draft, "li", "photo")}
    assert len(ids) == 3
    assert rule(derived_id, "no", "li") == "draft"


def zipped(name="a.txt"):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(name, "x")
    return out.getvalue()


@pytest.mark.parametrize("head", [b"%PDF-1.7\n%%EOF\n", JPEG, b"\x89PNG\r\n\x1a\n"])
def test_a_document_or_picture_that_is_an_archive_too_is_refused(files, tmp_path, head):
    assert rule(files.keep, "a.pdf", head + zipped()) == "file_two_kinds"
    assert not (tmp_path / "evidence").exists()
    assert files.keep("a.pdf", head).media == media_of(head)
    assert files.keep("a.docx", zipped()).media == "application/zip"


@pytest.mark.parametrize(
    "body",
    [b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
     b"<!DOCTYPE html><script>alert(1)</script>", b"%!PS", b"#!/bin/sh\n"],
)  # fmt: skip
def test_what_a_browser_could_run_is_plain_text(files, body):
    kept = files.keep("page.html", body)
    assert (kept.media, served_name(kept.id, kept.media, kept.name)) == (
        "text/plain",
        f"{kept.id}.txt",
    )


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("现场照片.jpg", "现场照片.jpg"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\li\\a.pdf", "a.pdf"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("a\u200b\ufeff\u2066b.png", "ab.png"),
        ("a\r\nSet-Cookie: x\x00.txt", "aSet-Cookie: x.txt"),
        ("a\ud800.txt", "a.txt"),
        ("...", "file"),
        ("", "file"),
        ("\u202e", "file"),
    ],
)
def test_a_name_is_kept_without_what_could_disguise_it(files, sent, kept):
    assert files.keep(sent, BODY).name == kept


@given(st.text())
def test_any_name_becomes_one_line_of_200_characters_that_stays_as_it_is(sent):
    name = plain_name(sent)
    assert 1 <= len(name) <= 200
    assert "/" not in name
    assert name.isprintable()
    assert plain_name(name) == name


def test_a_long_name_keeps_its_ending():
    assert plain_name("x" * 5000 + ".pdf").endswith("….pdf")


@pytest.mark.parametrize(
    ("media", "kept", "ending"),
    [("image/jpeg", "a.exe", ".jpg"), ("image/jpeg", "a.JPEG", ".jpeg"),
     ("application/zip", "a.docx", ".docx"), ("application/zip", "a.docm", ".zip"),
     ("application/pdf", "a.html", ".pdf"), ("", "a.html", ".bin")],
)  # fmt: skip
def test_a_file_is_handed_out_with_an_ending_that_fits_its_content(media, kept, ending):
    assert served_name("0a", media, kept) == f"0a{ending}"


@pytest.mark.parametrize(
    ("name", "disposition"),
    [
        ("a-1.zip", 'attachment; filename="a-1.zip"'),
        ('a".html', "attachment; filename*=UTF-8''a%22.html"),
        ("a\r\nX: y", "attachment; filename*=UTF-8''a%0D%0AX%3A%20y"),
        ("名单.csv", "attachment; filename*=UTF-8''%E5%90%8D%E5%8D%95.csv"),
    ],
)
def test_no_name_can_break_out_of_its_header(name, disposition):
    answer = attachment(b"<script>", name, "text/plain")
    assert answer.headers["content-disposition"] == disposition
