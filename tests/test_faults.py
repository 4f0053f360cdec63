"""Fault points: where they are, and what they do."""

import os
import re
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from bench.kill_rounds import POINTS

from lianzhi import faults
from lianzhi.faults import fault_point

ROOT = Path(__file__).parents[1]


def status(work: Callable[[], object]) -> int:
    """How a child ends that does this; negative: the signal."""
    child = os.fork()
    if child == 0:
        work()
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def passing(times: int, name: str = "log.synced") -> None:
    for _ in range(times):
        fault_point(name)


@pytest.mark.parametrize(
    ("spec", "times", "name", "code"),
    [
        ("", 5, "log.synced", 0),
        ("log.synced", 1, "log.synced", -signal.SIGKILL),
        ("log.synced", 5, "log.appended", 0),
        ("log.synced:3", 2, "log.synced", 0),
        ("log.synced:3", 3, "log.synced", -signal.SIGKILL),
    ],
)
def test_the_nth_passing_kills(spec: str, times: int, name: str, code: int) -> None:
    def work() -> None:
        faults.switch_on(spec)
        passing(times, name)

    assert status(work) == code


def test_every_point_is_in_the_documentation_and_in_the_rounds() -> None:
    sources = (path.read_text("utf-8") for path in (ROOT / "src").rglob("*.py"))
    used = [name for text in sources for name in re.findall(r'fault_point\("([^"]+)"\)', text)]
    assert len(used) == len(set(used)), "a point stands in one place"
    page = (ROOT / "docs" / "operations.md").read_text("utf-8")
    listed = re.findall(r"^\| `([a-z]+\.[a-z]+)` \|", page, re.MULTILINE)
    assert sorted(listed) == sorted(used)
    assert sorted(POINTS) == sorted(used)
