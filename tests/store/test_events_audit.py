"""Audit of the event log: what is done to the files is named, an honest log is never accused."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sqlalchemy import Engine, text

from lianzhi.flow import log
from lianzhi.record.entry import Draft
from lianzhi.record.mention import mentions
from lianzhi.record.ports import Evidence
from lianzhi.store import audit_events as audits
from lianzhi.store.audit_events import SEALED_KIND, audit_events
from lianzhi.store.db import open_engine
from lianzhi.store.events import EventStore
from lianzhi.store.ledger import open_ledger
from lianzhi.store.migrate import upgrade
from lianzhi.store.sealed import Sealed
from streams import NOW, START, calm, line

EVENTS = calm(40)


class House:
    """A home with two sealed segments and an open one."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.engine: Engine = open_engine(f"sqlite:///{home / 'lianzhi.db'}")
        upgrade(self.engine)
        self.ledger = open_ledger(self.engine, home)
        self.store = EventStore(home)
        for start in range(0, 40, 5):
            if start in (15, 30):
                self.store.log.turn()
            part = EVENTS[start : start + 5]
            written = self.store.accept(part, [line(e) for e in part], NOW, 0, lambda *_: None)
            self.store.sync(written.position)
        self.store.seal(self.record)

    def record(self, done: Sealed) -> None:
        body = {"first": done.first, "after": done.after}
        body |= {"root": done.root.hex(), "chain": done.chain.hex()}
        draft = Draft(kind=SEALED_KIND, ref=f"segment-{done.first}", at=1, payload=body)
        self.ledger.append([draft])

    def file(self, name: str) -> Path:
        return self.home / "events" / name

    def report(self) -> audits.EventReport:
        return audit_events(self.engine, self.home)


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    monkeypatch.setattr(audits, "PATIENCE_S", 0.01)
    return House(tmp_path)


SEALED, LATER, OPEN = (
    f"{first:020d}{suffix}" for first, suffix in ((0, ".parquet"), (15, ".parquet"), (30, ".log"))
)


def test_an_honest_log_is_sound_also_after_an_erasure(house: House) -> None:
    report = house.report()
    assert (report.ok, report.segments, report.events, report.erased) == (True, 2, 40, 0)
    named = sum(mentions("calm7")(line(e)) for e in EVENTS)
    assert named
    house.store.erase(mentions("calm7"), house.record)
    report = house.report()
    assert (report.ok, report.segments, report.events, report.erased) == (True, 3, 40, named)


def rewrite(path: Path, change: Callable[[list[dict[str, Any]]], Any]) -> None:
    """Change rows of a Parquet file and write it as Lianzhi would."""
    table = pq.read_table(path)
    meta = pq.read_metadata(path).metadata
    rows = table.to_pylist()
    change(rows)
    with pq.ParquetWriter(path, table.schema, compression="zstd") as out:
        out.write_table(pa.Table.from_pylist(rows, schema=table.schema))
        names = [b"lianzhi.chain", b"lianzhi.watermark", b"lianzhi.latest"]
        out.add_key_value_metadata({name.decode(): meta[name].decode() for name in names})


def set_(place: int, **values: Any) -> Callable[[list[dict[str, Any]]], None]:
    return lambda rows: rows[place].update(values)


def forge(rows: list[dict[str, Any]]) -> None:
    """Another text under a leaf that fits it."""
    row = rows[3]
    row["raw"] = row["raw"].replace(b"comment", b"mention")
    row["kind"] = "mention"
    row["leaf"] = log.leaf(row["salt"], row["raw"])


@pytest.mark.parametrize(
    ("change", "seq"),
    [
        (set_(3, raw=b'{"id":"x"}'), 3),
        (set_(4, salt=bytes(16)), 4),
        (set_(5, leaf=bytes(32)), 5),
        (set_(6, actor="somebody else"), 6),
        (set_(7, text="never said"), 7),
        (set_(8, time=START), 8),
        (set_(9, seq=99), 9),
        (set_(2, raw=None), 2),
        (set_(2, raw=None, salt=None), 2),
        (forge, 0),
        (lambda rows: rows.pop(3), 3),
        (lambda rows: rows.pop(), 0),
        (lambda rows: rows.append(rows[-1]), 15),
        (lambda rows: rows.reverse(), 0),
        (lambda rows: rows.clear(), 0),
    ],
    ids=[
        *("raw", "salt", "leaf", "actor", "text", "time", "seq", "raw gone", "half erased"),
        *("forged", "row removed", "last removed", "row added", "reversed", "emptied"),
    ],
)
def test_a_changed_row_is_named(house: House, change: Callable[..., Any], seq: int) -> None:
    rewrite(house.file(SEALED), change)
    report = house.report()
    assert not report.ok
    (fault,) = report.faults
    assert (fault.file, fault.seq) == (house.file(SEALED).name, seq)


def test_an_erased_row_that_says_something_is_named(house: House) -> None:
    house.store.erase(mentions("calm7"), house.record)
    place = next(n for n, e in enumerate(EVENTS) if mentions("calm7")(line(e)))
    path = max(p for p in house.store.log.parquet() if int(p.stem) <= place)
    rewrite(path, set_(place - int(path.stem), text="put into a dead mouth"))
    assert [f.seq for f in house.report().faults] == [place]


def test_swapped_missing_strange_and_broken_segments_are_named(house: House) -> None:
    one, two = house.file(SEALED), house.file(LATER)
    first, second = one.read_bytes(), two.read_bytes()
    one.write_bytes(second)
    two.write_bytes(first)
    assert [f.file for f in house.report().faults] == [one.name, two.name]
    one.write_bytes(first)
    two.unlink()
    (fault,) = house.report().faults
    assert (fault.file, fault.seq) == (two.name, 15)
    assert "missing" in fault.detail
    for broken in (b"", b"PAR1", second[:-40], second[:500] + bytes(100) + second[600:]):
        two.write_bytes(broken)
        assert [f.file for f in house.report().faults] == [two.name]
    two.write_bytes(second)
    assert house.report().ok
    strange = house.file(f"{77:020d}.parquet")
    strange.write_bytes(second)
    (fault,) = house.report().faults
    assert (fault.file, fault.detail) == (strange.name, "the segment is not on the record")


def test_a_planted_parquet_does_not_hide_the_open_frames(house: House) -> None:
    house.file(f"{30:020d}.parquet").write_bytes(house.file(LATER).read_bytes())
    data = bytearray(house.file(OPEN).read_bytes())
    data[300] ^= 1
    house.file(OPEN).write_bytes(bytes(data))
    assert [fault.file for fault in house.report().faults] == [OPEN]


def test_any_changed_byte_of_the_open_segment_is_noticed(house: House) -> None:
    data = house.file(OPEN).read_bytes()
    for place in range(0, len(data), 41):
        changed = bytearray(data)
        changed[place] ^= 4
        house.file(OPEN).write_bytes(bytes(changed))
        report = house.report()
        assert not report.ok, place
        assert report.faults[0].file == house.file(OPEN).name


def test_frames_removed_reordered_or_made_anew_break_the_chain(house: House) -> None:
    data = house.file(OPEN).read_bytes()
    (cut, first), (_, second) = log.decode(data)
    swapped = data[cut:] + data[:cut]
    removed = data[cut:]
    anew, chain = b"", b"\x07" * 32
    for frame in (first, second):
        lines = [b"{}" for _ in frame.lines]
        salts = bytes(16 * len(lines))
        made, chain = log.encode(
            frame.first, lines, salts, chain, accepted_at=1, floor=0, watermark=0
        )
        anew += made
    for changed in (swapped, removed, anew, data + data[cut:]):
        house.file(OPEN).write_bytes(changed)
        assert not house.report().ok
    house.file(OPEN).write_bytes(data)
    assert house.report().ok


def test_a_frame_that_is_being_written_is_waited_for(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, data = house.file(OPEN), house.file(OPEN).read_bytes()
    path.write_bytes(data[:-30])
    monkeypatch.setattr(audits.time, "sleep", lambda _: path.write_bytes(data))
    assert house.report().ok


def test_evidence_and_names_in_the_vault_are_held_against_the_events(house: House) -> None:
    house.store.log.close()
    (raw, salt) = EventStore(house.home).log.lines([3])[3]
    tokens = house.ledger.vault.tokens([EVENTS[3].actor])
    copy = Evidence(
        ref="f",
        seq=3,
        leaf=log.leaf(salt, raw).hex(),
        salt=salt,
        raw=raw,
        actor=tokens[EVENTS[3].actor],
    )
    house.ledger.vault.keep_evidence([copy])
    assert audit_events(house.engine, house.home).ok

    def named(statement: str, **values: object) -> list[tuple[str, int]]:
        with house.engine.begin() as connection:
            connection.execute(text(statement), values)
        return [(f.file, f.seq) for f in audit_events(house.engine, house.home).faults]

    assert named("UPDATE person SET account = 'innocent'") == [("vault", 3)]
    assert named("UPDATE evidence SET raw = :raw", raw=raw + b" ") == [("evidence", 3)]
