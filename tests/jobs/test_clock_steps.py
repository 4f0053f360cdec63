"""Clocks that run ahead and are set right: nothing stays late, and what was skipped is judged."""

import threading
from pathlib import Path
from typing import Any

import pytest
from node_house import Clock, kinds, opened, told

from lianzhi.chain.event import Event
from lianzhi.flow.clock import TOLERANCE_MS, StepBack, in_force
from lianzhi.flow.runner import Accepted, Runner
from lianzhi.jobs import pace
from streams import NOW, body, calm, crowd, event, merged

MINUTE, HOUR, DAY, YEAR = 60_000, 3_600_000, 86_400_000, 365 * 86_400_000
BEFORE = calm(120, start=NOW - HOUR)
#: What happens while the clock is wrong, and once it is right again.
MEANWHILE = merged(calm(60, seed=3, start=NOW), crowd("first victim", 40, start=NOW + MINUTE))
AFTER = merged(
    calm(60, seed=4, start=NOW + HOUR),
    crowd("second victim", 40, seed=9, start=NOW + HOUR + MINUTE),
)
END = NOW + 2 * HOUR


def right(home: Path) -> list[bytes]:
    """What is found where the clock is never wrong."""
    clock = Clock(NOW)
    node, _ = opened(home, clock)
    with node:
        node.intake.submit(body([*BEFORE, event("ahead", NOW, "a", "b", text="你好")]), "test")
        for events in (MEANWHILE, AFTER):
            clock.at = events[-1].time
            node.intake.submit(body(events), "test")
        clock.at = END
        node.intake.finish()
        return told(node)


@pytest.mark.parametrize("ahead", [HOUR, DAY, YEAR])
def test_a_clock_that_ran_ahead_leaves_nothing_late(tmp_path: Path, ahead: int) -> None:
    clock = Clock(NOW)
    node, _ = opened(tmp_path / "home", clock)
    with node:
        node.intake.submit(body(BEFORE), "test")
        clock.at = NOW + ahead
        node.intake.submit(body([event("ahead", NOW + ahead, "a", "b", text="你好")]), "test")
        assert node.intake.submit(body(MEANWHILE), "test").late == len(MEANWHILE)
        clock.at = MEANWHILE[-1].time
        node.clock.look()
        clock.at = AFTER[-1].time
        assert node.intake.submit(body(AFTER), "test").late == 0
        assert kinds(node)["clock.stepped_back"] == 1
        clock.at = END
        node.intake.finish()
        node.clock.look()
        expected = right(tmp_path / "right")
        assert expected
        assert [f for f in told(node) if b"victim" in f] == expected
        assert kinds(node)["clock.stepped_back"] == 1, "an event that lies ahead is no step"


def test_a_start_notices_as_well_and_the_next_start_knows(tmp_path: Path) -> None:
    clock = Clock(NOW + DAY)
    node, _ = opened(tmp_path / "home", clock)
    with node:
        node.intake.submit(body(BEFORE), "test")
        node.intake.submit(body([event("ahead", NOW + DAY, "a", "b")]), "test")
        node.intake.submit(body(MEANWHILE), "test")
        node.intake.finish()
    clock.at = MEANWHILE[-1].time
    for part in (AFTER[:50], AFTER[50:]):
        node, _ = opened(tmp_path / "home", clock)
        with node:
            clock.at = AFTER[-1].time
            assert node.intake.submit(body(part), "test").late == 0
            clock.at = END
            node.intake.finish()
            assert kinds(node)["clock.stepped_back"] == 1
            found = told(node)
    assert [f for f in found if b"victim" in f] == right(tmp_path / "right")


def test_a_state_from_before_the_step_is_not_gone_on_from(tmp_path: Path) -> None:
    clock = Clock(NOW + DAY)
    node, _ = opened(tmp_path / "home", clock)
    with node:
        node.intake.submit(body([event("ahead", NOW + DAY, "a", "b")]), "test")
        node.intake.submit(body(MEANWHILE), "test")
        node.intake.finish()
        clock.at = MEANWHILE[-1].time
        node.judge.close = lambda: None  # type: ignore[method-assign]
        node.judge.start_over = lambda step: None  # type: ignore[method-assign]
        node.clock.look()  # and then it is killed
    node, _ = opened(tmp_path / "home", clock)
    with node:
        clock.at = END
        node.intake.finish()
        assert any(b"first victim" in finding for finding in told(node))


def test_what_waits_when_the_clock_steps_back_is_judged_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pace, "FIRST", 16)
    may_judge, real = threading.Event(), Runner.feed

    def held(runner: Runner, frames: Any) -> Any:
        assert may_judge.wait(20)
        return real(runner, frames)

    clock = Clock(NOW + DAY)
    node, _ = opened(tmp_path, clock)
    with node:
        node.judge.wait()
        monkeypatch.setattr(Runner, "feed", held)
        node.intake.submit(body([event("ahead", NOW + DAY, "a", "b")]), "test")
        for one in (*BEFORE, *MEANWHILE):
            node.intake.submit(body([one]), "test")
        clock.at = MEANWHILE[-1].time
        node.clock.look()
        may_judge.set()
        node.judge.wait()
        clock.at = AFTER[-1].time
        node.intake.submit(body(AFTER), "test")
        clock.at = END
        node.intake.finish()
        events = len(BEFORE) + len(MEANWHILE) + len(AFTER)
        assert node.live.pulse().judged == events, "the one that lies ahead waits for its time"
        for victim in (b"first victim", b"second victim"):
            assert any(victim in finding for finding in told(node))


@pytest.mark.parametrize("back", [1000, TOLERANCE_MS])
def test_a_small_step_changes_nothing(tmp_path: Path, back: int) -> None:
    clock = Clock(NOW)
    node, _ = opened(tmp_path, clock)
    with node:
        node.intake.submit(body([*BEFORE, event("now", NOW, "a", "b")]), "test")
        clock.at = NOW - back
        node.clock.look()
        assert kinds(node)["clock.stepped_back"] == 0


def test_a_clock_that_falls_behind_refuses_what_lies_ahead_of_it(tmp_path: Path) -> None:
    clock = Clock(NOW - YEAR)
    node, _ = opened(tmp_path, clock)
    with node:
        receipt = node.intake.submit(body(BEFORE), "test")
        assert (receipt.accepted, receipt.quarantined) == (0, len(BEFORE))


def test_frames_from_before_a_step_follow_their_events() -> None:
    def at(*times: int) -> list[Event]:
        return [event(f"e{time}", time, "a", "b") for time in times]

    frames = [
        Accepted(at(5000, 9000), 0, 5000, 2),
        Accepted(at(9500, 90_000), 5000, 80_000, 4),  # the clock runs ahead
        Accepted(at(12_000), 80_000, 85_000, 5),
        Accepted(at(91_000), 85_000, 86_000, 6),
        Accepted(at(16_000), 12_000, 12_000, 7),  # set right
        Accepted([], 13_000, 13_000, 7),
    ]
    settled = list(in_force(frames, [StepBack(6, 12_000, 4000)]))
    assert [(f.floor, f.watermark) for f in settled] == [
        (0, 5000), (5000, 5500), (5500, 8000), (8000, 8000), (12_000, 12_000), (13_000, 13_000),
    ]  # fmt: skip
    assert all(a is b for a, b in zip(in_force(frames, []), frames, strict=True))
