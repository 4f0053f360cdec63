"""Uploads: kept for an hour, claimed once, removed when forgotten."""

from pathlib import Path

import pytest

from lianzhi.office.refusal import Refusal
from lianzhi.office.uploads import HOUR_MS, MOST, Uploads

NOW = 1_800_000_000_000


def lower(sent):
    return Path(sent).name.lower()


@pytest.fixture
def uploads(tmp_path):
    return Uploads(tmp_path / "uploads", lower)


def test_an_upload_is_kept_under_stored_names_and_claimed_once(uploads):
    upload = uploads.keep({"A.CSV": b"a", "b.json": b"{}"}, NOW)
    folder = uploads.folder(upload, NOW + HOUR_MS - 1)
    assert {path.name for path in folder.iterdir()} == {"a.csv", "b.json"}
    uploads.claim(upload, NOW)
    with pytest.raises(KeyError):
        uploads.claim(upload, NOW)
    uploads.give_back(upload)
    assert uploads.folder(upload, NOW) == folder
    uploads.drop(upload)
    with pytest.raises(KeyError):
        uploads.folder(upload, NOW)


@pytest.mark.parametrize(
    ("files", "rule"), [({"a.csv": b"", "A.xlsx": b""}, "file_twice"), ({}, "no_file")]
)
def test_two_files_of_a_kind_and_none_are_refused(uploads, tmp_path, files, rule):
    with pytest.raises(Refusal) as refused:
        uploads.keep(files, NOW)
    assert refused.value.rule == rule
    assert not (tmp_path / "uploads").exists()


def test_only_so_many_uploads_wait(uploads):
    for _ in range(MOST):
        uploads.keep({"a.csv": b"x"}, NOW)
    with pytest.raises(Refusal) as refused:
        uploads.keep({"a.csv": b"x"}, NOW)
    assert refused.value.rule == "uploads"
    assert uploads.keep({"a.csv": b"x"}, NOW + HOUR_MS)
