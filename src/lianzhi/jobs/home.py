"""LIANZHI_HOME: one process at a time, and nothing half written."""

import fcntl
import os
from contextlib import ExitStack, suppress
from pathlib import Path

#: What a small file is called until it is whole.
LEFTOVER = ".*.????????"


class HomeLockedError(RuntimeError):
    """Another process runs on this LIANZHI_HOME."""


def hold(home: Path, opened: ExitStack) -> None:
    """Lock the home until the stack is closed. Raises HomeLockedError where another has it."""
    handle = os.open(home / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    opened.callback(os.close, handle)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise HomeLockedError(
            f"another process runs on {home}; stop it first, or set LIANZHI_HOME elsewhere"
        ) from None
    with suppress(OSError):
        os.ftruncate(handle, 0)
        os.write(handle, str(os.getpid()).encode())


def sweep(home: Path) -> None:
    """Remove what a crash left half written: it may name people."""
    for folder in (home, home / "snapshots"):
        for leftover in folder.glob(LEFTOVER):
            leftover.unlink()
