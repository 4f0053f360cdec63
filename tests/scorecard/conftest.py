"""Puts the houses of other rooms' tests on the path, and gives a house without a case."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from databases import Databases, with_tables

sys.path.insert(0, str(Path(__file__).parents[1] / "jobs"))
sys.path.insert(0, str(Path(__file__).parents[1] / "web"))

from process_house import ProcessHouse


@pytest.fixture(scope="module", autouse=True)
def _cheap(cheap_passwords: None) -> None:
    """Everybody here signs in; what that costs is tried in the tests of accounts."""


@pytest.fixture
def house(databases: Databases, tmp_path: Path) -> Iterator[ProcessHouse]:
    """A record, and everything that may be done on it."""
    engine = with_tables(databases.url(tmp_path))
    yield ProcessHouse(engine, tmp_path)
    engine.dispose()
