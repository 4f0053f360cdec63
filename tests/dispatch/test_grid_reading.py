"""Files of grids: what is refused, and how it is told."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lianzhi.dispatch.grids import coverage, geojson
from lianzhi.dispatch.grids.geojson import GridError, read
from made_grids import (
    SOUTH,
    UNIT,
    WEST,
    bent,
    collection,
    feature,
    square,
    tiling,
    winding,
)

GOOD = feature("good", square(WEST, SOUTH))


def ring(*points):
    return [[x / UNIT, y / UNIT] for x, y in points]


def shaped(coordinates, kind="Polygon"):
    return {**feature("bad", square(0, 0)), "geometry": {"type": kind, "coordinates": coordinates}}


A, B, C, D = square(WEST + 500_000, SOUTH)
BAD = {
    "open": (shaped([ring(A, B, C, D)]), "ring", "not closed"),
    "short": (shaped([ring(A, B, A)]), "ring", "4 positions"),
    "flat": (shaped([ring(A, A, A, A)]), "ring", "encloses nothing"),
    "line": (shaped([ring(A, B, C, B, A)]), "crossing", "touches itself"),
    "bow": (shaped([ring(A, C, B, D, A)]), "crossing", "crosses"),
    "spike": (shaped([ring(A, B, C, (C[0], C[1] + 9), C, D, A)]), "crossing", "touches itself"),
    "swapped": (shaped([[[y, x] for x, y in ring(A, B, C, D, A)]]), "range", "longitude"),
    "no list": (shaped("x"), "shape", "geometry"),
    "no polygon": (shaped(ring(A)[0], "Point"), "shape", "Polygon or MultiPolygon"),
    "empty": (shaped([]), "shape", "length"),
    "text": (shaped([[["a", "b"]]]), "shape", "float"),
    "outer hole": (
        shaped([ring(A, B, C, D, A), ring(*square(WEST, SOUTH), (WEST, SOUTH))]), "hole", "outside",
    ),
    "hole in hole": (
        shaped([ring(A, B, C, D, A)] + [
            ring(*(s := square(A[0] + n, A[1] + n, 90_000 - 2 * n)), s[0]) for n in (9, 99)
        ]),
        "hole", "another hole",
    ),
    "part in part": (
        shaped([[ring(A, B, C, D, A)], [ring(*(s := square(A[0] + 9, A[1] + 9, 99)), s[0])]],
               "MultiPolygon"),
        "crossing", "another part",
    ),
    "no id": ({**GOOD, "properties": {"name": "x", "squad": "s"}}, "property", "id"),
    "empty squad": (feature("x", [A, B, C], squad=""), "property", "squad"),
    "control": (feature("x", [A, B, C], name="a\x07b"), "property", "name"),
    "again": (feature("good", [A, B, C]), "twice", "'good' again"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_bad_feature_is_told_with_its_mend_and_the_good_one_kept(name):
    given_one, kind, said = BAD[name]
    survey = read(collection(GOOD, given_one))
    (problem,) = survey.problems
    assert (problem.kind, problem.feature) == (kind, 2)
    assert said in problem.said
    assert [grid.id for grid in survey.grids.grids] == ["good"]


def test_the_point_of_a_crossing_is_told():
    survey = read(collection(BAD["bow"][0]))
    assert survey.problems[0].at == pytest.approx((120.255, 31.805))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "no GeoJSON"),
        (b"[1, 2", "no GeoJSON"),
        (b"\xff\xfe{}", "no GeoJSON"),
        (b'{"type": "Feature"}', "no GeoJSON"),
        (b'{"type": "FeatureCollection", "features": []}', "at least one"),
        (b"[" * 100_000, "no GeoJSON"),
        (collection(GOOD, crs={"properties": {"name": "EPSG:4490"}}), "WGS 84"),
    ],
)
def test_a_file_that_is_none_is_refused(data, said):
    with pytest.raises(GridError, match=said):
        read(data)


def test_limits_hold(monkeypatch):
    data = collection(GOOD)
    monkeypatch.setattr(geojson, "MOST_BYTES", len(data) - 1)
    with pytest.raises(GridError, match="too many"):
        read(data)
    monkeypatch.undo()
    monkeypatch.setattr(geojson, "MOST_OF_ONE", 4)
    assert read(data).problems[0].kind == "limit"
    deep = json.loads(data)
    deep["features"][0]["geometry"]["coordinates"] = nested = []
    for _ in range(60):
        nested.append(nested := [])
    assert read(json.dumps(deep).encode()).problems[0].kind == "shape"


def test_either_orientation_and_an_old_crs_member_do():
    turned = feature("turned", square(WEST + 100_000, SOUTH)[::-1], name_en="Turned")
    survey = read(collection(GOOD, turned, crs="urn:ogc:def:crs:OGC:1.3:CRS84"))
    assert survey.problems == ()
    assert survey.grids.grids[1].words.en == "Turned"
    assert survey.grids.grids[0].words.en == "网格good"  # nothing better is known


@settings(max_examples=60)
@given(st.integers(0, 10_000), st.integers(-90_000, 190_000), st.integers(-90_000, 190_000),
       st.integers(20_000, 300_000))  # fmt: skip
def test_an_overlap_is_found_and_its_witness_lies_in_both(seed, dx, dy, size):
    one, two = bent(seed, 1, 150_000)[0], square(WEST + dx, SOUTH + dy, size)
    lattice = [(WEST + x, SOUTH + y) for x in range(-60_000, 210_000, 9_000)
               for y in range(-60_000, 210_000, 9_000)]  # fmt: skip
    both = [at for at in lattice if winding(one, *at) and winding(two, *at)]
    survey = read(tiling([one, two]))
    if both:
        (problem,) = survey.problems
        assert (problem.kind, problem.ids) == ("overlap", ("g0", "g1"))
        x, y = (round(degree * UNIT) for degree in problem.at)
        assert winding(one, x, y)
        assert winding(two, x, y)
    elif survey.problems:  # narrower than the lattice, but real
        x, y = (round(degree * UNIT) for degree in survey.problems[0].at)
        assert winding(one, x, y)
        assert winding(two, x, y)


def test_how_much_overlaps_is_told():
    survey = read(tiling([square(WEST, SOUTH), square(WEST + 90_000, SOUTH)]))
    # 10,000 x 100,000 units: 94.4 m (at 31.8 degrees) x 1,111 m
    assert "104,9" in survey.problems[0].said


def test_equal_and_nested_grids_overlap():
    whole = square(WEST, SOUTH)
    kinds = [
        each.kind
        for each in read(
            tiling([whole, whole, square(WEST + 9_000, SOUTH + 9_000, 9_000)])
        ).problems
    ]
    assert kinds == ["overlap"] * 3


def test_no_more_overlaps_are_looked_for_than_anybody_reads(monkeypatch):
    stack = tiling([square(WEST + n, SOUTH + n) for n in range(30)])  # 435 pairs
    kinds = [each.kind for each in read(stack).problems]
    assert kinds == ["limit", *["overlap"] * coverage.MOST_OVERLAPS]
    monkeypatch.setattr(coverage, "MOST_PAIRS", 434)
    with pytest.raises(GridError, match="lie over each other"):
        read(stack)


def test_rounding_along_a_slanted_border_is_no_overlap():
    # the neighbour has a vertex in the middle of the border that falls between whole units
    one = [(WEST, SOUTH), (WEST + 100_001, SOUTH + 33_334), (WEST, SOUTH + 100_000)]
    two = [(WEST, SOUTH), (WEST + 50_000, SOUTH - 50_000), (WEST + 100_001, SOUTH + 33_334),
           (WEST + 50_001, SOUTH + 16_667)]  # fmt: skip
    assert read(tiling([one, two])).problems == ()


def test_an_enclosed_gap_is_a_note_and_the_outside_is_none():
    ring_of = [square(WEST + x * 100_000, SOUTH + y * 100_000) for x in range(3) for y in range(3)
               if (x, y) != (1, 1)]  # fmt: skip
    survey = read(tiling(ring_of))
    assert survey.problems == ()
    (note,) = survey.notes
    assert note.kind == "gap"
    lon, lat = note.at
    assert WEST + 100_000 < lon * UNIT < WEST + 200_000
    assert SOUTH + 100_000 < lat * UNIT < SOUTH + 200_000
    assert read(tiling(ring_of[:3])).notes == ()
