"""Node: from rows to findings, cases and protections, across restarts and failures."""

import threading
import time
from pathlib import Path
from typing import Any

import pytest
from node_house import Clock, kinds, opened, plain, told

from lianzhi.chain.life import IllegalStepError
from lianzhi.chain.protection import Terms
from lianzhi.config import Config, ConfigError
from lianzhi.jobs.home import HomeLockedError
from lianzhi.jobs.judge import DetectionStoppedError
from lianzhi.jobs.node import Node
from lianzhi.office.actor import Actor
from lianzhi.store import views
from lianzhi.store.audit import audit
from lianzhi.store.audit_events import audit_events
from lianzhi.store.ledger import custody
from streams import NOW, START, body, calm, crowd, event, merged
from waiting import eventually

pytestmark = pytest.mark.usefixtures("databases")
EVENTS = merged(calm(80), crowd("victim", 50))
ALL = body(EVENTS)
HOUR = 3_600_000


def sound(node: Node) -> bool:
    report = audit(node.engine, *custody(node.home, node.config.origin))
    return report.ok and audit_events(node.engine, node.home).ok


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Timed work every 50 ms."""
    monkeypatch.setattr("lianzhi.jobs.ticker.TICK_S", 0.05)


def test_a_pile_on_becomes_findings_a_case_proposals_and_an_offer(tmp_path: Path) -> None:
    node, findings = opened(tmp_path)
    with node:
        receipt = node.intake.submit(ALL + b"{broken\n" + ALL[:500].split(b"\n")[0] + b"\n", "test")
        assert (receipt.accepted, receipt.duplicates, receipt.quarantined) == (len(EVENTS), 1, 1)
        assert receipt.reasons[0][:2] == (len(EVENTS) + 1, "broken_json")
        node.intake.finish()
        assert findings
        assert {f.about for f in findings} == {"victim"}
        assert told(node) == plain(findings)
        marked = [one for f in findings for one in f.evidence if one.spans]
        assert marked, "the words that are why are marked"
        page = views.cases(node.engine)
        (case,) = page.rows
        assert (case.account, case.status) == ("victim", "open")
        view = views.case(node.engine, case.id)
        assert view is not None
        counted = kinds(node)
        assert counted["case.opened"] == 1
        assert counted["protection.offered"] == 1
        assert counted["revisit.scheduled"] == 1
        assert counted["finding.made"] == len(findings)
        opens = next(n for n, f in enumerate(findings) if f.stage != "watch")
        assert counted["case.joined"] == len(findings) - opens - 1
        pulse = node.live.pulse()
        assert (pulse.accepted, pulse.judged) == (len(EVENTS), len(EVENTS))
        assert pulse.watermark > EVENTS[-1].time
        assert sum(second.events for second in pulse.seconds) == len(EVENTS)
        assert pulse.forming[0].about == "victim"
        shown = node.live.timeline("victim", START, START + HOUR, 60_000)
        assert sum(bucket.arrivals for bucket in shown) == 50
        assert sum(bucket.harmful for bucket in shown) > 30
        assert node.live.expected_per_hour("victim") is not None
        assert node.live.expected_per_hour("nobody") is None
        assert sound(node)


def test_how_the_rows_are_batched_changes_no_finding(tmp_path: Path) -> None:
    made = []
    for size in (1, 7, 1000):
        node, findings = opened(tmp_path / str(size))
        with node:
            for start in range(0, len(EVENTS), size):
                node.intake.submit(body(EVENTS[start : start + size]), "test")
            node.intake.finish()
            made.append(told(node))
            assert made[-1] == plain(findings)
    assert made[0] == made[1] == made[2]


@pytest.mark.parametrize("snapshot", ["kept", "lost", "damaged"])
def test_a_restart_repeats_nothing_and_misses_nothing(tmp_path: Path, snapshot: str) -> None:
    whole, _ = opened(tmp_path / "whole")
    with whole:
        whole.intake.submit(ALL, "test")
        whole.intake.finish()
        expected, counted = told(whole), kinds(whole)
    home = tmp_path / "stopped"
    made = []
    for start in range(0, len(EVENTS), 26):
        node, some = opened(home)
        with node:
            node.intake.submit(body(EVENTS[max(0, start - 9) : start + 26]), "test")
        made += plain(some)
        state = home / "snapshots" / "detectors.msgpack"
        if snapshot == "lost":
            state.unlink()
        elif snapshot == "damaged":
            state.write_bytes(state.read_bytes()[:-20])
    node, some = opened(home)
    with node:
        node.intake.finish()
        assert told(node) == expected
        assert kinds(node) == counted
        assert made + plain(some) == expected
        assert node.live.pulse().judged == len(EVENTS)


def test_what_another_version_judged_is_not_judged_again(tmp_path: Path) -> None:
    node, _ = opened(tmp_path)
    with node:
        node.intake.submit(ALL, "test")
        node.intake.finish()
        before = kinds(node)
        (gone,) = {e.actor for e in EVENTS if e.id == "x2-3"}
        node.store.erase(lambda line: f'"{gone}"'.encode() in line, node.segments.put)
    state = tmp_path / "snapshots" / "detectors.msgpack"
    state.write_bytes(state.read_bytes().replace(b"bullying.pile_on", b"bullying.pile_in"))
    node, findings = opened(tmp_path)
    with node:
        node.intake.finish()
        assert findings == []
        assert kinds(node)["finding.made"] == before["finding.made"]


def test_only_one_process_runs_a_home(tmp_path: Path) -> None:
    node, _ = opened(tmp_path)
    with node, pytest.raises(HomeLockedError, match="stop it first"):
        Node(tmp_path)
    opened(tmp_path)[0].close()


def test_a_start_that_fails_lets_go_of_the_home(tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("account,from\n")
    with pytest.raises(ConfigError, match=r"people.csv.*until is missing"):
        Node(tmp_path, Config(settings={"bullying": {"roster": "people.csv"}}))
    with pytest.raises(ConfigError, match=r"none.csv"):
        Node(tmp_path, Config(settings={"bullying": {"roster": "none.csv"}}))
    Node(tmp_path).close()


def test_a_roster_watches_closely(tmp_path: Path) -> None:
    people = "account,from,until\nvictim,2025-10-01T00:00:00Z,2025-11-01T00:00:00Z\n"
    for name, text in (("with", people), ("without", "account,from,until\n")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "people.csv").write_text(text)
    first = []
    for name in ("with", "without"):
        node, findings = opened(tmp_path / name, settings={"bullying": {"roster": "people.csv"}})
        with node:
            node.intake.submit(ALL, "test")
            node.intake.finish()
        first.append(min(f.at for f in findings))
    assert first[0] <= first[1]


@pytest.mark.usefixtures("quick")
def test_when_the_input_pauses_the_verdicts_come(tmp_path: Path) -> None:
    node, findings = opened(tmp_path, lateness_seconds=0.2)
    with node:
        node.intake.submit(ALL, "test")
        assert eventually(lambda: node.live.pulse().watermark > EVENTS[-1].time)
        assert eventually(lambda: node.live.pulse().judged == len(EVENTS))
        assert findings


@pytest.mark.usefixtures("quick")
def test_full_segments_are_sealed_and_stand_on_the_record(tmp_path: Path) -> None:
    node, _ = opened(tmp_path)
    with node:
        for start in range(0, len(EVENTS), 20):
            node.intake.submit(body(EVENTS[start : start + 20]), "test")
            node.store.log.turn()
        assert eventually(lambda: not list((tmp_path / "events").glob("*0.log"))[1:])
        assert eventually(lambda: kinds(node)["segment.sealed"] == 7)
        node.intake.finish()
        assert sound(node)
        assert set(node.store.events(range(130))) == set(range(130))


@pytest.mark.usefixtures("quick")
def test_protections_lapse_by_the_clock(tmp_path: Path) -> None:
    clock = Clock()
    node, _ = opened(tmp_path, clock)
    with node:
        short, long = (
            node.protections.grant("kid", Terms(("comment",), NOW + hours * HOUR), "li", None, NOW)
            for hours in (1, 2)
        )
        assert not node.guard.check("comment", "x", "kid", clock(), None).allowed
        clock.at += HOUR
        assert eventually(lambda: kinds(node)["protection.lapsed"] == 1)
        assert eventually(lambda: node.guard.of("kid") == [long])
        assert not node.guard.check("comment", "x", "kid", clock(), None).allowed
        with pytest.raises(KeyError):
            node.protections.lift(short, "li", clock())
        node.protections.lift(long, "li", clock())
        assert node.guard.check("comment", "x", "kid", clock(), None).allowed
        clock.at += HOUR
        time.sleep(0.2)
        assert kinds(node)["protection.lapsed"] == 1
        running = node.protections.grant(
            "kid", Terms(("comment",), clock() + HOUR), "li", None, clock()
        )
    again, _ = opened(tmp_path, clock)
    with again:
        assert again.guard.of("kid") == [running]
        assert not again.guard.check("comment", "x", "kid", clock(), None).allowed
        assert again.guard.check("comment", "kid", "kid", clock(), None).allowed
        clock.at += HOUR
        assert eventually(lambda: kinds(again)["protection.lapsed"] == 2)
        assert eventually(lambda: not again.guard.of("kid"))


@pytest.mark.usefixtures("quick")
def test_timed_work_survives_a_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    node, _ = opened(tmp_path, clock)
    with node:
        node.protections.grant("kid", Terms(("comment",), NOW + HOUR), "li", None, NOW)
        failed = threading.Event()

        def full(*_: Any, **__: Any) -> None:
            failed.set()
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(node.ledger, "batch", full)
        clock.at += HOUR
        assert failed.wait(3)
        monkeypatch.undo()
        assert eventually(lambda: kinds(node)["protection.lapsed"] == 1)


def test_two_who_lift_a_protection_lift_it_once(tmp_path: Path) -> None:
    node, _ = opened(tmp_path)
    with node:
        for _ in range(5):
            given = node.protections.grant("kid", Terms(("comment",), NOW + HOUR), "li", None, NOW)
            refused = []

            def lift(given: str = given, refused: list[str] = refused) -> None:
                try:
                    node.protections.lift(given, "li", NOW)
                except KeyError:
                    refused.append(given)

            threads = [threading.Thread(target=lift) for _ in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert len(refused) == 3
        assert kinds(node)["protection.lifted"] == 5


def test_work_on_a_case_and_what_is_refused(tmp_path: Path) -> None:
    node, _ = opened(tmp_path)
    with node:
        node.intake.submit(ALL, "test")
        node.intake.finish()
        case = views.cases(node.engine).rows[0].id
        protection = node.protections.grant(
            "victim", Terms(("comment",), NOW + HOUR), "li", case, NOW
        )
        assert views.cases(node.engine).rows[0].status == "protected"
        node.casework.note_case(case, "asked the family", "li", NOW)
        node.casework.assign_case(case, "wang", "li", NOW)
        node.casework.close_case(case, "settled", "they made it up", Actor("li"), NOW)
        size = len(list(node.ledger.entries()))
        with pytest.raises(IllegalStepError):
            node.casework.assign_case(case, "wang", "li", NOW)
        with pytest.raises(IllegalStepError):
            node.protections.grant("victim", Terms(("comment",), NOW + HOUR), "li", case, NOW)
        for unknown in (
            lambda: node.casework.note_case("none", "x", "li", NOW),
            lambda: node.protections.grant("victim", Terms(("comment",), NOW), "li", "none", NOW),
        ):
            with pytest.raises(KeyError):
                unknown()
        assert len(list(node.ledger.entries())) == size
        assert node.guard.of("victim") == [protection]
        node.casework.reopen_case(case, "it came back", Actor("li"), NOW)
        node.protections.lift(protection, "li", NOW)
        assert views.cases(node.engine).rows[0].status == "open"
        assert node.ledger.rebuild() == size + 2
        assert sound(node)


def test_when_detection_fails_intake_says_so_and_the_next_start_judges(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    node, findings = opened(tmp_path)
    with node:

        def broken(*_: Any) -> None:
            raise RuntimeError("database is locked")

        monkeypatch.setattr(node.judge.runner, "feed", broken)
        node.intake.submit(ALL, "test")
        with pytest.raises(DetectionStoppedError, match="database is locked"):
            node.intake.finish()
        with pytest.raises(DetectionStoppedError):
            node.intake.submit(body([event("more", NOW, "a", "b")]), "test")
        with pytest.raises(DetectionStoppedError):
            node.erasure.erase("victim")
    assert findings == []
    node, findings = opened(tmp_path)
    with node:
        node.intake.finish()
        assert node.live.pulse().accepted == len(EVENTS) + 1
        assert {f.about for f in findings} == {"victim"}


def test_a_state_that_cannot_be_saved_stops_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("lianzhi.jobs.snapshots.written", full)
    node, findings = opened(tmp_path)
    with node:
        node.judge.ask_snapshot()
        node.intake.submit(ALL, "test")
        node.intake.finish()
        assert findings


def test_a_slow_detector_slows_the_intake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lianzhi.jobs.judge.WAITING", 40)
    node, _ = opened(tmp_path)
    gate, real = threading.Event(), node.judge.runner.feed

    def slow(frames: Any) -> Any:
        gate.wait(10)
        return real(frames)

    monkeypatch.setattr(node.judge.runner, "feed", slow)
    with node:
        sent = []

        def feed() -> None:
            for start in range(0, 130, 10):
                node.intake.submit(body(EVENTS[start : start + 10]), "test")
                sent.append(start)

        thread = threading.Thread(target=feed)
        thread.start()
        time.sleep(0.3)
        assert len(sent) <= 6, "at most 40 events and a frame wait"
        gate.set()
        thread.join(10)
        node.intake.finish()
        assert node.live.pulse().judged == 130


@pytest.mark.parametrize(
    "settings",
    ["lateness_seconds = -1", "segment_megabytes = 0", "unknown = 1", "deployment = 5", "= broken"],
)
def test_a_configuration_that_cannot_be_used(tmp_path: Path, settings: str) -> None:
    (tmp_path / "config.toml").write_text(settings)
    with pytest.raises(ConfigError, match=r"config.toml.*mend it"):
        Node(tmp_path)
