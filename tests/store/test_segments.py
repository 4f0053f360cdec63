"""Segments: what was synced is there after every kind of end, in order, once, and can be erased."""

import os
import threading
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lianzhi.flow import log
from lianzhi.flow.log import NOTHING_KNOWN, Acknowledged
from lianzhi.record import merkle
from lianzhi.record.mention import mentions
from lianzhi.store import sealed
from lianzhi.store.segments import SegmentLog
from streams import START, calm, line

LINES = [line(one) for one in calm(60)]


def fill(segments: SegmentLog, lines: list[bytes], group: int = 5) -> None:
    for start in range(0, len(lines), group):
        position = segments.append(
            lines[start : start + group], accepted_at=START, watermark=START + start
        )
        segments.sync(position)


def read(segments: SegmentLog, start: int = 0) -> list[bytes | None]:
    return [one for frame in segments.frames(start) for one in frame.lines]


def nothing(_: sealed.Sealed) -> None:
    pass


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "events"


def reopened(folder: Path, size: int = 1500, on_record: Acknowledged = NOTHING_KNOWN) -> SegmentLog:
    return SegmentLog(folder, size, on_record)


def test_what_is_written_is_read_across_segments_and_starts(folder: Path) -> None:
    segments = reopened(folder)
    fill(segments, LINES)
    chain, watermark = segments.chain, segments.watermark
    assert len(list(folder.glob("*.log"))) > 3
    assert read(segments) == LINES
    segments.close()
    again = reopened(folder)
    assert (again.next, again.chain, again.watermark) == (60, chain, watermark)
    assert read(again) == LINES
    again.seal(nothing)
    assert read(again) == LINES
    fill(again, LINES[:5])
    again.close()
    last = reopened(folder)
    assert read(last) == LINES + LINES[:5]
    assert [f.first for f in last.frames(60)] == [60]
    last.close()


@pytest.mark.parametrize("start", [0, 1, 5, 12, 37, 59, 60])
@pytest.mark.parametrize("seal", [False, True])
def test_frames_from_a_position(folder: Path, start: int, seal: bool) -> None:
    segments = reopened(folder)
    fill(segments, LINES)
    if seal:
        segments.seal(nothing)
    positions = [
        (frame.first + n, one)
        for frame in segments.frames(start)
        for n, one in enumerate(frame.lines)
    ]
    assert [one for at, one in positions if at >= start] == LINES[start:]
    floors = {f.first: (f.floor, f.watermark) for f in segments.frames(0)}
    assert floors[0] == (0, START)
    segments.close()


@pytest.mark.parametrize(
    "tail",
    [b"x", b"LZF1", b"LZF1" + bytes(200), bytes(4096), b"\xff" * 70],
    ids=["byte", "magic", "header", "zeros", "garbage"],
)
def test_a_torn_tail_is_cut_off_and_writing_goes_on(folder: Path, tail: bytes) -> None:
    segments = reopened(folder)
    fill(segments, LINES[:22])
    segments.close()
    newest = max(folder.glob("*.log"))
    with newest.open("ab") as out:
        out.write(tail)
    again = reopened(folder)
    fill(again, LINES[22:])
    again.close()
    last = reopened(folder)
    assert read(last) == LINES
    last.close()


def test_a_frame_cut_anywhere_is_gone_and_nothing_before_it(folder: Path) -> None:
    segments = reopened(folder, 1 << 20)
    fill(segments, LINES[:10])
    segments.close()
    (path,) = folder.glob("*.log")
    whole = path.read_bytes()
    first, second = (end for end, _ in log.decode(whole))
    for size in range(first, second, 37):
        path.write_bytes(whole[:size])
        again = reopened(folder, 1 << 20)
        assert read(again) == LINES[:5]
        assert again.next == 5
        again.close()


def test_a_damaged_or_missing_older_segment_stops_the_start(folder: Path) -> None:
    segments = reopened(folder)
    fill(segments, LINES)
    segments.close()
    oldest = min(folder.glob("*.log"))
    whole = oldest.read_bytes()
    oldest.write_bytes(whole[:-1])
    with pytest.raises(log.LogDamagedError, match="ends within a frame"):
        reopened(folder)
    oldest.unlink()
    with pytest.raises(log.LogDamagedError, match="missing"):
        reopened(folder)
    oldest.write_bytes(whole[:100] + bytes([whole[100] ^ 1]) + whole[101:])
    with pytest.raises(log.LogDamagedError, match="restore it"):
        reopened(folder)


def test_frames_stay_until_the_record_has_the_root(folder: Path) -> None:
    segments = reopened(folder)
    fill(segments, LINES)
    made: list[sealed.Sealed] = []

    def dies(done: sealed.Sealed) -> None:
        made.append(done)
        raise RuntimeError("power cut")

    with pytest.raises(RuntimeError, match="power cut"):
        segments.seal(dies)
    segments.close()
    frames = min(folder.glob("*.log"))
    kept = frames.read_bytes()
    again = reopened(folder)  # the root came too late: nothing but the frames proves what is said
    assert read(again) == LINES
    assert (frames.read_bytes(), again.parquet()) == (kept, [])
    anew: list[sealed.Sealed] = []
    again.seal(anew.append)
    assert anew[:1] == made
    again.close()
    frames.write_bytes(kept)
    after = reopened(folder, on_record=Acknowledged(sealed=frozenset({0})))
    assert read(after) == LINES
    assert not frames.exists()
    assert sealed.describe(after.path_of(0)) == made[0]
    after.close()


def test_nothing_goes_where_frames_are_damaged(folder: Path) -> None:
    segments = reopened(folder, 4000)
    fill(segments, LINES)

    def dies(_: sealed.Sealed) -> None:
        raise RuntimeError("power cut")

    with pytest.raises(RuntimeError, match="power cut"):
        segments.seal(dies)
    segments.close()
    frames = min(folder.glob("*.log"))
    data = bytearray(frames.read_bytes())
    data[300] ^= 1
    frames.write_bytes(bytes(data))
    there = sorted(folder.iterdir())
    with pytest.raises(log.LogDamagedError):
        reopened(folder, 4000)
    assert sorted(folder.iterdir()) == there


@pytest.mark.parametrize("planted", ["another", "emptied", "half", "nothing", "none"])
def test_what_is_sealed_must_say_what_the_frames_say(folder: Path, planted: str) -> None:
    segments = reopened(folder)
    fill(segments, LINES)
    first = min(folder.glob("*.log"))
    frames = first.read_bytes()
    roots: list[sealed.Sealed] = []
    segments.seal(roots.append)
    segments.close()
    target, *others = segments.parquet()
    if planted == "another":
        target.write_bytes(others[0].read_bytes())
    elif planted in ("half", "nothing"):
        target.write_bytes(target.read_bytes()[:700] if planted == "half" else b"")
    elif planted == "emptied":
        sealed.erase(target, mentions("calm7"))
    for path in [*others, *folder.glob("*.log")]:
        path.unlink()
    first.write_bytes(frames)  # its removal never reached the disk
    again = reopened(folder, on_record=Acknowledged(sealed=frozenset({0})))
    assert read(again) == LINES[: roots[0].after]
    assert first.exists() == (planted != "none")
    again.turn()
    anew: list[sealed.Sealed] = []
    again.seal(anew.append)
    assert [sealed.describe(path) for path in again.parquet()] == roots[:1]
    assert anew == (roots[:1] if planted != "none" else [])
    again.close()


def test_sealing_keeps_leaves_and_says_the_root(folder: Path) -> None:
    segments = reopened(folder)
    fill(segments, LINES)
    told: list[sealed.Sealed] = []
    segments.turn()
    salts = [salt for frame in segments.frames() for salt in frame.salts if salt is not None]
    segments.seal(told.append)
    leaves = [log.leaf(salt, one) for salt, one in zip(salts, LINES, strict=True)]
    for one in told:
        assert one.root == merkle.root(leaves[one.first : one.after])
        assert sealed.describe(segments.path_of(one.first)) == one
        checked = sealed.check(segments.path_of(one.first))
        assert (checked.count, checked.erased, checked.first_bad) == (
            *(one.after - one.first, 0, None),
        )
    assert told[-1].chain == segments.chain
    segments.close()


def test_a_segment_of_nothing_but_watermarks_is_never_closed(folder: Path) -> None:
    segments = reopened(folder)
    fill(segments, LINES[:5])
    segments.turn()
    segments.append([], accepted_at=1, watermark=START + 99)
    for _ in range(3):
        segments.turn()
    segments.append([], accepted_at=1, watermark=START + 100)
    segments.seal(nothing)
    fill(segments, LINES[5:10])
    assert len(list(folder.glob("*.log"))) == 1
    chain = segments.chain
    segments.close()
    again = reopened(folder)
    assert read(again) == LINES[:10]
    assert again.chain == chain
    again.close()


def test_read_by_position_sealed_or_not(folder: Path) -> None:
    segments = reopened(folder)
    fill(segments, LINES)
    wanted = [0, 4, 5, 33, 59, 60, 1000, -1]
    open_ = segments.lines(wanted)
    assert {at: one for at, (one, _) in open_.items()} == {at: LINES[at] for at in wanted[:5]}
    segments.seal(nothing)
    assert segments.lines(wanted) == open_
    assert segments.lines([]) == {}
    segments.close()


def test_reading_while_another_thread_seals(folder: Path) -> None:
    segments = reopened(folder)
    fill(segments, LINES)
    looked_up = segments.parts()
    frames = segments.frames()
    next(frames)
    segments.seal(nothing)
    assert sum(len(f.lines) for a in looked_up[1] for f in segments.frames_of(a)) == len(LINES)
    assert 5 + sum(len(f.lines) for f in frames) == len(LINES)
    segments.close()


def test_each_event_is_read_once_while_its_segment_is_both(folder: Path) -> None:
    segments = reopened(folder)
    fill(segments, LINES)
    seen: list[int] = []

    def between(done: sealed.Sealed) -> None:
        assert segments.path_of(done.first).exists()
        assert read(segments) == LINES
        assert len(segments.lines(range(60))) == 60
        seen.append(done.first)

    segments.seal(between)
    assert len(seen) > 2
    segments.close()


def erase(segments: SegmentLog, account: str) -> int:
    return segments.erase(mentions(account), lambda: segments.seal(nothing))


def test_erasing_empties_rows_and_leaves_every_leaf(folder: Path) -> None:
    segments = reopened(folder)
    fill(segments, LINES)
    before: list[sealed.Sealed] = []
    segments.turn()
    segments.seal(before.append)
    named = [n for n, one in enumerate(LINES) if mentions("calm7")(one)]
    assert named
    assert erase(segments, "calm7") == len(named)
    assert erase(segments, "calm7") == 0
    assert [sealed.describe(path) for path in segments.parquet()] == before
    assert sum(sealed.check(path).erased for path in segments.parquet()) == len(named)
    assert all(sealed.check(path).first_bad is None for path in segments.parquet())
    assert read(segments) == [None if n in named else one for n, one in enumerate(LINES)]
    assert not segments.lines(named)
    for path in folder.rglob("*"):
        assert b"calm7\x00" not in path.read_bytes().replace(b'"', b"\x00") or path.is_dir()
    for path in segments.parquet():
        for row in pq.read_table(path).to_pylist():
            if row["seq"] in named:
                held = {name for name, value in row.items() if value is not None}
                assert held == {
                    *("seq", "leaf", "accepted_at", "floor", "watermark", "frame", "kind", "time"),
                }
    chain = segments.chain
    segments.close()
    again = reopened(folder)
    assert (again.next, again.chain) == (60, chain)
    again.close()


def test_leftovers_of_a_crash_are_removed(folder: Path) -> None:
    reopened(folder).close()
    (folder / "00000000000000000000.new").write_bytes(b"half a file that names people")
    reopened(folder).close()
    assert not list(folder.glob("*.new"))


@settings(max_examples=25)
@given(
    ops=st.lists(st.sampled_from(["one", "many", "empty", "turn", "seal", "reopen"]), max_size=25)
)
def test_any_history_reads_back(ops: list[str], tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("log")
    segments, written = reopened(folder, 900), 0
    for op in ops:
        if op in ("one", "many", "empty"):
            count = {"one": 1, "many": 4, "empty": 0}[op]
            batch = [LINES[(written + n) % 60] for n in range(count)]
            segments.append(batch, accepted_at=1, watermark=written)
            written += count
        elif op == "turn":
            segments.turn()
        elif op == "seal":
            segments.seal(nothing)
        else:
            chain = segments.chain
            segments.close()
            segments = reopened(folder, 900)
            assert segments.chain == chain
        assert read(segments) == [LINES[n % 60] for n in range(written)]
    assert set(segments.lines(range(written))) == set(range(written))
    segments.close()


def test_many_threads_share_syncs_and_lose_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced = 0
    real = os.fdatasync

    def counted(handle: int) -> None:
        nonlocal synced
        synced += 1
        real(handle)

    monkeypatch.setattr(os, "fdatasync", counted)
    segments = reopened(folder, 20_000)
    errors: list[BaseException] = []

    def work(name: int) -> None:
        try:
            for n in range(40):
                one = b'{"by":%d,"n":%d}' % (name, n)
                segments.sync(segments.append([one], accepted_at=1, watermark=0))
        except BaseException as error:
            errors.append(error)

    run_all([lambda name=name: work(name) for name in range(8)])
    assert not errors
    assert synced <= 8 * 40 + 20
    lines = read(segments)
    assert len(lines) == len(set(lines)) == 320
    for name in range(8):
        mine = [one for one in lines if one is not None and b'"by":%d,' % name in one]
        assert mine == [b'{"by":%d,"n":%d}' % (name, n) for n in range(40)]
    segments.close()


def run_all(jobs: list[Callable[[], None]]) -> None:
    threads = [threading.Thread(target=job) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_a_full_disk_leaves_no_half_frame(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    segments = reopened(folder)
    fill(segments, LINES[:5])
    real = os.write

    def short(handle: int, data: bytes) -> int:
        if len(data) < 100:
            raise OSError(28, "No space left on device")
        return real(handle, data[: len(data) - 50])

    monkeypatch.setattr(os, "write", short)
    with pytest.raises(OSError, match="No space"):
        segments.append(LINES[5:8], accepted_at=1, watermark=1)
    monkeypatch.undo()
    fill(segments, LINES[5:10])
    segments.close()
    again = reopened(folder)
    assert read(again) == LINES[:10]
    again.close()


def test_after_a_failed_sync_nothing_is_acknowledged(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    segments = reopened(folder)

    def broken(_: int) -> None:
        raise OSError(5, "Input/output error")

    position = segments.append(LINES[:5], accepted_at=1, watermark=1)
    monkeypatch.setattr(os, "fdatasync", broken)
    with pytest.raises(OSError, match="Input/output"):
        segments.sync(position)
    monkeypatch.undo()
    with pytest.raises(OSError, match="takes nothing more"):
        segments.sync(position)
    with pytest.raises(OSError, match="takes nothing more"):
        segments.append(LINES[:5], accepted_at=1, watermark=1)
    segments.close()
