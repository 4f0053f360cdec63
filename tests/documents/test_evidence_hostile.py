"""Files that pretend to be packs are refused, quickly and within limits."""

import io
import struct
import time
import tracemalloc
import zipfile
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pack_house import checked, faults, files_of, resigned, with_lines, zipped

from lianzhi.documents import forms, pack_reader
from lianzhi.documents.pack import member
from lianzhi.documents.verify import verify


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

    noise = random.Random(1).randbytes(pack_reader.LIMITS[forms.README] + 1)
    assert "at most" in refused(zipped({**files, forms.README: noise}))


def test_a_member_that_says_it_is_small_unfolds_no_further(files: dict[str, bytes]) -> None:
    good = zipped({**files, forms.README: b"a" * 60_000})
    size = struct.pack("<I", 60_000)
    assert good.count(size) >= 2
    assert faults(good.replace(size, struct.pack("<I", 10)))


def test_a_line_without_end_is_refused(files: dict[str, bytes], monkeypatch) -> None:
    monkeypatch.setattr(pack_reader, "LINE_BYTES", 1 << 12)
    monkeypatch.setattr(pack_reader, "RATIO", 10**6)
    found = faults(zipped({**files, forms.EVENTS: b"x" * (1 << 20)}))
    assert "has a line of more than" in found["events"]


@pytest.mark.parametrize("bits", [0o120777, 0o040755, 0o060666])
def test_links_folders_and_devices_are_refused(files: dict[str, bytes], bits: int) -> None:
    members = []
    for name, data in files.items():
        info = member(name)
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


def ended(members: bytes, directory: bytes, place: int) -> bytes:
    """The file that has these bytes, as its end record says."""
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 10, 10, len(directory), place, 0)
    return members + directory + end


def moved(directory: bytes, first: int, by: int) -> bytes:
    """The directory with its members from this one on so many bytes further behind."""
    out, at = bytearray(directory), 0
    for number in range(10):
        (place,) = struct.unpack_from("<L", out, at + 42)
        struct.pack_into("<L", out, at + 42, place + (by if number >= first else 0))
        at += 46 + struct.unpack_from("<H", out, at + 28)[0]
    return bytes(out)


def hidden(pack: bytes, where: str) -> bytes:
    """The pack with something in it that a reader of its members does not see."""
    place = struct.unpack("<L", pack[-6:-2])[0]
    members, directory = pack[:place], pack[place:-22]
    planted = zipped({"confession.txt": b"planted"})
    planted = planted[: planted.index(b"PK\x01\x02")]
    second = struct.unpack_from("<L", directory, 46 + len(forms.ENTRIES) + 42)[0]
    if where == "behind the last":
        return ended(members + planted, directory, place + len(planted))
    if where == "between two":
        longer = members[:second] + planted + members[second:]
        return ended(longer, moved(directory, 1, len(planted)), place + len(planted))
    if where == "before the first":
        size = len(planted)
        return ended(planted + members, moved(directory, 0, size), place + size)
    if where == "behind the end of a member":
        longer = bytearray(members[:second] + planted + members[second:])
        size = struct.unpack_from("<L", longer, 18)[0] + len(planted)
        struct.pack_into("<L", longer, 18, size)
        further = bytearray(moved(directory, 1, len(planted)))
        struct.pack_into("<L", further, 20, size)
        return ended(bytes(longer), bytes(further), place + len(planted))
    assert where == "behind the directory"
    twice = members + directory + b"PK\x05\x06" + planted
    return ended(twice, directory, len(twice))


@pytest.mark.parametrize(
    "where",
    ["behind the last", "between two", "before the first", "behind the directory"],
)
def test_nothing_lies_between_the_members(pack: bytes, where: str) -> None:
    data = hidden(pack, where)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None, "a reader of the members finds no fault"
    assert "nobody would see" in refused(data)


def test_nothing_lies_behind_the_end_of_a_member(pack: bytes) -> None:
    data = hidden(pack, "behind the end of a member")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
    assert "behind its end" in faults(data)["entries"]


@pytest.mark.parametrize(
    "change",
    [
        {"date_time": (2020, 1, 1, 0, 0, 0)},
        {"comment": b"seen by the court"},
        {"extra": b"\x99\x99\x04\x00more"},
        {"external_attr": 0o100600 << 16},
        {"create_system": 0},
        {"internal_attr": 1},
    ],
)
def test_nothing_is_said_of_a_member_but_what_packs_say(
    files: dict[str, bytes], change: dict[str, object]
) -> None:
    members = []
    for name, data in files.items():
        info = member(name)
        for field, value in change.items() if name == forms.README else ():
            setattr(info, field, value)
        members.append((info, data))
    assert "nobody would see" in refused(archive(members))


def test_files_in_another_order_are_refused(files: dict[str, bytes]) -> None:
    assert "another order" in refused(zipped(dict(reversed(files.items()))))


def test_people_whom_nothing_names_are_not_collected(node, files: dict[str, bytes]) -> None:
    lines = [{"token": f"p_{n:09d}", "account": None} for n in range(300_000)]
    many = resigned(with_lines(files, forms.PEOPLE, lines), node.ledger.signer)
    tracemalloc.start()
    found = faults(many, node.ledger.signer.verifier)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "whom entries and events can name" in found["people"]
    assert most < 10 << 20


def test_without_entries_that_stand_people_and_events_are_not_read(
    node, files: dict[str, bytes]
) -> None:
    none = with_lines(files, forms.ENTRIES, [])
    found = faults(resigned(none, node.ledger.signer))
    assert found["people"] == found["events"] == "not read, since the entries do not stand"
    assert "files" not in found


@settings(max_examples=150)
@given(data=st.data())
def test_any_flipped_bit_is_refused(pack: bytes, data: st.DataObject) -> None:
    """What nothing reads, the fill bits of deflated data, is covered by the digest alone."""
    changed, digest = bytearray(pack), sha256(pack).hexdigest()
    changed[data.draw(st.integers(0, len(pack) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    verdict = verify(io.BytesIO(changed), sha256=digest)
    assert not verdict.ok
    without = verify(io.BytesIO(changed))
    assert not without.ok or files_of(bytes(changed)) == files_of(pack)


def test_the_digest_of_the_export_is_that_of_the_file(pack: bytes) -> None:
    for digest in (sha256(pack).hexdigest(), sha256(pack).hexdigest().upper()):
        assert verify(io.BytesIO(pack), sha256=digest).ok
    assert not verify(io.BytesIO(pack), sha256="00" * 32).ok


def test_fill_bits_of_a_member_are_covered_by_the_digest(pack: bytes) -> None:
    filled = [bytearray(pack) for _ in range(8)]
    with zipfile.ZipFile(io.BytesIO(pack)) as archive:
        ends = [info.header_offset for info in archive.infolist()][1:]
    passed = []
    for end in ends:
        for bit, changed in enumerate(filled):
            changed[end - 1] ^= 1 << bit
            if verify(io.BytesIO(changed)).ok:
                passed.append(bytes(changed))
            changed[end - 1] ^= 1 << bit
    assert passed, "some member does not end at a byte"
    digest = sha256(pack).hexdigest()
    assert not any(verify(io.BytesIO(changed), sha256=digest).ok for changed in passed)


@settings(max_examples=150)
@given(data=st.data())
def test_a_damaged_container_never_ends_in_a_crash(pack: bytes, data: st.DataObject) -> None:
    changed = bytearray(pack)
    for _ in range(data.draw(st.integers(1, 8))):
        changed[data.draw(st.integers(0, len(pack) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.one_of(st.none(), st.integers(0, len(pack))))
    checked(bytes(changed[:cut]))


@settings(max_examples=100)
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
