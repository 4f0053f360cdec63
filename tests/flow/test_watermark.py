"""Watermark: never ahead of the clock, never back; released in order whatever the arrival."""

from hypothesis import given
from hypothesis import strategies as st

from lianzhi.chain.event import Event
from lianzhi.flow.watermark import SLOT_MS, Reorder, advance, past, slot_start
from streams import event

LATENESS = 1000
STEPS = st.lists(st.tuples(st.integers(0, 20_000), st.integers(0, 20_000)), max_size=30)


def at(*times: int) -> list[Event]:
    return [event(f"e{n}", time, "a", "t") for n, time in enumerate(times)]


def order(one: Event) -> tuple[int, str, str]:
    return one.time, one.source, one.id


@given(STEPS)
def test_never_falls_and_stays_behind_clock_and_stream(steps: list[tuple[int, int]]) -> None:
    watermark = latest = 0
    for time, now in steps:
        latest = max(latest, time)
        moved = advance(watermark, latest, now, LATENESS)
        assert moved >= watermark
        assert moved == watermark or moved <= min(latest, now) - LATENESS
        assert moved % SLOT_MS == 0
        watermark = moved


@given(st.integers(0, 10**13))
def test_past_releases_up_to_its_time_and_no_slot_more(time: int) -> None:
    assert slot_start(time) <= time < past(time) <= time + SLOT_MS


def test_events_wait_for_a_quarter_of_a_second_at_most() -> None:
    assert {slot_start(time) for time in range(5000, 6000)} == {5000, 5250, 5500, 5750}


def test_ties_are_broken_by_source_and_id() -> None:
    reorder = Reorder()
    one, two, three = (
        event(id_, 500, "a", "t", source=source)
        for id_, source in (("b", "x"), ("a", "y"), ("a", "x"))
    )
    reorder.add([one, two, three], 0)
    assert reorder.release(past(500)) == [three, one, two]


def test_what_comes_before_the_floor_is_late() -> None:
    reorder = Reorder()
    assert reorder.add(at(999, 1000, 1500), floor=1000) == 1
    assert reorder.buffered == 2
    assert [e.time for e in reorder.release(past(1500))] == [1000, 1500]
    assert reorder.release(0) == []
    assert reorder.watermark == past(1500)


@given(st.lists(st.tuples(st.integers(0, 30_000), st.integers(0, LATENESS)), max_size=60))
def test_bounded_disorder_comes_out_sorted(arrivals: list[tuple[int, int]]) -> None:
    events = at(*(time for time, _ in arrivals))
    by_arrival = sorted(zip(arrivals, events, strict=True), key=lambda pair: sum(pair[0]))
    reorder, watermark, latest, released = Reorder(), 0, 0, []
    for (time, delay), one in by_arrival:
        latest = max(latest, time)
        floor, watermark = watermark, advance(watermark, latest, time + delay, LATENESS)
        assert reorder.add([one], floor) == 0
        released += reorder.release(watermark)
    released += reorder.release(past(latest))
    assert released == sorted(events, key=order)
    assert reorder.buffered == 0


def test_events_can_be_taken_out_while_they_wait() -> None:
    reorder = Reorder()
    reorder.add([*at(500, 600), event("x", 550, "gone", "t", seq=7)], 0)
    reorder.drop(lambda one: one.actor == "gone")
    assert reorder.buffered == 2
    assert [e.time for e in reorder.release(past(600))] == [500, 600]
