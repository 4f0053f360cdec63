"""Puts the houses of other rooms' tests on the path, and gives a house without a case."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from databases import Databases

sys.path.insert(0, str(Path(__file__).parents[1] / "jobs"))
sys.path.insert(0, str(Path(__file__).parents[1] / "web"))

from lianzhi.store import db, migrate
from process_house import ProcessHouse


@pytest.fixture
def house(databases: Databases, tmp_path: Path) -> Iterator[ProcessHouse]:
    """A record, and everything that may be done on it."""
    engine = db.open_engine(databases.url(tmp_path))
    migrate.upgrade(engine)
    yield ProcessHouse(engine, tmp_path)
    engine.dispose()
