"""Waiting for what another thread or process does in its own time, long enough under load."""

import time
from collections.abc import Callable


def eventually(holds: Callable[[], bool], seconds: float = 20) -> bool:
    """Whether `holds` comes to hold before the time is up; asked again every few milliseconds."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.005)
    return holds()
