"""Fault points: named places in the code where a test has the process killed.

`LIANZHI_FAULT=NAME` kills the process at the first passing of the point NAME, `NAME:3` at the
third. Switched off, a point costs one test of a global. docs/operations.md lists the points.
"""

import os
import signal

_point = ""
_left = 0


def switch_on(spec: str) -> None:
    """Kill this process at the point that `NAME` or `NAME:N` says; empty: at none."""
    global _point, _left  # noqa: PLW0603
    _point, _, nth = spec.partition(":")
    _left = int(nth or 1)


def fault_point(name: str) -> None:
    """Mark a fault point: SIGKILL ends the process here if it is switched on and its turn."""
    if _point and name == _point:
        _pass()


def _pass() -> None:
    global _left  # noqa: PLW0603
    _left -= 1
    if _left == 0:
        os.kill(os.getpid(), signal.SIGKILL)


switch_on(os.environ.get("LIANZHI_FAULT", ""))
