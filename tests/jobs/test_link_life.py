"""Links end with their time on a running node, and with the erasure of anybody in them."""

import time
from pathlib import Path

import pytest
from node_house import Clock, opened

from lianzhi.jobs.node import Node
from lianzhi.store import pending_links
from lianzhi.store.pending_links import pending_link
from streams import NOW


def make(node: Node, *people: str, until: int = NOW + 60_000) -> str:
    key = node.ledger.signer.seal_key
    return pending_links.make(node.engine, key, "report", {"reporter": people[0]}, people, until)


def count(node: Node) -> int:
    with node.engine.connect() as connection:
        return len(connection.execute(pending_link.select()).all())


def test_erasing_a_person_ends_their_links(tmp_path: Path) -> None:
    node, _ = opened(tmp_path)
    with node:
        gone, kept = make(node, "aunt", "girl"), make(node, "uncle", "boy")
        node.erasure.erase("girl")
        assert pending_links.look(node.engine, "report", gone, NOW) is None
        assert pending_links.look(node.engine, "report", kept, NOW) is not None
        assert node.ledger.vault.known(["aunt", "uncle", "girl", "boy"]) == {}


def test_what_has_expired_is_dropped_by_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lianzhi.jobs.ticker.TICK_S", 0.02)
    clock = Clock()
    node, _ = opened(tmp_path, clock)
    with node:
        make(node, "aunt")
        clock.at += 60_000
        deadline = time.monotonic() + 5
        while count(node) and time.monotonic() < deadline:
            time.sleep(0.02)
        assert count(node) == 0
