"""Sealing in a separate process, since writing Parquet costs more than accepting events.

`python -m lianzhi.store.sealing LOG PARQUET` writes the Parquet file and prints the data for the
record as JSON. The parent continues meanwhile on another core. If the child dies, the frames are
unchanged, and sealing is repeated.
"""

import os
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

import msgspec

from lianzhi.faults import fault_point
from lianzhi.flow import log
from lianzhi.store import sealed

#: Smallest segment, in bytes, that is worth a process of its own.
SMALL_BYTES = 4 << 20


class SealingError(RuntimeError):
    """The sealing process failed; the message is its own."""


def seal(source: Path, target: Path) -> sealed.Sealed:
    """Seal a closed segment that holds an event; in a child process unless it is small."""
    if source.stat().st_size < SMALL_BYTES:
        return _seal(source, target)
    command = [sys.executable, "-m", __name__, str(source), str(target)]
    stdin, alive = os.pipe()  # `alive` is closed when this process ends, in whatever way
    try:
        done = subprocess.run(  # noqa: S603
            command, stdin=stdin, capture_output=True, check=False, start_new_session=True
        )
    finally:
        os.close(stdin)
        os.close(alive)
    if done.returncode != 0:
        message = done.stderr.decode(errors="replace").strip()[-500:]
        raise SealingError(message or f"the sealing process ended with {done.returncode}")
    return msgspec.json.decode(done.stdout, type=sealed.Sealed)


def _seal(source: Path, target: Path) -> sealed.Sealed:
    frames = (frame for _, frame in log.decode(source.read_bytes()))
    return sealed.write(target, frames)


def _die_with_parent() -> None:
    """End when standard input does: a child that outlived its parent could replace a file that the
    next start has sealed itself and from which a person has been erased.
    """
    os.read(0, 1)
    os._exit(1)


def main() -> None:
    """Seal one segment and print the result, while standard input is open."""
    threading.Thread(target=_die_with_parent, daemon=True).start()
    with suppress(OSError):
        os.nice(5)  # intake has priority
    fault_point("sealing.started")
    source, target = (Path(name) for name in sys.argv[1:3])
    result = msgspec.json.encode(_seal(source, target))
    fault_point("sealing.done")
    sys.stdout.buffer.write(result)


if __name__ == "__main__":
    main()
