"""A node with a backlog starts at once, says how far it is, saves on the way, and closes soon."""

import time
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from node_house import opened, told

from lianzhi.flow.runner import Runner
from lianzhi.jobs import judge, pace, snapshots
from lianzhi.jobs.node import Node
from lianzhi.jobs.pace import Backlog, Pace, Progress
from lianzhi.web.app import create_app
from lianzhi.web.core.settings import Settings
from streams import START, body, calm, crowd, merged
from waiting import eventually

EVENTS = merged(calm(1500), crowd("victim", 40))
MORE = calm(60, seed=7, start=EVENTS[-1].time + 1000)


class SlowRunner:
    """Makes judging slow: `seconds` for each event of the frames."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
        self.seconds, real = seconds, Runner.feed

        def feed(runner: Runner, frames: Any) -> Any:
            time.sleep(self.seconds * sum(len(frame.events) for frame in frames))
            return real(runner, frames)

        monkeypatch.setattr(Runner, "feed", feed)


def send(node: Node, events: Any, size: int = 20) -> None:
    for start in range(0, len(events), size):
        node.intake.submit(body(events[start : start + size]), "test")


@pytest.fixture
def backlog(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SlowRunner:
    """A home whose log holds what nobody judged: 32 s of work. Small groups, no patience."""
    monkeypatch.setattr(judge, "CLOSING_S", 0.0)
    monkeypatch.setattr(pace, "FIRST", 16)
    node, _ = opened(tmp_path)
    with node:
        monkeypatch.setattr(node.judge, "close", lambda: None)
        node.judge.end(RuntimeError("killed"))
        for at in range(0, len(EVENTS), 20):
            node.store.accept(
                *_accepted(node, EVENTS[at : at + 20]), lambda accepted, position: None
            )
    (tmp_path / snapshots.SNAPSHOT).unlink(missing_ok=True)
    return SlowRunner(monkeypatch, 0.02)


def _accepted(node: Node, events: Any) -> tuple[Any, ...]:
    lines = body(events).splitlines()
    return events, lines, node.now(), 5000


def ready(node: Node) -> tuple[int, str]:
    app = create_app(node, Settings(hosts=("testserver",)))
    answer = TestClient(app).get("/readyz")
    return answer.status_code, answer.json().get("detail", "")


def test_a_node_with_a_backlog_starts_at_once_and_takes_events_in(
    tmp_path: Path, backlog: SlowRunner
) -> None:
    began = time.monotonic()
    node, _ = opened(tmp_path)
    with node:
        assert time.monotonic() - began < 8, "the backlog takes 32 s"
        status, detail = ready(node)
        assert status == 503
        assert detail.startswith("detection judges what was accepted before: ")
        assert "of 1,540 events" in detail
        receipt = node.intake.submit(body(MORE), "test")
        assert (receipt.accepted, receipt.late) == (60, 0)
        backlog.seconds = 0
        node.intake.finish()
        assert node.judge.backlog is None
        assert ready(node) == (200, "")
        assert node.live.pulse().judged == len(EVENTS) + len(MORE)


def test_closing_in_a_backlog_keeps_what_was_done(
    tmp_path: Path, backlog: SlowRunner, undisturbed: list[bytes]
) -> None:
    node, _ = opened(tmp_path)
    assert eventually(lambda: (node.judge.backlog or Backlog(0, 0, None)).done >= 100)
    began = time.monotonic()
    node.close()
    assert time.monotonic() - began < 5
    saved = snapshots.peek(tmp_path / snapshots.SNAPSHOT)
    assert saved is not None
    assert saved.position >= 60
    backlog.seconds = 0
    node, _ = opened(tmp_path)
    with node:
        assert node.live.pulse().judged >= 60, "it went on from there"
        node.intake.finish()
        assert told(node) == undisturbed


def test_the_state_is_saved_on_the_way(
    tmp_path: Path, backlog: SlowRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(judge, "SAVED_S", 0.2)
    monkeypatch.setattr(judge, "SAVING_SHARE", 0)
    node, _ = opened(tmp_path)
    with node:
        assert eventually(lambda: snapshots.peek(tmp_path / snapshots.SNAPSHOT) is not None)
        assert node.judge.backlog is not None


def test_a_node_that_lost_its_place_judges_no_more_of_a_backlog(
    tmp_path: Path, backlog: SlowRunner
) -> None:
    node, _ = opened(tmp_path)
    assert eventually(lambda: node.judge.runner.judged > 0)
    node.judge.end(RuntimeError("another node has taken over"))
    time.sleep(1)  # longer than the group at hand
    judged = node.judge.runner.judged
    time.sleep(1)
    assert node.judge.runner.judged == judged
    node.close()


def test_progress_is_logged(
    tmp_path: Path,
    backlog: SlowRunner,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(judge, "LOGGED_S", 0.2)
    caplog.set_level("INFO")
    node, _ = opened(tmp_path)
    with node:
        assert eventually(lambda: "judging what was accepted before: " in caplog.text)


def test_closing_judges_no_longer_than_its_patience(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, undisturbed: list[bytes]
) -> None:
    monkeypatch.setattr(judge, "CLOSING_S", 0.5)
    monkeypatch.setattr(pace, "FIRST", 16)
    node, _ = opened(tmp_path)
    node.judge.wait()
    slow = SlowRunner(monkeypatch, 0.02)
    send(node, EVENTS)
    began = time.monotonic()
    node.close()
    assert time.monotonic() - began < 5, "judging all takes 32 s"
    slow.seconds = 0
    node, _ = opened(tmp_path)
    with node:
        node.intake.finish()
        assert node.live.pulse().judged == len(EVENTS)
        assert told(node) == undisturbed


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    """Findings of a run that nothing disturbed, nor `backlog` made slow."""
    node, findings = opened(tmp_path_factory.mktemp("undisturbed"))
    with node:
        send(node, EVENTS)
        node.intake.finish()
        assert findings
        return told(node)


def test_groups_fit_what_judging_takes() -> None:
    pace_ = Pace()
    for _ in range(20):
        pace_.learn(0.01, pace_.events)
    assert pace_.events == pace.TOGETHER
    for _ in range(20):
        pace_.learn(60, pace_.events)
    assert pace_.events == pace.FEWEST
    pace_.learn(0.01, 1)
    assert pace_.events == pace.FEWEST, "one quick event says nothing about a group"


def test_time_left_is_told_in_words() -> None:
    now = [0.0]
    progress = Progress(100, lambda: now[0])
    assert str(progress.backlog(100, 1100)) == "0 of 1,000 events (0%)"
    now[0] = 10
    assert str(progress.backlog(350, 1100)) == "250 of 1,000 events (25%), 30 s left"
    now[0] = 1000
    assert str(progress.backlog(350, 1100)) == "250 of 1,000 events (25%), 50 min left"
    now[0] = 10_000
    assert str(progress.backlog(350, 1100)).endswith("8.3 h left")
    assert START
