"""Fault points: named places in the code where a test has the process killed.

`LIANZHI_FAULT=NAME` kills the process at the first passing of the point NAME, `NAME:3` at the
third. Switched off, a point costs one test of an empty dictionary. docs/operations.md lists the
points.
"""

import os
import signal

_passings: dict[str, int] = {}
"""Name of the point that is switched on -> passings left until it kills."""


def switch_on(spec: str) -> None:
    """Kill this process at the point that `NAME` or `NAME:N` says; empty: at none."""
    _passings.clear()
    if spec:
        name, _, nth = spec.partition(":")
        _passings[name] = int(nth or 1)


def fault_point(name: str) -> None:
    """Mark a fault point: SIGKILL ends the process here if it is switched on and its turn."""
    if _passings and name in _passings:
        _passings[name] -= 1
        if _passings[name] == 0:
            os.kill(os.getpid(), signal.SIGKILL)


switch_on(os.environ.get("LIANZHI_FAULT", ""))
