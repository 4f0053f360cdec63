"""Sealing in a child process: the same file, and no child that outlives its parent."""

import subprocess
import sys
from pathlib import Path

import pytest

from lianzhi.store import sealed, sealing
from lianzhi.store.segments import SegmentLog
from streams import calm, line


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A closed segment."""
    segments = SegmentLog(tmp_path / "events")
    lines = [line(one) for one in calm(3000)]
    for start in range(0, 3000, 100):
        segments.append(lines[start : start + 100], accepted_at=1, watermark=start)
    segments.close()
    return tmp_path / "events" / f"{0:020d}.log"


def test_a_child_seals_as_the_parent_would(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = source.with_suffix(".parquet")
    here = sealing.seal(source, target)
    written = target.read_bytes()
    target.unlink()
    monkeypatch.setattr(sealing, "SMALL_BYTES", 0)
    assert sealing.seal(source, target) == here == sealed.describe(target)
    assert target.read_bytes() == written


def test_what_a_child_cannot_do_is_told(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "SMALL_BYTES", 0)
    with pytest.raises(sealing.SealingError, match="No such file"):
        sealing.seal(source, source.parent / "nowhere" / source.with_suffix(".parquet").name)


def test_a_child_ends_with_its_parent(source: Path) -> None:
    target = source.with_suffix(".parquet")
    command = [sys.executable, "-m", "lianzhi.store.sealing", str(source), str(target)]
    ran = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    assert ran.returncode == 1
    assert not ran.stdout
    assert not target.exists()


@pytest.mark.parametrize(
    "point", ["sealing.started", "segment.written", "segment.named", "sealing.done"]
)
def test_a_child_that_is_killed_is_told_and_sealing_again_gives_the_same(
    source: Path, monkeypatch: pytest.MonkeyPatch, point: str
) -> None:
    target, frames = source.with_suffix(".parquet"), source.read_bytes()
    due = sealing.seal(source, target)
    target.unlink()
    monkeypatch.setattr(sealing, "SMALL_BYTES", 0)
    with monkeypatch.context() as killed:
        killed.setenv("LIANZHI_FAULT", point)
        with pytest.raises(sealing.SealingError, match="ended with -9"):
            sealing.seal(source, target)
    assert source.read_bytes() == frames
    assert target.exists() == (point in ("segment.named", "sealing.done"))
    assert sealing.seal(source, target) == due == sealed.describe(target)
