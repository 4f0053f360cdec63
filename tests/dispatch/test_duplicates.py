"""Likely duplicates: near in place and time, of one category."""

from hypothesis import given
from hypothesis import strategies as st

from lianzhi.dispatch.policy import DuplicateLimits
from lianzhi.dispatch.requests.duplicates import distance, likely_duplicates
from lianzhi.dispatch.requests.request import Request

DAY = 86_400_000
POLICY = DuplicateLimits(metres=300, days=14)
places = st.tuples(st.floats(120.2, 120.21), st.floats(31.8, 31.81))


def one(name, at=(120.2, 31.8), day=100, **more):
    lon, lat = at
    said = {"id": name, "channel": "app", "category": "litter", "received_at": day * DAY,
            "updated_at": day * DAY, "lon": lon, "lat": lat}  # fmt: skip
    return Request(**said | more)


def test_alike_is_near_in_place_time_and_kind():
    others = [
        one("self"), one("near", (120.201, 31.8)), one("far", (120.21, 31.8)),
        one("late", day=115), one("other", category="noise"), one("done", status="closed"),
        one("nowhere", at=(None, None)),
    ]  # fmt: skip
    assert [each.request.id for each in likely_duplicates(one("self"), others, POLICY)] == ["near"]
    assert likely_duplicates(one("self", at=(None, None)), others, POLICY) == ()


def test_metres_are_those_of_the_ground():
    assert round(distance((120, 31), (120, 31.001))) == 111
    assert round(distance((120, 60), (120.001, 60))) == 56


@given(places, st.lists(places, max_size=20))
def test_alike_works_both_ways_and_nearest_first(at, others):
    mine = one("mine", at)
    theirs = [one(f"r{n}", each) for n, each in enumerate(others)]
    found = likely_duplicates(mine, theirs, POLICY)
    assert [each.metres for each in found] == sorted(each.metres for each in found)
    for each in theirs:
        assert (each.id in {near.request.id for near in found}) == bool(
            likely_duplicates(each, [mine], POLICY)
        )
