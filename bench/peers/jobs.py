"""What a process that measures one tool is told, and what it answers; JSON both ways."""

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

FOLDER = Path(__file__).parent
#: Where `make bench-text` puts what comes from npm.
NPM = Path(".tools/peers/node_modules")
#: No process may use another's threads: one core each.
ALONE = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}

#: How Python and Node begin the line that says what went wrong.
_ERROR = re.compile(r"\w*Error\b")


class Job(NamedTuple):
    """Patterns to look for, texts to look in, and how often to time it: 0 only looks."""

    patterns: Sequence[str]
    texts: Sequence[str]
    rounds: int


class LeftOut(Exception):  # noqa: N818 - it is no error
    """A tool cannot be measured here; the message says why."""


def ask(command: Sequence[str], job: Job, env: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The answer of a fresh process. Raises LeftOut where it gives none."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "job.json"
        path.write_text(json.dumps(job._asdict()), encoding="utf-8")
        done = subprocess.run(
            [*command, str(path)],
            env={**os.environ, **ALONE, **(env or {})},
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
    if done.returncode:
        said = done.stderr.strip().splitlines() or [f"it ended with {done.returncode}"]
        raise LeftOut(next(filter(_ERROR.match, said), said[-1]))
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def python(module: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", f"bench.peers.{module}", *arguments]


def memory(field: str) -> int:
    """Memory of this process in bytes: `VmRSS` now, `VmHWM` at most so far."""
    # Not getrusage, whose peak a child inherits from the process that started it.
    with Path("/proc/self/status").open(encoding="ascii") as lines:
        return next(int(line.split()[1]) << 10 for line in lines if line.startswith(field))
