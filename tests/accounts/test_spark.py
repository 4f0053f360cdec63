"""Spark finds what DuckDB and the kernel find, and loses nothing with a worker."""

import csv
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pyspark
import pytest

from lianzhi.accounts.action import ActionError, Columns
from lianzhi.accounts.coaction import Settings
from lianzhi.accounts.engine import DuckDB, Kernel
from lianzhi.accounts.results import Results
from lianzhi.accounts.source import Source
from lianzhi.accounts.spark import Spark

pytestmark = pytest.mark.slow
COLUMNS = Columns("account", "object", "content", "time")
INTERPRETED = "spark.sql.codegen.wholeStage false\nspark.sql.codegen.factoryMode NO_CODEGEN\n"
Tables = dict[str, list[tuple[object, ...]]]


class Cluster:
    """A master and two workers on loopback."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as one, socket.socket() as two:
            one.bind(("127.0.0.1", 0))
            two.bind(("127.0.0.1", 0))
            port, page = one.getsockname()[1], two.getsockname()[1]
        self.address = f"spark://127.0.0.1:{port}"
        self._page = f"http://127.0.0.1:{page}/json/"
        self._folder = folder
        self._master = self._start(
            "master.Master", "--host", "127.0.0.1", "--port", port, "--webui-port", page
        )
        self.workers = [
            self._start(
                *("worker.Worker", "--host", "127.0.0.1", "--webui-port", 0, "--cores", 1),
                *("--memory", "1g", "--work-dir", folder / f"worker{n}", self.address),
            )
            for n in range(2)
        ]
        self._wait()

    def _start(self, part: str, *words: object) -> "subprocess.Popen[bytes]":
        program = Path(pyspark.__file__).parent / "bin" / "spark-class"
        with (self._folder / "cluster.log").open("ab") as log:
            return subprocess.Popen(
                [program, f"org.apache.spark.deploy.{part}", *map(str, words)],
                env=os.environ | {"SPARK_LOCAL_IP": "127.0.0.1"},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _wait(self) -> None:
        end = time.monotonic() + 60
        while time.monotonic() < end:
            try:
                with urlopen(self._page) as answer:
                    if answer.read().count(b'"ALIVE"') == 3:
                        return
            except OSError:
                pass
            time.sleep(0.2)
        raise TimeoutError((self._folder / "cluster.log").read_text())

    def kill(self, worker: "subprocess.Popen[bytes]") -> None:
        """A worker and what it runs, at once and for good."""
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()

    def stop(self) -> None:
        for process in (self._master, *self.workers):
            if process.poll() is None:
                self.kill(process)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
        patch.setenv("PYSPARK_PYTHON", sys.executable)
        # Five machines that live for a minute: to compile thoroughly takes longer than all else.
        patch.setenv("JAVA_TOOL_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")
        # The same holds for queries over a few rows.
        settings = tmp_path_factory.mktemp("settings")
        (settings / "spark-defaults.conf").write_text(INTERPRETED)
        patch.setenv("SPARK_CONF_DIR", str(settings))
        made = Cluster(tmp_path_factory.mktemp("spark"))
        try:
            yield made
        finally:
            made.stop()


def actions(path: Path, count: int, seed: int) -> Source:
    """Accounts that meet now and then, a crowd, and posts on two objects at once."""
    draw = random.Random(seed)
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(filter(None, COLUMNS))
        for n in range(count):
            account, time_ = f"u{draw.randrange(300)}", draw.randrange(20_000_000)
            for thing in draw.sample(range(40), draw.choice((1, 1, 2))):
                writer.writerow([account, f"o{thing}", f"c{n}", time_])
        for n in range(200):
            writer.writerow([f"u{n}", "film", f"f{n}", 60_000 * (n // 100) + n])
    return Source(path, COLUMNS, "ms")


def told(engine: DuckDB, source: Source, settings: Settings) -> Tables:
    engine.read(source)
    engine.compare(settings)
    found = Results(engine)
    tables = {"pairs": found.pairs(), "edges": found.edges(), "viral": found.viral()}
    return {name: sorted(table.fetchall()) for name, table in tables.items()}


def folder(path: Path, name: str) -> Path:
    made = path / name
    made.mkdir()
    return made


def test_three_engines_find_the_same_though_a_worker_is_killed(
    cluster: Cluster, tmp_path: Path
) -> None:
    source = actions(tmp_path / "actions.csv", 4000, 1)
    settings = Settings(60_000, 2, 50)
    with DuckDB(folder(tmp_path, "duckdb"), "1GB") as one:
        expected = told(one, source, settings)
    assert all(
        len(table) > few for table, few in zip(expected.values(), (1000, 1000, 0), strict=True)
    )
    with Kernel(folder(tmp_path, "kernel"), "1GB") as two:
        assert told(two, source, settings) == expected
    with Spark(folder(tmp_path, "spark"), "1GB", master=cluster.address) as three:
        assert told(three, source, settings) == expected
        again = Settings(5000, 3, None)
        three.read(source)
        three.compare(again, lambda step: step == "edges" and cluster.kill(cluster.workers[0]))
        assert cluster.workers[0].poll() is not None
        found = sorted(Results(three).edges().fetchall())
    with DuckDB(folder(tmp_path, "again"), "1GB") as one:
        assert found == told(one, source, again)["edges"]


def test_nobody_at_the_address_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
    with pytest.raises(ActionError, match=r"Spark at spark://nowhere: .*master"):
        Spark(tmp_path, "1GB", master="spark://nowhere")
