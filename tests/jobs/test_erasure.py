"""Erasing a person: nothing of them is left in any file, every proof still holds."""

import re
from base64 import b64decode
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest
from node_house import kinds, opened, told

from lianzhi.chain.protection import Terms
from lianzhi.jobs.node import Node
from lianzhi.record.mention import mentions
from lianzhi.store.audit import audit
from lianzhi.store.audit_events import audit_events
from lianzhi.store.ledger import custody
from streams import NOW, body, calm, crowd, event, merged

pytestmark = pytest.mark.usefixtures("databases")
EVENTS = merged(calm(80), crowd("victim", 50), [event("m", NOW - 9, "x", "y", text="@victim: hi")])
EARLY = next(e.actor for e in EVENTS if e.target == "victim")
BAD = b'{"actor": "\\u0076ictim", broken\n{"target": "victim"}\n{"target": "somebody"}\n'


def traces(home: Path, account: str) -> list[str]:
    """Where under `home` the account's name still stands, in whatever form it is packed."""
    named, found = mentions(account), []
    for path in sorted(home.rglob("*")):
        if not path.is_file():
            continue
        data = path.read_bytes()
        if account.encode() in data:
            found.append(str(path.relative_to(home)))
        if path.suffix == ".parquet":
            cells = [cell for row in pq.read_table(path).to_pylist() for cell in row.values()]
            if any(account.encode() in _bytes(cell) for cell in cells):
                found.append(f"{path.name} (cells)")
        if path.name == "quarantine.ndjson":
            raws = re.findall(rb'"raw":"([^"]*)"', data)
            escaped = f"\\u{ord(account[0]):04x}{account[1:]}".encode()
            if any(named(b64decode(raw)) or escaped in b64decode(raw) for raw in raws):
                found.append(f"{path.name} (raw)")
    return found


def _bytes(cell: object) -> bytes:
    return cell if isinstance(cell, bytes) else str(cell).encode()


def busy(home: Path) -> Node:
    """A node that knows the victim in every place where it can know anybody."""
    node, _ = opened(home)
    half = len(EVENTS) * 3 // 4
    node.intake.submit(body(EVENTS[:half]) + BAD, "test")
    node.store.log.turn()
    node.segments.seal()
    node.close()
    node, _ = opened(home)
    node.intake.submit(body(EVENTS[half:]), "test")
    node.intake.finish()
    node.protections.grant("victim", Terms(("comment",), NOW + 10**8), "li", None, NOW)
    case = next(e.ref for e in node.ledger.entries() if e.kind == "case.opened")
    node.casework.note_case(case, "victim asked for help", "li", NOW)
    waiting = [event(f"w{n}", NOW + n, "victim", f"person{n}", text="再见") for n in range(3)]
    waiting += crowd("person1", 4, seed=9, start=NOW)
    node.intake.submit(body(waiting), "test")  # not judged yet: the watermark is behind
    node.judge.wait()
    return node


def sound(node: Node) -> bool:
    report = audit(node.engine, *custody(node.home, node.config.origin))
    return report.ok and audit_events(node.engine, node.home).ok


@pytest.mark.parametrize("account", ["victim", EARLY])
def test_nothing_is_left_and_everything_verifies(tmp_path: Path, account: str) -> None:
    node = busy(tmp_path)
    assert len(traces(tmp_path, account)) >= 3, "the test looks in the right places"
    entries = len(list(node.ledger.entries()))
    erasure = node.erasure.erase(account).record
    assert erasure.token is not None
    assert not erasure.suspects
    assert traces(tmp_path, account) == []
    assert sound(node)
    again = node.intake.submit(body(EVENTS), "test")
    assert (again.accepted, again.duplicates) == (0, len(EVENTS)), "erased ids stay known"
    node.intake.finish()
    assert traces(tmp_path, account) == []
    assert node.guard.of(account) == []
    assert kinds(node)["subject.erased"] == 1
    assert len(list(node.ledger.entries())) > entries
    assert not any(mentions(account)(finding) for finding in told(node))
    assert node.ledger.rebuild() == len(list(node.ledger.entries()))
    node.close()
    assert traces(tmp_path, account) == []
    reopened, findings = opened(tmp_path)
    with reopened:
        reopened.intake.finish()
        assert findings == []
        assert sound(reopened)
    assert traces(tmp_path, account) == []


def test_erasing_one_keeps_the_others(tmp_path: Path) -> None:
    node = busy(tmp_path)
    with node:
        node.erasure.erase(EARLY)
        assert "victim" in {e.target for e in node.store.events(range(len(EVENTS))).values()}
        assert len(node.guard.of("victim")) == 1
        (row,) = [h.row for h in node.quarantine.list() if b"somebody" in h.row.raw]
        assert row.raw == b'{"target": "somebody"}'
        files = [str(path) for path in node.store.log.parquet()]
        query = "SELECT count(*), count(raw), count(actor) FROM read_parquet($files)"
        total, kept, actors = duckdb.execute(query, {"files": files}).fetchall()[0]
        assert 0 < kept == actors < total


def test_erasing_again_and_erasing_the_unknown(tmp_path: Path) -> None:
    node = busy(tmp_path)
    with node:
        node.erasure.erase("victim")
        again = node.erasure.erase("victim")
        assert again.is_empty
        assert node.erasure.erase("nobody at all").is_empty
        assert kinds(node)["subject.erased"] == 1
        assert sound(node)
        assert node.intake.submit(body([event("new", NOW + 5, "x", "y")]), "test").accepted == 1
    reopened, _ = opened(tmp_path)
    with reopened:
        assert reopened.store.events([reopened.live.pulse().accepted - 1])
        assert sound(reopened)


def test_half_written_files_of_a_crash_are_swept_away(tmp_path: Path) -> None:
    busy(tmp_path).close()
    left = [
        tmp_path / "snapshots" / ".detectors.msgpack.0a1b2c3d",
        tmp_path / ".quarantine.ndjson.0a1b2c3d",
        tmp_path / "events" / "00000000000000000000.new",
    ]
    for path in left:
        path.write_bytes(b"victim")
    opened(tmp_path)[0].close()
    assert not any(path.exists() for path in left)
