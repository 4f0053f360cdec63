"""What a new map of grids alters."""

import json

import msgspec

from lianzhi.dispatch.grids.changes import changes
from lianzhi.dispatch.grids.geojson import read
from made_grids import four_squares


def grids(text):
    return read(text.encode()).grids


def test_changes_name_what_is_added_removed_moved_and_redrawn():
    before = grids(four_squares())
    assert not changes(before, before).any
    found = changes(before, grids(four_squares("S9", last=False)))
    assert [each.id for each in found.removed] == ["G4"]
    assert [(each.id, each.before, each.after) for each in found.moved] == [("G3", "S2", "S9")]
    assert found.kept == 2
    back = changes(grids(four_squares(last=False)), before)
    assert [each.id for each in back.added] == ["G4"]


def test_a_ring_that_begins_elsewhere_or_runs_the_other_way_is_the_same():
    said = json.loads(four_squares())
    ring = said["features"][0]["geometry"]["coordinates"][0]
    turned = [*ring[2:], *ring[1:3]]
    said["features"][0]["geometry"]["coordinates"][0] = turned
    said["features"][1]["geometry"]["coordinates"][0].reverse()
    before = grids(four_squares())
    assert not changes(before, grids(json.dumps(said))).any
    said["features"][0]["geometry"]["coordinates"][0][1][1] += 0.001
    assert msgspec.json.encode([one.id for one in changes(before, grids(json.dumps(said))).redrawn])
