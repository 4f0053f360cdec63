"""What stands behind a link: unreadable at rest, used once, gone in time."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from databases import with_tables
from lianzhi.store import db, pending_links
from lianzhi.store.pending_links import pending_link

KEY, NOW = b"k" * 32, 1_795_000_000_000
SAID = {"reporter": "aunt", "about": "u1", "content": "post/99"}


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = with_tables(f"sqlite:///{tmp_path / 'lianzhi.db'}")
    yield engine
    engine.dispose()


def make(engine: Engine, *people: str, until: int = NOW + 1000) -> str:
    named = people or ("aunt", "u1")
    return pending_links.make(engine, KEY, "report", SAID, named, until)


def rows(engine: Engine) -> list[tuple[object, ...]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(pending_link.select())]


def test_only_who_has_the_link_can_read_it(engine: Engine, tmp_path: Path) -> None:
    identity = make(engine)
    found = pending_links.look(engine, "report", identity, NOW)
    assert found is not None
    assert (found.content, found.result) == (SAID, None)
    engine.dispose()
    stored = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    for secret in (identity, "aunt", "u1", "post/99"):
        assert secret.encode() not in stored
    assert pending_links.look(engine, "appeal", identity, NOW) is None
    assert pending_links.look(engine, "report", identity[:-1], NOW) is None


def test_it_is_used_once_and_then_says_nothing_more(engine: Engine) -> None:
    identity = make(engine)
    with db.writing(engine) as connection:
        assert pending_links.use(connection, identity, "r_1") is None
    with db.writing(engine) as connection:
        assert pending_links.use(connection, identity, "r_2") == "r_1"
    found = pending_links.look(engine, "report", identity, NOW)
    assert found is not None
    assert (found.content, found.result) == (None, "r_1")
    ((_, _, sealed, people, _, _),) = rows(engine)
    assert (sealed, people) == (b"", "")


def test_a_use_that_fails_leaves_it_as_it_was(engine: Engine) -> None:
    identity = make(engine)

    def fail() -> None:
        with db.writing(engine) as connection:
            pending_links.use(connection, identity, "r_1")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    found = pending_links.look(engine, "report", identity, NOW)
    assert found is not None
    assert found.content == SAID


def test_it_ends_with_its_time(engine: Engine) -> None:
    identity = make(engine, until=NOW + 10)
    kept = make(engine, until=NOW + 11)
    assert pending_links.sweep(engine, NOW + 9) == 0
    assert pending_links.look(engine, "report", identity, NOW + 10) is None
    assert pending_links.sweep(engine, NOW + 10) == 1
    assert pending_links.look(engine, "report", kept, NOW + 10) is not None


def test_it_ends_when_anybody_in_it_is_erased(engine: Engine) -> None:
    gone, kept = make(engine, "aunt", "u1"), make(engine, "aunt", "u12")
    assert pending_links.erase(engine, KEY, "u1") == 1
    assert pending_links.look(engine, "report", gone, NOW) is None
    assert pending_links.look(engine, "report", kept, NOW) is not None
    assert pending_links.erase(engine, b"x" * 32, "aunt") == 0, "the hashes are keyed"
    with db.writing(engine) as connection, pytest.raises(KeyError):
        pending_links.use(connection, gone, "r_1")
