"""Frames in memory: bounded, and gone for good with their segment."""

from pathlib import Path

import pytest

from lianzhi.flow import log
from lianzhi.store.frame_cache import FrameCache

LINES = [b'{"n":%d}' % n for n in range(6)]


def segment(path: Path) -> list[tuple[int, int, int]]:
    """Three frames of two lines each, and where they are."""
    data, chain, spans = b"", bytes(32), []
    for first in (0, 2, 4):
        times = {"accepted_at": 1, "floor": 0, "watermark": 0}
        frame, chain = log.encode(first, LINES[first : first + 2], bytes(32), chain, **times)
        spans.append((0, len(data), len(data) + len(frame)))
        data += frame
    path.write_bytes(data)
    return spans


def test_every_line_is_found_in_its_frame_only(tmp_path: Path) -> None:
    path = tmp_path / "segment"
    cuts, spans = FrameCache(1 << 20), segment(path)
    for place, span in enumerate(spans):
        found = [cuts.get(path, span).line(position) for position in range(-1, 7)]
        held = [None if line is None else line[0] for line in found]
        expected = [line if n // 2 == place else None for n, line in enumerate(LINES)]
        assert held == [None, *expected, None]


def test_frames_used_last_stay_and_older_ones_make_room(tmp_path: Path) -> None:
    path = tmp_path / "segment"
    spans = segment(path)
    cuts = FrameCache(spans[0][2] * 2)
    for place in (0, 1, 0, 2):
        cuts.get(path, spans[place])
    path.unlink()
    assert cuts.get(path, spans[0]).line(0) is not None
    assert cuts.get(path, spans[2]).line(4) is not None
    with pytest.raises(FileNotFoundError):
        cuts.get(path, spans[1])


def test_a_frame_beyond_the_bound_is_read_each_time(tmp_path: Path) -> None:
    path = tmp_path / "segment"
    cuts, spans = FrameCache(10), segment(path)
    assert cuts.get(path, spans[1]).line(3) is not None
    path.unlink()
    with pytest.raises(FileNotFoundError):
        cuts.get(path, spans[1])


def test_a_sealed_segment_leaves_nothing_and_nothing_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "segment"
    cuts, spans = FrameCache(1 << 20), segment(path)
    cuts.get(path, spans[0])
    cuts.forget(0)
    cuts.get(path, spans[1])  # a look-up that had begun before
    path.unlink()
    for span in spans:
        with pytest.raises(FileNotFoundError):
            cuts.get(path, span)


def test_damage_is_told(tmp_path: Path) -> None:
    path = tmp_path / "segment"
    spans = segment(path)
    data = bytearray(path.read_bytes())
    data[spans[1][2] - 1] ^= 1
    path.write_bytes(bytes(data))
    with pytest.raises(log.LogDamagedError, match=f"frame at byte {spans[1][1]} is damaged"):
        FrameCache(1 << 20).get(path, spans[1])
