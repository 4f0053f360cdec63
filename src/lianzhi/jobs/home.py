"""LIANZHI_HOME: one process at a time, and nothing half written."""

import fcntl
import os
from contextlib import suppress
from pathlib import Path

#: What a small file is called until it is whole.
LEFTOVER = ".*.????????"


class HomeLockedError(RuntimeError):
    """Another process runs on this LIANZHI_HOME."""


def hold(home: Path) -> int:
    """Lock the home; the handle holds it until it is closed. Raises HomeLockedError."""
    handle = os.open(home / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        raise HomeLockedError(
            f"another process runs on {home}; stop it first, or set LIANZHI_HOME elsewhere"
        ) from None
    with suppress(OSError):
        os.ftruncate(handle, 0)
        os.write(handle, str(os.getpid()).encode())
    return handle


def sweep(home: Path) -> None:
    """Remove what a crash left half written: it may name people."""
    for folder in (home, home / "snapshots"):
        for leftover in folder.glob(LEFTOVER):
            leftover.unlink()
