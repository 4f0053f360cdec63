"""Tilings that are sound, and overlaps and gaps that are planted in them."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lianzhi.dispatch.grids import drawing
from lianzhi.dispatch.grids.geojson import read
from lianzhi.dispatch.grids.grid import Grids
from made_grids import SOUTH, UNIT, WEST, bent, collection, feature, kd, square, tiling, winding

SIZE = 400_000
#: Square metres of a square unit at the latitude of the tilings.
GROUND = (111_132 / UNIT) ** 2 * 0.8498
TILINGS = st.one_of(
    st.builds(kd, st.integers(0, 10_000), st.integers(2, 40)),
    st.builds(bent, st.integers(0, 10_000), st.integers(2, 6)),
)


def units(at):
    return tuple(round(degree * UNIT) for degree in at)


def square_metres(problem):
    return float(re.search(r"([\d,]+) square metres", problem.said)[1].replace(",", ""))


@settings(max_examples=40)
@given(TILINGS)
def test_a_tiling_has_neither_faults_nor_gaps(rings):
    survey = read(tiling(rings))
    assert (survey.problems, survey.notes) == ((), ())
    assert len(survey.grids.grids) == len(rings)


@settings(max_examples=40)
@given(TILINGS, st.integers(0, 300_000), st.integers(0, 300_000), st.integers(2_000, 60_000))
def test_a_grid_laid_over_a_tiling_overlaps_those_below_it(rings, dx, dy, size):
    extra = square(WEST + dx, SOUTH + dy, size)
    problems = read(tiling([*rings, extra])).problems
    below = set()
    for problem in problems:
        assert problem.kind == "overlap"
        first, second = problem.ids
        assert second == f"g{len(rings)}"
        for ring in (rings[int(first[1:])], extra):
            assert winding(ring, *units(problem.at))
        below.add(first)
    inside = [(WEST + dx + size * x // 12, SOUTH + dy + size * y // 12)
              for x in range(1, 12) for y in range(1, 12)]  # fmt: skip
    assert {f"g{n}" for n, ring in enumerate(rings)
            if any(winding(ring, *at) for at in inside)} <= below  # fmt: skip


@settings(max_examples=40)
@given(st.integers(0, 10_000), st.integers(3, 6), st.data())
def test_a_grid_taken_out_of_a_tiling_leaves_a_gap_at_its_place(seed, side, data):
    rings = bent(seed, side)
    inner = st.integers(1, side - 2)
    missing = rings.pop(data.draw(inner) * side + data.draw(inner))
    (note,) = read(tiling(rings)).notes
    assert note.kind == "gap"
    assert winding(missing, *units(note.at))
    x, y = np.array(missing, float).T
    area = abs(np.dot(x - x[0], np.roll(y, -1) - np.roll(y, 1))) / 2
    assert square_metres(note) == pytest.approx(area * GROUND, rel=0.01)


@settings(max_examples=30)
@given(st.integers(0, 10_000), st.integers(1, 30), st.data())
def test_every_point_of_a_tiling_lies_in_exactly_one_grid(seed, count, data):
    rings = kd(seed, count)
    grids = read(tiling(rings)).grids
    # borders and corners are likely: the western and southern edge of the town are its own
    xs = st.sampled_from(sorted({x for ring in rings for x, _ in ring} - {WEST + SIZE}))
    ys = st.sampled_from(sorted({y for ring in rings for _, y in ring} - {SOUTH + SIZE}))
    points = data.draw(st.lists(st.tuples(
        xs | st.integers(WEST, WEST + SIZE - 1), ys | st.integers(SOUTH, SOUTH + SIZE - 1),
    ), min_size=1, max_size=40))  # fmt: skip
    lon, lat = (np.array(points) / UNIT).T
    alone = np.array([Grids([grid]).find_many(lon, lat) for grid in grids.grids]) + 1
    assert (alone.sum(axis=0) == 1).all()
    assert (grids.find_many(lon, lat) == alone.argmax(axis=0)).all()


def test_a_narrow_gap_is_found():
    # a metre wide, in a town of ten kilometres
    ring = square(WEST, SOUTH, 1_000_000)
    slot = [(WEST + 300_000, SOUTH + 300_000), (WEST + 300_090, SOUTH + 300_000),
            (WEST + 300_090, SOUTH + 700_000), (WEST + 300_000, SOUTH + 700_000)]  # fmt: skip
    (note,) = read(collection(feature("ring", ring, slot[::-1]))).notes
    assert winding(slot, *units(note.at))


def test_an_island_in_a_gap_is_no_gap():
    hole = square(WEST + 20_000, SOUTH + 20_000, 60_000)
    island = square(WEST + 40_000, SOUTH + 40_000, 20_000)
    town = collection(feature("ring", square(WEST, SOUTH), hole[::-1]), feature("island", island))
    (note,) = read(town).notes
    assert winding(hole, *units(note.at))
    assert not winding(island, *units(note.at))
    assert square_metres(note) == pytest.approx((60_000**2 - 20_000**2) * GROUND, rel=0.01)


def test_rounding_opens_no_gap_to_the_outside():
    # the corner of the third lies beside the slanted border of the first, by less than a unit
    first = [(WEST, SOUTH), (WEST + 100_001, SOUTH + 33_334), (WEST, SOUTH + 100_000)]
    second = [(WEST, SOUTH), (WEST + 50_000, SOUTH - 50_000), (WEST + 50_000, SOUTH + 16_666)]
    third = [(WEST + 50_000, SOUTH + 16_666), (WEST + 50_000, SOUTH - 50_000),
             (WEST + 100_001, SOUTH + 33_334)]  # fmt: skip
    survey = read(tiling([first, second, third]))
    assert (survey.problems, survey.notes) == ((), ())


def test_there_may_be_no_grids_yet():
    grids = Grids([])
    assert grids.find(120.2, 31.8) is None
    assert grids.labels == {}
    assert drawing.plan(grids).shapes == ()


def test_grids_that_overlap_can_be_drawn():
    grids = read(tiling([square(WEST, SOUTH), square(WEST + 50_000, SOUTH + 50_000)])).grids
    assert len(drawing.plan(grids).shapes) == 2
