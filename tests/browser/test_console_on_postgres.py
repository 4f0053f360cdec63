"""One story at the console over PostgreSQL; all others run on SQLite alone."""

from collections.abc import Iterator

import console_house as house
import pytest
from test_console_stories import test_from_sign_in_to_a_protected_person

from databases import Databases, needs_postgres
from lianzhi.jobs.node import Node

__all__ = ["test_from_sign_in_to_a_protected_person"]
postgres = pytest.param("postgres", marks=needs_postgres)
pytestmark = pytest.mark.parametrize("databases", [postgres], indirect=True)


@pytest.fixture(scope="module")
def town(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    with house.build(tmp_path_factory.mktemp("town")) as node:
        assert node.engine.dialect.name == "postgresql"
        house.work(node)
        yield node
