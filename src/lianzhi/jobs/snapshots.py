"""Snapshots of the detectors' state, so that a restart replays minutes and not months.

A snapshot names accounts, so it is kept in one file that the next one and every erasure replace.
"""

import logging
from pathlib import Path

import msgspec

from lianzhi.flow.runner import Runner, Snapshot
from lianzhi.store.files import replace

#: Where a node keeps it, under its home.
SNAPSHOT = Path("snapshots", "detectors.msgpack")

log = logging.getLogger(__name__)


def save(path: Path, snapshot: Snapshot) -> None:
    """Replace the snapshot atomically."""
    replace(path, msgspec.msgpack.encode(snapshot))


def restore(path: Path, runner: Runner) -> tuple[int, int]:
    """Load the snapshot into a runner; returns where the replay begins: (log position, event time).

    A state that cannot be read, as after an upgrade, costs a replay of the whole log. Findings
    before the event time are not made again: what was judged stays judged, by the version of then.
    """
    watermark = 0
    if path.exists():
        try:
            snapshot = msgspec.msgpack.decode(path.read_bytes(), type=Snapshot)
            watermark = snapshot.watermark
            runner.restore(snapshot)
        except (msgspec.MsgspecError, ValueError, KeyError) as error:
            log.warning("%s cannot be used: %s; replaying the whole log", path.name, error)
        else:
            return snapshot.position, watermark
    return 0, watermark
