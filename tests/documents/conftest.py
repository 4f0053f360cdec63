"""Fixtures: one node, and packs that it exported."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pack_house import case_of, exported, files_of, lived

from lianzhi.jobs.node import Node


@pytest.fixture(scope="session")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    with lived(tmp_path_factory.mktemp("lived") / "home") as node:
        yield node


@pytest.fixture(scope="session")
def pack(node: Node) -> bytes:
    return exported(node, case_of(node))[0]


@pytest.fixture(scope="session")
def files(pack: bytes) -> dict[str, bytes]:
    return files_of(pack)


@pytest.fixture(scope="session")
def erased(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Node, bytes]]:
    """A node from which one of the crowd was erased, and a pack made after that."""
    home: Path = tmp_path_factory.mktemp("erased") / "home"
    with lived(home) as node:
        node.erasure.erase("<i>odd0</i>")
        yield node, exported(node, case_of(node))[0]
