"""A domain of an installed package enters by the same door, and obeys the same laws."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
INSTALLED = HERE / "installed"


@pytest.mark.slow
@pytest.mark.parametrize("file", ["story_of_an_installed_domain.py", "laws.py"])
def test_it_enters_by_the_door(file: str) -> None:
    path = os.pathsep.join([str(INSTALLED), os.environ.get("PYTHONPATH", "")])
    command = [sys.executable, "-m", "pytest", "-vv", "-p", "no:cacheprovider", "-n", "0", file]
    ran = subprocess.run(
        command,
        check=False,
        cwd=HERE,
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, ran.stdout[-4000:] + ran.stderr[-2000:]
    assert file != "laws.py" or "[scalping.offers] PASSED" in ran.stdout
