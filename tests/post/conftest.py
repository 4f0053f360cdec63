"""Fixtures: databases of both kinds, quick waits, receivers that are closed."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from post_house import Clock, House, Receiver, config_for
from sqlalchemy import Engine

from databases import Databases, with_tables
from lianzhi.config import Config
from lianzhi.jobs.post import courier, delivery, webhook


@pytest.fixture
def url(databases: Databases, tmp_path: Path) -> str:
    return databases.url(tmp_path)


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    engine = with_tables(url)
    yield engine
    engine.dispose()


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits of milliseconds, and a receiver is given up on after a third of a second."""
    monkeypatch.setattr(delivery, "FIRST_WAIT_MS", 5)
    monkeypatch.setattr(delivery, "LONGEST_WAIT_MS", 200)
    monkeypatch.setattr(courier, "POLL_S", 0.02)
    monkeypatch.setattr(courier, "LONGEST_REST_S", 0.05)
    monkeypatch.setattr(webhook, "TOTAL_S", 0.3)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.close()


@pytest.fixture
def house(engine: Engine, tmp_path: Path, receiver: Receiver) -> Iterator[Callable[..., House]]:
    """Makes a house that posts to the receiver, or by the configuration given."""
    made: list[House] = []

    def make(config: Config | None = None, clock: Clock | None = None) -> House:
        one = House(engine, tmp_path, config or config_for(receiver.url), clock or Clock())
        made.append(one)
        return one

    yield make
    for one in made:
        one.close()
