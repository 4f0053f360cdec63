"""After a loss that no copy mends a node goes on, and the record says what is gone."""

import shutil
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner
from node_house import opened

from databases import Databases
from lianzhi.chain.event import Event
from lianzhi.cli.main import main
from lianzhi.flow.log import LogDamagedError
from lianzhi.jobs.adopt import adopt
from lianzhi.jobs.home import HomeLockedError
from lianzhi.jobs.node import Node
from lianzhi.store import heads
from lianzhi.store.ledger import RecordError
from streams import NOW, body, calm, crowd, merged

pytestmark = pytest.mark.usefixtures("databases")
EVENTS = merged(calm(80), crowd("victim", 50))
EARLY, LATE = EVENTS[:60], EVENTS[60:]


def run(home: Path, events: list[object], seal: bool = False) -> int:
    """Findings on the record after these events."""
    node, _ = opened(home)
    with node:
        node.intake.submit(body(events), "test")
        node.intake.finish()
        if seal:
            node.store.log.turn()
            node.segments.seal()
        return len([e for e in node.ledger.entries() if e.kind == "finding.made"])


def sound(home: Path) -> bool:
    result = CliRunner().invoke(main, ["record", "verify", "--json", "--home", str(home)])
    report = msgspec.json.decode(result.stdout)
    assert result.exit_code == (not report["ok"])
    return report["ok"]


@pytest.mark.parametrize("seal", [False, True])
@pytest.mark.parametrize("kept", ["early", "nothing"])
def test_lost_events_are_put_on_the_record_and_may_be_sent_again(
    tmp_path: Path, seal: bool, kept: str
) -> None:
    home, copy = tmp_path / "home", tmp_path / "copy"
    run(home, EARLY, seal)
    shutil.copytree(home / "events", copy)
    found = run(home, LATE, seal)
    assert found
    shutil.rmtree(home / "events")
    if kept == "early":
        shutil.copytree(copy, home / "events")
    left = len(EARLY) if kept == "early" else 0
    with pytest.raises(LogDamagedError, match="record adopt"):
        opened(home)
    assert not sound(home)

    adopted = adopt(home, NOW)
    assert (adopted.events, adopted.lost) == (left, len(EVENTS) - left)
    assert sound(home)
    node, _ = opened(home)
    with node:
        (lost,) = [e for e in node.ledger.entries() if e.kind == "events.lost"]
        told = node.ledger.payload(lost.index)
        assert told is not None
        assert (told["first"], told["after"]) == (left, len(EVENTS))
        receipt = node.intake.submit(body(EVENTS), "test")
        assert (receipt.accepted, receipt.duplicates) == (adopted.lost, left)
        assert node.store.log.next == len(EVENTS) + adopted.lost, "no position is given twice"
        node.intake.finish()
        node.store.log.turn()
        node.segments.seal()
        assert node.erasure.erase("victim").events
    assert sound(home)
    again, _ = opened(home)
    with again:
        assert again.intake.submit(body(EVENTS), "test").accepted == 0
    assert sound(home)


def resent(home: Path, events: list[Event]) -> int:
    """Events that are accepted again; no position is given twice, and everything verifies."""
    node, _ = opened(home)
    with node:
        before = node.store.log.next
        accepted = node.intake.submit(body(events), "test").accepted
        assert node.store.log.next == before + accepted
        node.intake.finish()
        node.store.log.turn()
        node.segments.seal()
    assert sound(home)
    return accepted


def restore(copy: Path, home: Path) -> None:
    """Put an older copy of the events in the place of what is there."""
    shutil.rmtree(home / "events")
    shutil.copytree(copy, home / "events")


def tail_lost(tmp_path: Path) -> tuple[Path, Path]:
    """A home whose later events are gone, and the copy that was put back."""
    home, copy = tmp_path / "home", tmp_path / "copy"
    run(home, EARLY)
    shutil.copytree(home / "events", copy)
    run(home, LATE)
    restore(copy, home)
    return home, copy


def unsealed(node: Node) -> None:
    """Let closed segments stay frames."""
    node.segments.seal = lambda: None


def test_a_second_loss_is_told_apart_from_the_first(tmp_path: Path) -> None:
    home, copy = tail_lost(tmp_path)
    assert adopt(home, NOW).lost == len(LATE)
    more = calm(40, seed=7)
    run(home, more)
    restore(copy, home)
    with pytest.raises(LogDamagedError, match="record adopt"):
        opened(home)
    assert adopt(home, NOW).lost == len(more)
    assert sound(home)
    node, _ = opened(home)
    with node:
        assert node.store.log.next == len(EVENTS) + len(more)
    assert resent(home, [*EVENTS, *more]) == len(LATE) + len(more)


def test_a_copy_of_a_segment_that_was_sealed_since_is_sealed_anew(tmp_path: Path) -> None:
    home, copy = tmp_path / "home", tmp_path / "copy"
    run(home, EARLY)
    shutil.copytree(home / "events", copy)
    run(home, LATE, seal=True)
    restore(copy, home)
    assert adopt(home, NOW).lost == len(LATE)
    assert sound(home)
    assert resent(home, EVENTS) == len(LATE)


@pytest.mark.parametrize("done", [False, True])
def test_adopting_goes_on_after_a_crash(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, done: bool
) -> None:
    home, copy = tmp_path / "home", tmp_path / "copy"
    run(home, EARLY, seal=True)
    shutil.copytree(home / "events", copy)
    run(home, LATE)
    restore(copy, home)
    give_up = heads.give_up

    def crash(*told: object) -> None:
        if done:
            give_up(*told)
        raise KeyboardInterrupt

    monkeypatch.setattr(heads, "give_up", crash)
    with pytest.raises(KeyboardInterrupt):
        adopt(home, NOW)
    monkeypatch.undo()
    (home / "events" / f"{len(EARLY):020d}.log").touch()  # as a start in between may leave it
    assert adopt(home, NOW).lost == (0 if done else len(LATE))
    assert sound(home)
    assert resent(home, EVENTS) == len(LATE)


def test_a_database_from_before_an_adoption_can_be_adopted_again(
    databases: Databases, tmp_path: Path
) -> None:
    home, copy = tmp_path / "home", tmp_path / "copy"
    run(home, EARLY)
    shutil.copytree(home / "events", copy)
    run(home, LATE)
    older = databases.copy(home)
    restore(copy, home)
    adopt(home, NOW)
    run(home, calm(10, seed=9))
    older.put_back()
    assert adopt(home, NOW).lost == len(LATE)
    assert sound(home)
    assert resent(home, EVENTS) == len(LATE)


def test_a_sealed_segment_in_the_middle_can_be_given_up(tmp_path: Path) -> None:
    run(tmp_path, EARLY, seal=True)
    run(tmp_path, LATE, seal=True)
    (tmp_path / "events" / f"{0:020d}.parquet").unlink()
    adopted = adopt(tmp_path, NOW)
    assert (adopted.events, adopted.lost) == (len(LATE), len(EARLY))
    assert sound(tmp_path)
    assert resent(tmp_path, EVENTS) == len(EARLY)


def test_open_frames_behind_a_gap_must_be_moved_away_first(tmp_path: Path) -> None:
    run(tmp_path, EARLY)
    node, _ = opened(tmp_path)
    with node:
        node.store.log.turn()
        unsealed(node)
        node.intake.submit(body(LATE), "test")
    first, second = sorted((tmp_path / "events").glob("*.log"))
    first.unlink()
    with pytest.raises(LogDamagedError, match="move this file away"):
        adopt(tmp_path, NOW)
    second.unlink()
    assert adopt(tmp_path, NOW).lost == len(EVENTS)
    assert resent(tmp_path, EVENTS) == len(EVENTS)


def test_other_events_than_those_acknowledged_are_not_adopted(tmp_path: Path) -> None:
    other, home = tmp_path / "other", tmp_path / "home"
    run(home, EVENTS)
    run(other, EVENTS)
    restore(other / "events", home)
    with pytest.raises(LogDamagedError, match="cannot be adopted"):
        adopt(home, NOW)


def test_a_torn_end_before_what_is_given_up_is_cut(tmp_path: Path) -> None:
    home, _ = tail_lost(tmp_path)
    path = home / "events" / f"{0:020d}.log"
    path.write_bytes(path.read_bytes() + b"LZF1 torn")
    assert adopt(home, NOW).lost == len(LATE)
    assert sound(home)
    assert resent(home, EVENTS) == len(LATE)


def test_frames_without_events_before_what_is_given_up_stay(tmp_path: Path) -> None:
    home, copy = tmp_path / "home", tmp_path / "copy"
    run(home, EARLY)
    node, _ = opened(home)
    with node:
        node.store.log.turn()
        unsealed(node)
        node.store.raise_watermark(node.store.log.watermark + 1000, NOW)
    shutil.copytree(home / "events", copy)
    run(home, LATE)
    restore(copy, home)
    assert adopt(home, NOW).lost == len(LATE)
    assert sound(home)
    assert resent(home, EVENTS) == len(LATE)


def test_what_comes_before_the_last_verdict_is_late_after_a_loss(tmp_path: Path) -> None:
    home, _ = tail_lost(tmp_path)
    adopt(home, NOW)
    node, _ = opened(home)
    with node:
        receipt = node.intake.submit(body(LATE[:20]), "test")
        assert (receipt.accepted, receipt.late) == (20, 20)


def test_a_whole_copy_of_a_sealed_segment_is_sealed_again(tmp_path: Path) -> None:
    home, copy = tmp_path / "home", tmp_path / "copy"
    run(home, EARLY)
    shutil.copytree(home / "events", copy)
    run(home, [], seal=True)
    restore(copy, home)
    run(home, LATE)
    assert sound(home), "nothing was lost, so that no adoption is needed"
    restore(copy, home)
    assert adopt(home, NOW).lost == len(LATE)
    assert sound(home)
    assert resent(home, EVENTS) == len(LATE)


def test_a_copy_that_lacks_a_last_frame_without_events_is_sealed_anew(tmp_path: Path) -> None:
    home, copy = tmp_path / "home", tmp_path / "copy"
    node, _ = opened(home)
    with node:
        node.intake.submit(body(EARLY), "test")
        shutil.copytree(home / "events", copy)
        node.intake.finish()
        node.store.log.turn()
        node.segments.seal()
    run(home, LATE)
    restore(copy, home)
    assert adopt(home, NOW).lost == len(LATE)
    assert sound(home)
    assert resent(home, EVENTS) == len(LATE)


def test_a_segment_on_the_record_must_be_there(tmp_path: Path) -> None:
    run(tmp_path, EARLY, seal=True)
    run(tmp_path, LATE, seal=True)
    first = tmp_path / "events" / f"{0:020d}.parquet"
    first.unlink()
    with pytest.raises(LogDamagedError, match=f"{first.name} is gone"):
        opened(tmp_path)
    assert adopt(tmp_path, NOW).lost == len(EARLY)
    assert sound(tmp_path)
    assert resent(tmp_path, EVENTS) == len(EARLY)


def test_positions_that_were_given_up_are_never_given_again(tmp_path: Path) -> None:
    home, copy, older = (tmp_path / name for name in ("home", "copy", "older"))
    run(home, EVENTS[:20])
    shutil.copytree(home / "events", older)
    run(home, EVENTS[20:60])
    shutil.copytree(home / "events", copy)
    run(home, LATE)
    restore(copy, home)
    assert adopt(home, NOW).lost == len(LATE)
    restore(older, home)  # shorter still
    with pytest.raises(LogDamagedError, match="given up"):
        opened(home)
    assert adopt(home, NOW).lost == 40
    restore(copy, home)  # and longer: what lies there was given up as well, and is there
    node, _ = opened(home)
    with node:
        assert node.store.log.next == len(EVENTS)
    assert sound(home)


def test_a_torn_file_within_what_is_given_up_is_taken_away(tmp_path: Path) -> None:
    run(tmp_path, EARLY)
    node, _ = opened(tmp_path)
    with node:
        node.store.log.turn()
        unsealed(node)
        node.intake.submit(body(LATE), "test")
    first, second = sorted((tmp_path / "events").glob("*.log"))
    first.unlink()
    second.write_bytes(b"LZF1 torn")
    assert adopt(tmp_path, NOW).lost == len(EVENTS)
    assert resent(tmp_path, EVENTS) == len(EVENTS)


def test_ids_of_events_that_a_copy_lacks_are_no_duplicates(tmp_path: Path) -> None:
    home, ids = tmp_path / "home", tmp_path / "ids"
    run(home, EARLY, seal=True)
    shutil.copytree(home / "events" / "ids", ids)
    (home / "events" / f"{0:020d}.parquet").unlink()
    assert adopt(home, NOW).lost == len(EARLY)
    shutil.rmtree(home / "events" / "ids")
    shutil.copytree(ids, home / "events" / "ids")
    assert resent(home, EARLY) == len(EARLY)


def test_a_segment_in_which_all_is_erased_bears_new_events(tmp_path: Path) -> None:
    run(tmp_path, EARLY[:1], seal=True)
    node, _ = opened(tmp_path)
    with node:
        assert node.erasure.erase(EARLY[0].actor).events == 1
    shutil.rmtree(tmp_path / "events" / "ids")
    assert resent(tmp_path, LATE) == len(LATE)


def test_a_segment_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    run(tmp_path, EARLY, seal=True)
    path = tmp_path / "events" / f"{0:020d}.parquet"
    path.write_bytes(path.read_bytes()[:100])
    for start in (adopt, lambda home, _: opened(home)):
        with pytest.raises(LogDamagedError, match=f"{path.name} cannot be read"):
            start(tmp_path, NOW)


def test_an_older_database_is_taken_and_what_it_lacks_is_found_again(
    databases: Databases, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    run(home, EARLY)
    older = databases.copy(home)
    found = run(home, LATE)
    older.put_back()
    with pytest.raises(RecordError, match="record adopt"):
        opened(home)
    assert adopt(home, NOW).lost == 0
    assert sound(home)
    assert run(home, []) == found
    assert sound(home)


def test_a_record_that_was_put_back_whole_is_noticed_without_adoption(
    databases: Databases, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    run(home, EARLY)
    older = databases.copy(home)
    shutil.copytree(home / "record", tmp_path / "record")
    found = run(home, LATE)
    older.put_back()
    shutil.copytree(tmp_path / "record", home / "record", dirs_exist_ok=True)
    assert run(home, []) == found
    assert sound(home)


def test_where_nothing_is_lost_nothing_changes(tmp_path: Path) -> None:
    found = run(tmp_path, EVENTS)
    assert adopt(tmp_path, NOW).lost == 0
    assert run(tmp_path, []) == found
    assert sound(tmp_path)


def test_a_running_node_is_left_alone(tmp_path: Path) -> None:
    with Node(tmp_path), pytest.raises(HomeLockedError):
        adopt(tmp_path, NOW)


def test_the_command_makes_no_deployment(databases: Databases, tmp_path: Path) -> None:
    for home in (tmp_path, tmp_path / "missing"):
        databases.url(home, empty=True)
        result = CliRunner().invoke(main, ["record", "adopt", "--yes", "--home", str(home)])
        assert result.exit_code == 3
        assert "there is no deployment" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_the_command_asks_first(tmp_path: Path) -> None:
    run(tmp_path, EVENTS)
    refused = CliRunner().invoke(main, ["record", "adopt", "--home", str(tmp_path)], input="n\n")
    assert refused.exit_code == 1
    done = CliRunner().invoke(main, ["record", "adopt", "--yes", "--home", str(tmp_path)])
    assert done.exit_code == 0
    assert "0 acknowledged events are gone" in done.stdout
