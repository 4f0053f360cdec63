"""Processes killed inside every step, under load: nothing is lost, carried out twice, damaged.

One round for a fault point of each part of the code; `python -m bench.kills` plays more.
"""

import random
from pathlib import Path

import pytest
from bench.kill_rounds import one_of_each, play

from databases import Databases


@pytest.mark.slow
def test_kills_inside_every_step_lose_and_double_nothing(
    databases: Databases, tmp_path: Path
) -> None:
    seed = {"sqlite": 3, "postgres": 4}[databases.kind]
    points = one_of_each(random.Random(seed))
    url = None if databases.kind == "sqlite" else databases
    figures = play(tmp_path, points, seed, lambda home: url and url.url(home, empty=True))
    assert figures.faults == []
    assert (figures.lost, figures.stored_twice) == (0, 0)
    assert (figures.decisions_lost, figures.decided_twice) == (0, 0)
    assert (figures.doubled, figures.unknown, figures.undelivered) == (0, 0, 0)
    assert figures.events > 100
    assert figures.decisions > 5
    assert figures.orders > 50
    # A busy machine may not come to a point in time, and is then killed wherever it is.
    assert len(set(points) & figures.at_points.keys()) >= len(points) - 2
