"""Whatever a deployment writes, only its owner may read, whoever made the folder of the home."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from node_house import opened

from lianzhi.web.core.settings import load_settings
from streams import body, calm, crowd, merged

EVENTS = merged(calm(20), crowd("victim", 50))


@pytest.fixture
def careless() -> Iterator[None]:
    """A process that asks for no privacy."""
    before = os.umask(0)
    yield
    os.umask(before)


def readable(home: Path) -> list[str]:
    """What others may read, write or enter."""
    return [str(p.relative_to(home)) for p in home.rglob("*") if p.stat().st_mode & 0o077]


@pytest.mark.usefixtures("careless")
def test_nobody_else_may_read_what_a_node_writes(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o755)  # as an operator may have made it
    load_settings(home)
    node, _ = opened(home)
    with node:
        node.intake.submit(body(EVENTS[:40]) + b"{broken\n", "test")
        node.store.log.turn()
        node.store.seal(node.segments.put)
        node.intake.submit(body(EVENTS[40:]), "test")
        node.judge.ask_snapshot()
        node.intake.finish()
        names = {path.name for path in home.rglob("*")}
        assert {"lianzhi.db", "lianzhi.db-wal", "lianzhi.db-shm", "quarantine.ndjson"} < names
        kinds = {".parquet", ".npy", ".log", ".key"}
        assert kinds < {path.suffix for path in home.rglob("*")}
        assert readable(home) == []
        node.erasure.erase("victim")  # segments, quarantine and state are written anew
        assert readable(home) == []
    assert (home / "snapshots" / "detectors.msgpack").exists()
    assert readable(home) == []
    opened(tmp_path / "own")[0].close()
    assert readable(tmp_path) == ["home"]
