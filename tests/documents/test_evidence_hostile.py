"""Files that pretend to be packs are refused, quickly and within limits."""

import io
import struct
import time
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pack_house import checked, faults, zipped

from lianzhi.documents import forms, opened


def refused(data: bytes) -> str:
    found = faults(data)
    assert found.keys() == {"files"}
    return found["files"]


def archive(members, **options) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for info, data in members:
            target.writestr(info, data, **options)
    return out.getvalue()


@pytest.mark.parametrize("data", [b"", b"PK", b"no zip at all" * 100, b"PK\x05\x06" + bytes(18)])
def test_what_is_no_zip_is_refused(data: bytes) -> None:
    assert "not an evidence pack" in refused(data)


@pytest.mark.parametrize(
    "name", ["../README.txt", "/etc/passwd", "a/b", "read\u202eme.txt", "README.TXT", "C:\\x", "x/"]
)
def test_strange_names_are_refused(files: dict[str, bytes], name: str) -> None:
    changed = dict(files)
    changed[name] = changed.pop(forms.README)
    assert "which no pack has" in refused(zipped(changed))


def test_a_name_that_is_not_utf8_is_refused(files: dict[str, bytes]) -> None:
    data = zipped(files).replace(b"README.txt", b"READM\xff.txt")
    assert refused(data)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_members_of_one_name_are_refused(files: dict[str, bytes]) -> None:
    members = [(zipfile.ZipInfo(name), data) for name, data in files.items()]
    twice = [*members[:-1], members[0]]
    assert "twice" in refused(archive(twice))
    assert "members, not 10" in refused(archive([*members, members[0]]))


def test_a_directory_of_many_members_is_refused_unread() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as target:
        for n in range(20_000):
            target.writestr(f"{n}", b"")
    started = time.perf_counter()
    assert "20000 members" in refused(out.getvalue())
    assert time.perf_counter() - started < 0.1


def test_a_bomb_is_refused_before_it_unfolds(files: dict[str, bytes]) -> None:
    bomb = zipped({**files, forms.EVENTS: bytes(100 << 20)})
    assert len(bomb) < 1 << 20
    started = time.perf_counter()
    assert "would unfold" in refused(bomb)
    assert time.perf_counter() - started < 0.1


def test_a_member_larger_than_it_may_be_is_refused(files: dict[str, bytes]) -> None:
    import random

    noise = random.Random(1).randbytes(opened.LIMITS[forms.README] + 1)
    assert "at most" in refused(zipped({**files, forms.README: noise}))


def test_a_member_that_says_it_is_small_unfolds_no_further(files: dict[str, bytes]) -> None:
    good = zipped({**files, forms.README: b"a" * 60_000})
    size = struct.pack("<I", 60_000)
    assert good.count(size) >= 2
    assert faults(good.replace(size, struct.pack("<I", 10)))


def test_a_line_without_end_is_refused(files: dict[str, bytes], monkeypatch) -> None:
    monkeypatch.setattr(opened, "LINE_BYTES", 1 << 12)
    monkeypatch.setattr(opened, "RATIO", 10**6)
    found = faults(zipped({**files, forms.EVENTS: b"x" * (1 << 20)}))
    assert "has a line of more than" in found["events"]


@pytest.mark.parametrize("bits", [0o120777, 0o040755, 0o060666])
def test_links_folders_and_devices_are_refused(files: dict[str, bytes], bits: int) -> None:
    members = []
    for name, data in files.items():
        info = zipfile.ZipInfo(name)
        info.create_system = 3
        info.external_attr = (bits if name == forms.README else 0o100644) << 16
        members.append((info, data))
    assert "is no plain file" in refused(archive(members))


def test_an_encrypted_member_is_refused(files: dict[str, bytes]) -> None:
    data = bytearray(zipped(files))
    at = data.index(b"PK\x01\x02")
    data[at + 8] |= 1
    assert "is encrypted" in refused(bytes(data))


def test_other_methods_and_64_bit_sizes_are_refused(files: dict[str, bytes]) -> None:
    members = [(zipfile.ZipInfo(name), data) for name, data in files.items()]
    assert "method" in refused(archive(members, compress_type=zipfile.ZIP_LZMA))
    good = zipped(files)
    assert refused(good[:-22] + b"PK\x06\x07" + bytes(16) + good[-22:])
    assert refused(good + b"comment")
    assert refused(b"prefix" + good)


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_a_damaged_container_never_ends_in_a_crash(pack: bytes, data: st.DataObject) -> None:
    changed = bytearray(pack)
    for _ in range(data.draw(st.integers(1, 8))):
        changed[data.draw(st.integers(0, len(pack) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.one_of(st.none(), st.integers(0, len(pack))))
    checked(bytes(changed[:cut]))


@settings(max_examples=100, deadline=None)
@given(
    name=st.sampled_from((forms.ENTRIES, forms.EVENTS, forms.PEOPLE, forms.MANIFEST)),
    lines=st.lists(
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(max_size=5),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(
                    st.sampled_from(("index", "seq", "payload", "x")), inner, max_size=4
                )
            ),
            max_leaves=8,
        ),
        max_size=3,
    ),
)
def test_strange_lines_are_faults_and_no_crash(files: dict[str, bytes], name: str, lines) -> None:
    import json

    data = b"".join(json.dumps(line).encode() + b"\n" for line in lines)
    assert faults(zipped({**files, name: data}))
