"""Fixtures: platforms that exchange signals, with waits of milliseconds."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from signal_house import Clock, Platform

from lianzhi.jobs import ticker
from lianzhi.jobs.post import courier, delivery


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def platforms(
    tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., list[Platform]]]:
    """Makes platforms that know each other, and are served."""
    monkeypatch.setattr(delivery, "FIRST_WAIT_MS", 20)
    monkeypatch.setattr(delivery, "LONGEST_WAIT_MS", 100)
    monkeypatch.setattr(courier, "POLL_S", 0.02)
    monkeypatch.setattr(courier, "LONGEST_REST_S", 0.05)
    monkeypatch.setattr(ticker, "TICK_S", 0.05)
    made: list[Platform] = []

    def make(*names: str) -> list[Platform]:
        made.extend(Platform(name, tmp_path / name, clock) for name in names)
        for one in made:
            one.federate([other for other in made if other is not one])
            one.open()
            one.up()
        return made

    yield make
    for one in made:
        one.close()
