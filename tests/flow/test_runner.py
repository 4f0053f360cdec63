"""Runner: neither the cutting of the stream, nor disorder, nor a restart changes what is found."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lianzhi.chain.event import Event
from lianzhi.chain.finding import Finding
from lianzhi.domains.bullying import policy
from lianzhi.domains.bullying.detection.detect import PileOn
from lianzhi.domains.bullying.detection.reports import ReportFlood
from lianzhi.flow.runner import Accepted, Runner
from lianzhi.flow.watermark import advance, past
from lianzhi.record.mention import mentions
from streams import NOW, calm, crowd, merged, numbered

LATENESS = 5000
POLICY = policy.load()
EVENTS = numbered(merged(calm(150), crowd("victim", 50), crowd("other", 30, seed=5)))


def runner() -> Runner:
    return Runner([PileOn(POLICY), ReportFlood(POLICY)])


def frames(events: list[Event], sizes: list[int]) -> list[Accepted]:
    """The events as the intake would accept them in groups of these sizes, then released."""
    made, watermark, latest, start = [], 0, 0, 0
    sizes = [*sizes, len(events)]
    while start < len(events):
        group = events[start : start + max(1, sizes.pop(0))]
        start += len(group)
        latest = max(latest, *(e.time for e in group), 0)
        floor, watermark = watermark, advance(watermark, latest, NOW, LATENESS)
        made.append(Accepted(group, floor, watermark, start))
    return [*made, Accepted([], watermark, past(latest), start)]


def plain(events: list[Event]) -> tuple[list[Finding], dict[str, bytes]]:
    whole = runner()
    findings = whole.feed(frames(events, []))
    return findings, whole.snapshot(len(events)).states


FINDINGS, STATES = plain(EVENTS)


def test_the_sample_has_something_to_find() -> None:
    assert {f.about for f in FINDINGS if f.stage != "watch"} >= {"victim", "other"}


@settings(max_examples=25)
@given(st.lists(st.integers(1, 60), max_size=12), st.integers(1, 5))
def test_cutting_the_stream_changes_nothing(sizes: list[int], together: int) -> None:
    made = frames(EVENTS, sizes)
    cut = runner()
    found: list[Finding] = []
    for start in range(0, len(made), together):
        found += cut.feed(made[start : start + together])
    assert found == FINDINGS
    assert cut.snapshot(len(EVENTS)).states == STATES
    assert (cut.judged, cut.buffered) == (len(EVENTS), 0)


@settings(max_examples=25)
@given(st.randoms(use_true_random=False), st.lists(st.integers(1, 60), max_size=12))
def test_disorder_within_the_lateness_changes_nothing(rng: random.Random, sizes: list[int]) -> None:
    arrival = sorted(EVENTS, key=lambda e: e.time + rng.randrange(LATENESS - 250))
    shuffled = runner()
    found = shuffled.feed(frames(arrival, sizes))
    assert found == FINDINGS
    assert shuffled.snapshot(len(EVENTS)).states == STATES


@settings(max_examples=15)
@given(st.lists(st.integers(5, 60), min_size=3, max_size=8), st.data())
def test_a_restart_at_any_frame_changes_nothing(sizes: list[int], data: st.DataObject) -> None:
    made = frames(EVENTS, sizes)
    stop = data.draw(st.integers(1, len(made)))
    first = runner()
    found = first.feed(made[:stop])
    snapshot = first.snapshot(made[stop - 1].after)
    second = runner()
    second.restore(snapshot)
    found += second.feed([frame for frame in made if frame.after >= snapshot.position])
    assert found == FINDINGS
    assert second.snapshot(len(EVENTS)).states == STATES


@pytest.mark.parametrize("account", ["victim", "stranger2x017", "stranger5x013", "calm7"])
@pytest.mark.parametrize("stop", [3, 9, 10**6])
def test_forgetting_leaves_no_trace(account: str, stop: int) -> None:
    made = frames(EVENTS, [20] * 40)
    one = runner()
    one.feed(made[:stop])
    one.forget(account, mentions(account))
    one.feed([Accepted([], 0, past(EVENTS[-1].time), len(EVENTS))])
    states = one.snapshot(len(EVENTS)).states
    assert not any(account.encode() in state for state in states.values())


def test_a_new_runner_has_judged_nothing_and_knows_of_no_record() -> None:
    snapshot = runner().snapshot(7)
    assert (snapshot.position, snapshot.watermark) == (7, 0)
    assert (snapshot.judged, snapshot.recorded, snapshot.steps) == (0, 0, 0)
    assert runner().feed([]) == []


def test_a_snapshot_says_what_was_judged_and_how_long_the_record_was() -> None:
    first = runner()
    first.feed(frames(EVENTS, []))
    snapshot = first.snapshot(len(EVENTS), recorded=5, steps=2)
    assert (snapshot.judged, snapshot.recorded, snapshot.steps) == (len(EVENTS), 5, 2)
    second = runner()
    second.restore(snapshot)
    assert (second.judged, second.watermark) == (first.judged, first.watermark)


def test_a_state_of_another_version_is_refused() -> None:
    one = runner()
    snapshot = one.snapshot(0)
    snapshot.states[PileOn.name] = b"\xc1"
    with pytest.raises(ValueError, match="another version"):
        one.restore(snapshot)
