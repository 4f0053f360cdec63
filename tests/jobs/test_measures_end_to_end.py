"""kill -9 while measures are decided, sent and ended, and a platform that answers as it likes."""

import json
import random
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from databases import Databases

sys.path.append(str(Path(__file__).parents[1] / "post"))

from post_house import Receiver, moody

DRIVER = Path(__file__).with_name("measures_driver.py")
KILLS = {"sqlite": 6, "postgres": 5}
RUNNING = ("ordered", "applied", "undelivered")


@pytest.mark.slow
@pytest.mark.parametrize("seed", [3])
def test_the_platform_ends_up_with_what_the_record_says(
    databases: Databases, tmp_path: Path, seed: int
) -> None:
    receiver = Receiver()
    receiver.behave = moody(receiver, random.Random(seed), good=0.6)
    try:
        said = driven(databases, tmp_path, receiver, seed)
    finally:
        receiver.close()
    assert said["after_kills"] == said["faults"] == said["twice"] == []
    assert said["sound"]
    assert said["dead"] == 0
    assert said["acknowledged"] > 20
    assert said["decisions"] >= said["acknowledged"] / 2
    applied = defaultdict(list)
    for message in receiver.applied:
        identity, _, sequence = message.rpartition("-")
        applied[identity].append(int(sequence))
    wanted = {}
    for identity, (mode, status, end_told) in said["measures"].items():
        if mode == "queued":
            ended = status not in RUNNING
            wanted[identity] = [1, 2] if ended else [1]
            assert end_told == ended, identity
            assert ended or status == "applied", identity
    assert dict(applied) == wanted
    assert {len(one) for one in applied.values()} == {1, 2}, "some are in force, some have ended"
    assert len(receiver.requests) > len(receiver.applied), "some came more than once"
    assert orderly(receiver.seen())


def driven(databases: Databases, tmp_path: Path, receiver: Receiver, seed: int) -> dict[str, Any]:
    home = tmp_path / "home"
    words = [str(home), receiver.url, str(KILLS[databases.kind]), str(seed)]
    if databases.kind == "postgres":
        words.append(databases.url(home, empty=True))
    command = [sys.executable, str(DRIVER), *words]
    ran = subprocess.run(command, capture_output=True, check=False, timeout=120)
    assert ran.returncode == 0, ran.stderr.decode()[-3000:]
    said: dict[str, Any] = json.loads(ran.stdout)
    return said


def orderly(seen: list[str]) -> bool:
    """No measure's beginning arrives after its end."""
    ended = set()
    for message in seen:
        identity, _, sequence = message.rpartition("-")
        if sequence == "1" and identity in ended:
            return False
        if sequence == "2":
            ended.add(identity)
    return True
