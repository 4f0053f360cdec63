"""Growth: the whole path as targets grow from 10 thousand to a million; memory of each."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.stream import blocks, rows
from lianzhi.config import Config
from lianzhi.jobs.node import Node
from lianzhi.text import score_many

Row = tuple[str, float, str]
SIZES = (10_000, 100_000, 1_000_000)
COUNT = 400_000


def run() -> list[Row]:
    """Each size in a process of its own."""
    found: list[Row] = []
    for size in SIZES:
        done = subprocess.run(
            [sys.executable, "-m", "bench.growth", str(size)],
            capture_output=True,
            check=True,
            text=True,
        )
        rate, base, resident, known = (float(x) for x in done.stdout.split())
        label = f"growth: {size:,} targets"
        found += [
            (f"{label}, known", known, "targets"),
            (f"{label}, whole path", rate, "events/s"),
            (f"{label}, memory beyond the empty node", (resident - base) / 2**20, "MiB"),
            (f"{label}, memory of the process", resident / 2**20, "MiB"),
        ]
    return found


def _one(size: int) -> None:
    score_many(["你好"])
    with (
        tempfile.TemporaryDirectory() as folder,
        Node(Path(folder), Config(lateness_seconds=60, snapshot_minutes=10_000)) as node,
    ):
        base = _resident()
        for _, body in blocks(_everybody(size)):  # every target is known before the clock starts
            node.intake.submit(body, "bench")
        node.intake.finish()
        sent = [body for _, body in blocks(rows(COUNT, size, begin=_BEGIN + 86_400_000))]
        begin = time.perf_counter()
        for body in sent:
            node.intake.submit(body, "bench")
        node.intake.finish()
        took = time.perf_counter() - begin
        known = node.live.pulse().targets
        del sent
        sys.stdout.write(f"{COUNT / took} {base} {_resident()} {known}\n")
        sys.stdout.flush()
        os._exit(0)  # closing saves a snapshot, which is not what is measured


_BEGIN = 1_790_000_000_000


def _everybody(size: int):
    for n in range(size):
        yield (
            f'{{"id":"first-{n}","source":"bench","kind":"comment","time":{_BEGIN + n * 10},'
            f'"actor":"u{n}","target":"t{n}","text":"这次的视频真好看"}}\n'
        ).encode()


def _resident() -> int:
    with Path("/proc/self/statm").open() as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        _one(int(sys.argv[1]))
    else:
        for name, value, unit in run():
            sys.stdout.write(f"{name:58} {value:14,.1f} {unit}\n")
