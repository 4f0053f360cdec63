"""kill -9 at random moments: nothing acknowledged is lost, the findings are those of one run."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from databases import Databases

DRIVER = Path(__file__).with_name("crash_driver.py")
KILLS = {"sqlite": 12, "postgres": 6}


@pytest.mark.slow
def test_many_kills_lose_nothing_and_change_no_finding(
    databases: Databases, tmp_path: Path
) -> None:
    command = [sys.executable, str(DRIVER), str(tmp_path), str(KILLS[databases.kind]), "11"]
    if databases.kind == "postgres":
        command.append(databases.url(tmp_path, empty=True))
    ran = subprocess.run(command, capture_output=True, check=False, timeout=170)
    assert ran.returncode == 0, ran.stderr.decode()[-2000:]
    said = json.loads(ran.stdout)
    # A busy machine has no time for all of them.
    assert said["kills"] >= KILLS[databases.kind] // 2
    assert said["findings"] > 20
    good = {"lost": 0, "twice": 0, "missing": 0, "same_findings": True, "sound": True, "accused": 0}
    assert said["rounds"]
    for number, found in enumerate(said["rounds"]):
        assert found == good, f"round {number}: {ran.stderr.decode()[-2000:]}"
