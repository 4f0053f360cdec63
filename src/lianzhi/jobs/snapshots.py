"""Snapshots of the detectors' state, so that a restart replays minutes and not months.

A snapshot names accounts, so it is kept in one file that the next one and every erasure replace.
"""

import logging
from pathlib import Path

import msgspec

from lianzhi.faults import fault_point
from lianzhi.files import sync_directory, written
from lianzhi.flow.runner import Runner, Snapshot

#: Where a node keeps it, under its home.
SNAPSHOT = Path("snapshots", "detectors.msgpack")

log = logging.getLogger(__name__)


def save(path: Path, snapshot: Snapshot) -> None:
    """Replace the snapshot atomically."""
    with written(path, msgspec.msgpack.encode(snapshot)) as fresh:
        fault_point("snapshot.written")
        fresh.replace(path)
        fault_point("snapshot.named")


def peek(path: Path) -> Snapshot | None:
    """The snapshot, if there is one that can be read."""
    try:
        return msgspec.msgpack.decode(path.read_bytes(), type=Snapshot)
    except (OSError, msgspec.MsgspecError):
        return None


def drop(path: Path) -> None:
    """Remove the snapshot for good: the whole log will be judged again."""
    path.unlink(missing_ok=True)
    if path.parent.exists():
        sync_directory(path.parent)


def restore(path: Path, runner: Runner, recorded: int, steps: int) -> tuple[int, int]:
    """Load the snapshot into a runner; returns where the replay begins: (log position, event time).

    A state that cannot be read, as after an upgrade, costs a replay of the whole log. Findings
    before the event time are not made again: what was judged stays judged, by the version of then.
    Unless the record has fewer entries than it had: an older copy was put back, which lacks some;
    or the clock stepped back since (`steps` in all): what came late is judged again.
    """
    watermark = 0
    if path.exists():
        try:
            snapshot = msgspec.msgpack.decode(path.read_bytes(), type=Snapshot)
            if snapshot.recorded > recorded:
                log.warning("the record is older than %s: judging the whole log again", path.name)
                return 0, 0
            watermark = snapshot.watermark
            if snapshot.steps < steps:
                log.warning("the clock stepped back: judging the whole log again")
                return 0, watermark
            runner.restore(snapshot)
        except (msgspec.MsgspecError, ValueError, KeyError) as error:
            log.warning("%s cannot be used: %s; replaying the whole log", path.name, error)
        else:
            return snapshot.position, watermark
    return 0, watermark
