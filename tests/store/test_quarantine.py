"""Quarantine: rows come back as they were, the file is bounded, a person can be erased from it."""

import json
from base64 import b64encode
from pathlib import Path

import pytest

from lianzhi.flow.quarantine import Rejected
from lianzhi.record.mention import mentions
from lianzhi.store.quarantine import FileQuarantine


def rejected(line: int, raw: bytes = b"\xff\x00{", detail: str = "why") -> Rejected:
    return Rejected(line, "broken_json", detail, raw)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "home" / "quarantine.ndjson"


def opened(path: Path, most: int = 1 << 20) -> FileQuarantine:
    return FileQuarantine(path, lambda: 42, most)


def test_rows_come_back_newest_first(path: Path) -> None:
    held = opened(path)
    assert held.list() == []
    assert not path.parent.exists(), "listing makes nothing"
    held.hold("file.ndjson", [rejected(1), rejected(2)])
    held.hold("key-7", [rejected(9)])
    held.hold("nobody", [])
    again = opened(path)
    assert again.count() == 3
    assert [(h.at, h.origin, h.row) for h in again.list(2)] == [
        (42, "key-7", rejected(9)),
        (42, "file.ndjson", rejected(2)),
    ]
    assert [h.row.line for h in again.list(2, newest_first=False)] == [1, 2]


def test_half_a_row_that_a_crash_left_costs_no_other(path: Path) -> None:
    opened(path).hold("a", [rejected(1), rejected(2)])
    path.write_bytes(path.read_bytes()[:-9])
    held = opened(path)
    assert (held.count(), [h.row.line for h in held.list()]) == (1, [1])
    held.hold("a", [rejected(3)])
    assert [h.row.line for h in opened(path).list()] == [3, 1]
    assert held.erase(mentions("nobody")) == 0


def test_half_a_row_is_gone_at_the_next_start_and_with_it_whoever_it_names(path: Path) -> None:
    opened(path).hold("a", [rejected(1), rejected(2, b'{"actor":"alice","text":"' + b"x" * 60)])
    path.write_bytes(path.read_bytes()[:-30])
    assert b64encode(b'"alice"')[:6] in path.read_bytes()
    opened(path)
    assert [held.row.line for held in opened(path).list()] == [1]
    assert len(path.read_bytes().splitlines()) == 1


def test_garbage_cannot_fill_the_disk(path: Path) -> None:
    held = opened(path, 20_000)
    for n in range(600):
        held.hold("a", [rejected(n)])
    assert path.stat().st_size < 20_200
    assert held.count() == opened(path).count() == len(held.list(1000))
    assert held.list(1)[0].row.line == 599


def test_an_input_that_is_read_again_adds_nothing(path: Path) -> None:
    held = opened(path)
    rows = [rejected(n, b"{%d" % (n % 7)) for n in range(500)]
    assert held.hold("file.ndjson", rows) == 500
    before = path.read_bytes()
    assert held.hold("file.ndjson", rows[::-1]) == 0
    again = opened(path)
    later = [rejected(r.line, r.raw, "it was told in other words then") for r in rows]
    assert again.hold("file.ndjson", later) == 0
    assert path.read_bytes() == before
    different = [rejected(3, b"{4"), rejected(500, b"{3"), rejected(3, b"{3")]
    assert again.hold("file.ndjson", different) == 2, "other bytes, another line"
    assert again.hold("other.ndjson", rows[:9]) == 9, "another origin"
    assert again.count() == opened(path).count() == len(again.list(1000)) == 511


def test_what_was_dropped_or_erased_is_held_when_it_comes_again(path: Path) -> None:
    held = opened(path, 10_000)
    for n in range(200):
        held.hold("a", [rejected(n)])
    kept = {h.row.line for h in held.list(1000)}
    assert held.hold("a", [rejected(n) for n in range(200)]) == 200 - len(kept) > 0
    assert held.erase(lambda text: True) > 0
    assert (held.count(), held.hold("a", [rejected(1)]), held.count()) == (0, 1, 1)


def test_a_person_is_erased_however_the_row_is_written(path: Path) -> None:
    held = opened(path)
    plain = '{"actor": "张三丰", '.encode()
    escaped = json.dumps({"actor": "张三丰"}).encode()[:-1]
    kept = [rejected(4, b'{"actor": "zhang"'), rejected(5, b"\\ud83d\\ude00 \\ud800 \\u12")]
    told = rejected(3, b"{}", "field `target` is '张三丰'")
    held.hold("a", [rejected(1, plain), rejected(2, escaped), told, *kept])
    assert held.erase(mentions("张三丰")) == 3
    assert [h.row for h in opened(path).list(newest_first=False)] == kept
    assert held.count() == 2
    assert [p.name for p in path.parent.iterdir()] == [path.name]
