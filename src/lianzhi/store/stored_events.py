"""Stored events from the files of the log, also beside a running node."""

from collections.abc import Iterator
from pathlib import Path

from lianzhi.chain.event import Event
from lianzhi.flow import log
from lianzhi.flow.intake import decode_many
from lianzhi.flow.log import Frame
from lianzhi.store import sealed
from lianzhi.store.segments import segments


def stored(home: Path) -> Iterator[list[Event]]:
    """Events under `home` in order of acceptance, one frame at a time.

    Erased ones are left out; events being written may be missing. Raises LogDamagedError.
    """
    folder = home / "events"
    names = sorted({path.stem for end in (".parquet", ".log") for path in segments(folder, end)})
    for name in names:
        for frame in _frames(folder, name):
            yield decode_many([line for line in frame.lines if line is not None])


def _frames(folder: Path, name: str) -> Iterator[Frame]:
    closed, open_ = folder / f"{name}.parquet", folder / f"{name}.log"
    if not closed.exists():
        try:
            data = open_.read_bytes()
        except FileNotFoundError:  # it has just been sealed
            data = None
        if data is not None:
            yield from (frame for _, frame in log.decode(data))
            return
    yield from sealed.frames(closed)
