"""Which grid a place lies in, against a slow twin."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lianzhi.dispatch.grids.geojson import read
from lianzhi.dispatch.grids.grid import Grids
from made_grids import (
    SOUTH,
    UNIT,
    WEST,
    bent,
    collection,
    feature,
    kd,
    square,
    tiling,
    winding,
)

TILINGS = st.one_of(
    st.tuples(st.just(kd), st.integers(0, 10_000), st.integers(1, 40)),
    st.tuples(st.just(bent), st.integers(0, 10_000), st.integers(1, 6)),
).map(lambda made: made[0](*made[1:]))


def twin(rings, x, y):
    """Ids of the grids that hold a point strictly, and whether it lies on a border."""
    turns = [winding(ring, x, y) for ring in rings]
    return [f"g{n}" for n, turn in enumerate(turns) if turn], None in turns


@settings(max_examples=40)
@given(TILINGS, st.lists(st.tuples(st.integers(-20_000, 420_000), st.integers(-20_000, 420_000)),
                         min_size=1, max_size=60))  # fmt: skip
def test_a_point_is_found_where_the_twin_finds_it(rings, offsets):
    survey = read(tiling(rings))
    assert survey.problems == ()
    points = [(WEST + dx, SOUTH + dy) for dx, dy in offsets]
    found = survey.grids.find_many([x / UNIT for x, _ in points], [y / UNIT for _, y in points])
    for (x, y), place in zip(points, found.tolist(), strict=True):
        inside, on_border = twin(rings, x, y)
        if not on_border:
            assert ([] if place < 0 else [f"g{place}"]) == inside
        assert survey.grids.find(x / UNIT, y / UNIT) == (None if place < 0 else f"g{place}")


@settings(max_examples=40)
@given(TILINGS, st.data())
def test_a_point_on_a_common_border_belongs_to_exactly_one_grid(rings, data):
    together = read(tiling(rings)).grids
    alone = [Grids([grid]) for grid in together.grids]
    ring = data.draw(st.sampled_from(rings))
    place = data.draw(st.integers(0, 3))
    (x1, y1), (x2, y2) = ring[place], ring[(place + 1) % 4]
    # whole points on the edge: its first corner, and those between where it runs by the axes
    part = data.draw(st.integers(0, 4)) if x1 == x2 or y1 == y2 else 0
    x, y = x1 + (x2 - x1) * part // 4, y1 + (y2 - y1) * part // 4
    owners = [n for n, grids in enumerate(alone) if grids.find(x / UNIT, y / UNIT)]
    around = [(x + dx, y + dy) for dx in (-9, 9) for dy in (-9, 9)]
    if all(twin(rings, *each)[0] for each in around):  # no outer border
        assert len(owners) == 1
    assert together.find(x / UNIT, y / UNIT) == (f"g{owners[0]}" if owners else None)


def test_borders_belong_to_the_east_and_north():
    grids = read(tiling([square(WEST, SOUTH), square(WEST + 100_000, SOUTH)])).grids
    assert grids.find((WEST + 100_000) / UNIT, (SOUTH + 50_000) / UNIT) == "g1"
    assert grids.find((WEST + 50_000) / UNIT, SOUTH / UNIT) == "g0"
    assert grids.find((WEST + 50_000) / UNIT, (SOUTH + 100_000) / UNIT) is None


def test_holes_and_parts_count():
    hole = square(WEST + 20_000, SOUTH + 20_000, 20_000)
    ring = feature("ring", square(WEST, SOUTH), hole[::-1])
    island = feature("island", hole)
    grids = read(collection(ring, island)).grids
    assert grids.find((WEST + 30_000) / UNIT, (SOUTH + 30_000) / UNIT) == "island"
    assert grids.find((WEST + 10_000) / UNIT, (SOUTH + 30_000) / UNIT) == "ring"


@pytest.mark.parametrize("at", [(float("nan"), 31.8), (float("inf"), 31.8), (120.2, -400.0)])
def test_what_is_no_place_lies_in_no_grid(at):
    grids = read(tiling([square(WEST, SOUTH)])).grids
    assert grids.find(*at) is None
    assert grids.find_many([], []).tolist() == []


def test_sixty_grids_are_asked_fast_enough():
    import time

    grids = read(tiling(bent(1, 8)[:60])).grids
    draw = np.random.default_rng(1)
    lon = (WEST + draw.integers(0, 480_000, 50_000)) / UNIT
    lat = (SOUTH + draw.integers(0, 480_000, 50_000)) / UNIT
    begin = time.process_time()
    found = grids.find_many(lon, lat)
    assert (found >= 0).mean() > 0.8
    assert 50_000 / (time.process_time() - begin) > 100_000


@settings(max_examples=12)
@given(TILINGS)
def test_labels_lie_inside_with_their_distance(rings):
    grids = read(tiling(rings)).grids
    for key, label in grids.labels.items():
        assert grids.find(label.lon, label.lat) == key
        assert label.metres > 0


def test_the_label_of_a_bent_area_is_near_its_deepest_place():
    # an L: two arms 20 m wide, and a square of 100 m where they meet
    wide, thin = 90_000, 18_000
    shape = [
        (WEST, SOUTH), (WEST + 5 * wide, SOUTH), (WEST + 5 * wide, SOUTH + thin),
        (WEST + wide, SOUTH + thin), (WEST + wide, SOUTH + wide), (WEST, SOUTH + wide),
    ]  # fmt: skip
    label = read(tiling([shape])).grids.labels["g0"]
    assert label.lon * UNIT < WEST + wide
    # the largest circle of the square, whose sides are 90,000 units x cos(31.8) and 90,000 units
    assert label.metres == pytest.approx(90_000 / UNIT * 111_132 * 0.8498 / 2, rel=0.02)
