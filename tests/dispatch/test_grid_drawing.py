"""Drawn grids: common borders stay common, shade comes with a number, titles are read aloud."""

import itertools
import re

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from lianzhi.dispatch.grids import drawing
from lianzhi.dispatch.grids.drawing import simplify
from lianzhi.dispatch.grids.geojson import read
from lianzhi.dispatch.grids.plane import Plane
from made_grids import SOUTH, UNIT, WEST, bent, collection, feature, square, tiling

NS = {"s": "http://www.w3.org/2000/svg"}


def wavy(x, shift, wave=400):
    """A border from south to north with many vertices."""
    return [(x + round(wave * np.sin(n + shift)), SOUTH + n * 2_000) for n in range(61)]


def strips(count, shift, wave=400):
    walls = [wavy(WEST + n * 50_000, shift + n, wave) for n in range(count + 1)]
    return [[*west, *east[::-1]] for west, east in itertools.pairwise(walls)]


@settings(max_examples=25)
@given(st.integers(2, 5), st.integers(0, 100), st.floats(0.5, 50))
def test_neighbours_keep_one_border_and_stay_near_it(count, shift, metres):
    plane = Plane.around(np.array([WEST, SOUTH, WEST + 50_000 * count, SOUTH + 120_000]) / UNIT)

    def on_ground(points):
        return plane.metres(shapely.LineString(np.array(points) / UNIT))

    rings = strips(count, shift)
    shapes = np.array([shapely.Polygon(on_ground(ring)) for ring in rings])
    thin = simplify(shapes, metres)
    for shape, was in zip(thin, shapes, strict=True):
        corners, before = corners_of(shape), corners_of(was)
        assert 3 <= len(corners) <= len(before)
        assert corners <= before
        off = shapely.distance(shapely.points(sorted(before)), shape.exterior)
        assert off.max() <= metres + 1e-6
    common = [corners_of(shape) for shape in thin]
    walls = [{*on_ground(wavy(WEST + n * 50_000, shift + n)).coords} for n in range(count + 1)]
    for n in range(1, count):
        assert common[n - 1] & walls[n] == common[n] & walls[n]


def corners_of(shape):
    return {*shape.exterior.coords}


def test_a_detailed_border_is_drawn_with_fewer_points():
    for wave, fewer in ((40, 0.1), (4_000, 1)):  # a fifth of a pixel, and twenty
        grids = read(tiling(strips(4, 1, wave))).grids
        drawn = sum(shape.path.count("L") + 1 for shape in drawing.plan(grids).shapes)
        assert drawn <= fewer * 4 * 122
    assert drawn > 4 * 100


def test_load_is_told_by_shade_number_and_title():
    grids = read(tiling(bent(3, 3))).grids
    drawn = drawing.plan(grids, {"g0": 8, "g1": 1}, [(120.205, 31.805, "r1")], "en")
    by_id = {shape.id: shape for shape in drawn.shapes}
    assert [by_id[key].shade for key in ("g0", "g1", "g2")] == [4, 1, 0]
    assert by_id["g0"].title == "网格g0 (g0), squad-1; 8 open"
    root = etree.fromstring(drawing.render(drawn, "en"))
    assert root.get("role") == "img"
    assert root.xpath("string(s:title)", namespaces=NS) == "Grids and requests"
    titles = root.xpath("//s:path/s:title/text()", namespaces=NS)
    assert titles == [shape.title for shape in drawn.shapes]
    said = root.xpath("//s:text/text()", namespaces=NS)
    assert {"8", "1", "0", "Open requests", "网格g0"} <= set(said)
    assert root.xpath("string(//s:circle/s:title)", namespaces=NS) == "r1"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_everything_lies_on_the_page(language):
    grids = read(tiling(bent(5, 4))).grids
    drawn = drawing.plan(grids, {}, language=language)
    width, height = (float(part) for part in drawn.view_box.split()[2:])
    for shape in drawn.shapes:
        for x, y in re.findall(r"([\d.-]+) ([\d.-]+)", shape.path):
            assert 0 <= float(x) <= width
            assert 0 <= float(y) <= height
        assert 0 < shape.x < width
        assert 0 < shape.y < height


def test_names_are_text_and_no_markup():
    name = '<script>alert("x")</script>&'
    grids = read(collection(feature("a", square(WEST, SOUTH), name=name))).grids
    data = drawing.render(drawing.plan(grids, None, [(120.205, 31.805, "a\x00b")]))
    root = etree.fromstring(data)
    assert root.xpath("//s:script", namespaces=NS) == []
    assert name in root.xpath("//s:text/text()", namespaces=NS)
