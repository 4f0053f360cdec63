"""After a loss that no copy mends a node goes on, and the record says what is gone."""

import shutil
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner
from node_house import opened

from lianzhi.cli.main import main
from lianzhi.flow.log import LogDamagedError
from lianzhi.jobs.adopt import adopt
from lianzhi.jobs.home import HomeLockedError
from lianzhi.jobs.node import Node
from lianzhi.store.ledger import RecordError
from streams import NOW, body, calm, crowd, merged

EVENTS = merged(calm(80), crowd("victim", 50))
EARLY, LATE = EVENTS[:60], EVENTS[60:]


def run(home: Path, events: list[object], seal: bool = False) -> int:
    """Findings on the record after these events."""
    node, _ = opened(home)
    with node:
        node.submit(body(events), "test")
        node.finish()
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
        receipt = node.submit(body(EVENTS), "test")
        assert (receipt.accepted, receipt.duplicates) == (adopted.lost, left)
        assert node.store.log.next == len(EVENTS) + adopted.lost, "no position is given twice"
        node.finish()
        node.store.log.turn()
        node.segments.seal()
        assert node.erase("victim").events
    assert sound(home)
    again, _ = opened(home)
    with again:
        assert again.submit(body(EVENTS), "test").accepted == 0
    assert sound(home)


def test_an_older_database_is_taken_and_what_it_lacks_is_found_again(tmp_path: Path) -> None:
    home = tmp_path / "home"
    run(home, EARLY)
    shutil.copy(home / "lianzhi.db", tmp_path / "older.db")
    found = run(home, LATE)
    shutil.copy(tmp_path / "older.db", home / "lianzhi.db")
    with pytest.raises(RecordError, match="record adopt"):
        opened(home)
    assert adopt(home, NOW).lost == 0
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


def test_the_command_asks_first(tmp_path: Path) -> None:
    run(tmp_path, EVENTS)
    refused = CliRunner().invoke(main, ["record", "adopt", "--home", str(tmp_path)], input="n\n")
    assert refused.exit_code == 1
    done = CliRunner().invoke(main, ["record", "adopt", "--yes", "--home", str(tmp_path)])
    assert done.exit_code == 0
    assert "0 acknowledged events are gone" in done.stdout
