"""Audit of the event log: what is done to the files is named, an honest log is never accused."""

import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sqlalchemy import Engine, text

from databases import needs_postgres
from lianzhi.flow import log
from lianzhi.flow.intake import decode
from lianzhi.record.entry import Draft
from lianzhi.record.mention import mentions
from lianzhi.record.ports import Evidence
from lianzhi.store import audit_events as audits
from lianzhi.store.audit_events import audit_events
from lianzhi.store.events import EventStore
from lianzhi.store.heads import acknowledged, keep
from lianzhi.store.ledger import RecordError, open_ledger
from lianzhi.store.roots import SEALED_KIND
from lianzhi.store.sealed import Sealed
from streams import NOW, START, calm, line

EVENTS = calm(40)


class House:
    """A home with two sealed segments and an open one."""

    def __init__(self, home: Path, engine: Engine) -> None:
        self.home, self.engine = home, engine
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
        ref = f"segment-{done.first}"
        draft = Draft(kind=SEALED_KIND, ref=ref, at=1, payload=done.payload())
        self.ledger.append([draft])

    def file(self, name: str) -> Path:
        return self.home / "events" / name

    def report(self) -> audits.EventReport:
        return audit_events(self.engine, self.home, self.ledger.signer.seal_key)

    def faults(self) -> list[tuple[str, int]]:
        return [(fault.file, fault.seq) for fault in self.report().faults]

    def sql(self, statement: str, **values: object) -> None:
        with self.engine.begin() as connection:
            connection.execute(text(statement), {"zero": bytes(32), **values})


@pytest.fixture
def house(tmp_path: Path, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> House:
    monkeypatch.setattr(audits, "PATIENCE_S", 0.01)
    return House(tmp_path, engine)


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


META = (b"lianzhi.chain", b"lianzhi.watermark", b"lianzhi.latest")


def rewrite(path: Path, change: Callable[[list[dict[str, Any]]], Any]) -> None:
    """Change rows of a Parquet file and write it as Lianzhi would."""
    table = pq.read_table(path)
    meta = pq.read_metadata(path).metadata
    rows = table.to_pylist()
    change(rows)
    with pq.ParquetWriter(path, table.schema, compression="zstd") as out:
        out.write_table(pa.Table.from_pylist(rows, schema=table.schema))
        out.add_key_value_metadata({name.decode(): meta[name].decode() for name in META})


def test_a_changed_end_of_a_segment_is_named(house: House) -> None:
    path = house.file(SEALED)
    table, meta = pq.read_table(path), pq.read_metadata(path).metadata
    for name in META:
        kept = {key.decode(): value.decode() for key, value in meta.items() if key in META}
        with pq.ParquetWriter(path, table.schema, compression="zstd") as out:
            out.write_table(table)
            out.add_key_value_metadata(kept | {name.decode(): "00" * 32})
        assert house.faults() == [(SEALED, 0)]


@pytest.mark.parametrize("name", ["copy.log", "copy.parquet", "12.log"])
def test_a_stray_file_is_named_and_harms_nothing(house: House, name: str) -> None:
    house.file(name).write_bytes(b"LZF1")
    (fault,) = house.report().faults
    assert (fault.file, fault.detail) == (name, "no name of a segment: remove it")
    house.store.close()
    again = EventStore(house.home)
    assert again.log.next == 40
    again.close()


def test_changed_times_of_an_open_frame_break_the_chain(house: House) -> None:
    path = house.file(OPEN)
    ((_, frame), *_rest) = log.decode(path.read_bytes())
    times = {"accepted_at": frame.accepted_at, "floor": frame.floor, "watermark": frame.watermark}
    for name, time in times.items():
        changed = times | {name: time + 10**13}
        salts = b"".join(salt for salt in frame.salts if salt)
        lines = [one for one in frame.lines if one]
        data, _ = log.encode(frame.first, lines, salts, b"", **changed)
        # As somebody would who keeps the chain value and mends the checksum.
        at = log.HEADER_BYTES - 32
        data = data[:at] + frame.chain + data[at + 32 :]
        data = data[:4] + zlib.crc32(data[8:]).to_bytes(4, "little") + data[8:]
        whole = path.read_bytes()
        path.write_bytes(data + whole[len(data) :])
        assert house.faults() == [(OPEN, 30)]
        path.write_bytes(whole)


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
        (set_(3, accepted_at=NOW + 1), 0),
        (set_(3, floor=NOW + 10**9), 0),
        (set_(3, watermark=NOW + 10**9), 0),
        (set_(3, frame=7), 0),
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
        *("raw", "salt", "leaf", "actor", "text", "time", "seq"),
        *("accepted at", "floor", "watermark", "frame", "raw gone", "half erased"),
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


def test_a_crash_while_a_segment_is_sealed_accuses_nobody(house: House) -> None:
    house.store.log.turn()

    def dies(_: Sealed) -> None:
        raise RuntimeError("killed")

    with pytest.raises(RuntimeError, match="killed"):
        house.store.seal(dies)
    assert house.report().ok
    house.store.close()
    # What starts next may be killed as well, before it has put any root on the record.
    held = acknowledged(house.engine, house.ledger.signer.seal_key)
    EventStore(house.home, acknowledged=held).close()
    assert house.report().ok
    house.store = EventStore(house.home, acknowledged=held)
    house.store.seal(house.record)
    report = house.report()
    assert report.ok
    assert report.segments == 3


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


# --- copies of events, and names ----------------------------------------------------------------


def kept(house: House, ref: str, positions: Sequence[int]) -> None:
    """A finding with copies of these events, as a node records it."""
    lines = house.store.log.lines(positions)
    events = {seq: decode(raw) for seq, (raw, _) in lines.items()}
    with house.ledger.batch() as batch:
        named = [name for e in events.values() for name in (e.actor, e.target) if name]
        tokens = batch.tokens(named)
        copies = [
            Evidence(
                ref=ref,
                seq=seq,
                leaf=log.leaf(salt, raw).hex(),
                salt=salt,
                raw=raw,
                actor=tokens[events[seq].actor],
                target=tokens[events[seq].target or ""],
            )
            for seq, (raw, salt) in lines.items()
        ]
        said = {"id": ref, "kept": {str(copy.seq): copy.leaf for copy in copies}}
        batch.append([Draft(kind="finding.made", ref=ref, at=1, payload=said)])
        batch.keep_evidence(copies)


@pytest.fixture
def story(house: House) -> House:
    """A house with three findings, one of an older version that does not name its copies."""
    kept(house, "f1", [1, 2, 3])
    kept(house, "f2", [3, 4, 33])
    kept(house, "none", [])
    house.ledger.append([Draft(kind="finding.made", ref="old", at=1, payload={"id": "old"})])
    assert house.faults() == []
    return house


FORGED = b'{"id":"x","source":"s","kind":"comment","time":1,"actor":"calm0","target":"person0"}'


@pytest.mark.parametrize(
    ("statement", "faults", "words"),
    [
        ("DELETE FROM evidence WHERE ref = 'f2' AND seq = 4", [("evidence", 4)], "is gone"),
        (
            "DELETE FROM evidence",
            [("evidence", seq) for seq in (1, 2, 3, 3, 33, 4)],
            "the copy for finding f1 is gone",
        ),
        ("UPDATE evidence SET ref = 'f2' WHERE seq = 1", [("evidence", 1)] * 2, "f1 is gone"),
        ("UPDATE evidence SET ref = 'f9' WHERE seq = 4", [("evidence", 4)] * 2, "is gone"),
        ("UPDATE evidence SET seq = 5 WHERE seq = 4", [("evidence", 4), ("evidence", 5)], "gone"),
        ("UPDATE evidence SET raw = raw || ' ' WHERE seq = 1", [("evidence", 1)], "stands for"),
        ("UPDATE evidence SET leaf = x'ff' WHERE seq = 1", [("evidence", 1)] * 2, "stands for"),
        (
            "UPDATE evidence SET raw = :raw, salt = :salt, leaf = :leaf WHERE seq = 2",
            [("vault", 2), ("vault", 2), ("evidence", 2)],
            "names another",
        ),
        ("UPDATE person SET account = 'z' WHERE account = :actor", [("vault", 33)], "another"),
        ("UPDATE person SET account = 'z' WHERE account = :target", [("vault", 33)], "another"),
        ("DELETE FROM person WHERE account = :target", [("vault", 33)], "lost the name"),
    ],
    ids=[
        *(
            "deleted",
            "all deleted",
            "moved",
            "moved to no finding",
            "renumbered",
            "edited",
            "leaf edited",
            "edited to fit",
        ),
        *("actor renamed", "target renamed", "name deleted"),
    ],
)
def test_what_is_done_to_copies_and_names_is_named(
    story: House, statement: str, faults: list[tuple[str, int]], words: str
) -> None:
    salt = bytes(16)
    forged = {"raw": FORGED, "salt": salt, "leaf": log.leaf(salt, FORGED).hex()}
    who = {"actor": EVENTS[33].actor, "target": EVENTS[33].target}
    values = {name: v for name, v in (forged | who).items() if f":{name}" in statement}
    story.sql(statement, **values)
    assert story.faults() == faults
    assert words in story.report().faults[0].detail


def test_copies_that_went_with_a_person_are_accounted_for_and_stay_away(story: House) -> None:
    account = EVENTS[3].actor
    with story.engine.connect() as connection:
        before = connection.execute(text("SELECT * FROM evidence")).mappings().all()
    story.store.erase(mentions(account), story.record)
    erased = story.ledger.erase(account, at=2).evidence
    assert {"f1/3", "f2/3"} <= set(erased)
    assert story.faults() == []
    back = next(row for row in before if f"{row['ref']}/{row['seq']}" in erased)
    people = ", ".join(f":{name}" for name in back)
    story.sql(f"INSERT INTO evidence VALUES ({people})", **back)
    assert ("evidence", back["seq"]) in story.faults()


# --- where the log ends -------------------------------------------------------------------------


def accept(house: House, start: int, count: int) -> None:
    part = calm(count, seed=9, start=START + start)
    written = house.store.accept(part, [line(e) for e in part], NOW, 0, lambda *_: None)
    house.store.sync(written.position)


def test_only_what_is_synced_counts_as_durable(house: House) -> None:
    before = house.store.log.durable
    assert before == log.Head(40, house.store.log.chain)
    part = calm(2, seed=8)
    written = house.store.accept(part, [line(e) for e in part], NOW, 0, lambda *_: None)
    house.store.log.turn()
    assert house.store.log.durable == before
    house.store.sync(written.position)
    assert house.store.log.durable == log.Head(42, house.store.log.chain)


def test_a_log_that_lost_its_end_is_noticed(house: House) -> None:
    keep(house.ledger, house.store.log.durable)
    path, data = house.file(OPEN), house.file(OPEN).read_bytes()
    (cut, _), _ = log.decode(data)
    for left, end in ((data[:cut], 35), (b"", 30), (None, 30)):
        path.unlink() if left is None else path.write_bytes(left)
        (fault,) = house.report().faults
        assert (fault.file, fault.seq) == (OPEN, end)
        assert f"the log ends after {end} events, but 40 were acknowledged" in fault.detail
        heads = acknowledged(house.engine, house.ledger.signer.seal_key)
        with pytest.raises(log.LogDamagedError, match="but 40 were acknowledged: restore"):
            EventStore(house.home, acknowledged=heads)
    path.write_bytes(data)
    assert house.report().ok
    EventStore(house.home, acknowledged=heads).close()


def test_a_log_written_anew_to_the_same_length_is_noticed(house: House) -> None:
    keep(house.ledger, house.store.log.durable)
    house.file(OPEN).unlink()
    other = EventStore(house.home)
    part = calm(10, seed=4)
    other.sync(other.accept(part, [line(e) for e in part], NOW, 0, lambda *_: None).position)
    (fault,) = house.report().faults
    assert "the log's first 40 events are not those that were acknowledged" in fault.detail


def test_what_was_not_acknowledged_may_be_missing(house: House) -> None:
    """A crash leaves what is kept behind the log, never ahead: no alarm, whatever the tail."""
    keep(house.ledger, house.store.log.durable)
    accept(house, 0, 3)
    whole = house.file(OPEN).read_bytes()
    (_, _), (sure, _), (_, _) = log.decode(whole)
    house.file(OPEN).write_bytes(whole[:sure])
    assert house.report().ok
    house.file(OPEN).write_bytes(whole[:-5])
    assert "a crash left them" in house.report().faults[0].detail
    heads = acknowledged(house.engine, house.ledger.signer.seal_key)
    EventStore(house.home, acknowledged=heads).close()
    assert house.file(OPEN).read_bytes() == whole[:sure]
    assert house.report().ok


def test_sealing_erasing_and_moving_the_watermark_leave_an_older_head_behind(house: House) -> None:
    keep(house.ledger, house.store.log.durable)
    house.store.release(NOW, lambda *_: None, ended=True)
    house.store.sync(house.store.log.position())
    assert house.report().ok
    keep(house.ledger, house.store.log.durable)
    assert house.report().ok
    house.store.log.turn()
    accept(house, 0, 3)
    assert house.report().ok
    house.store.erase(mentions("calm7"), house.record)
    assert house.report().ok
    keep(house.ledger, house.store.log.durable)
    house.store.log.turn()
    house.store.seal(house.record)
    assert house.report().ok
    heads = acknowledged(house.engine, house.ledger.signer.seal_key)
    EventStore(house.home, acknowledged=heads).close()


HEADS = [
    "DELETE FROM log_head",
    "DROP TABLE log_head",
    "UPDATE log_head SET after = 35",
    "UPDATE log_head SET chain = :zero",
    "UPDATE log_head SET seal = :zero",
    "INSERT INTO log_head VALUES (2, 0, :zero, :zero)",
]
#: What only SQLite lets a column hold.
WEIRD = [
    "UPDATE log_head SET chain = 'text', after = 'text'",
    "UPDATE log_head SET chain = CAST(x'ff41' AS TEXT)",
]


@pytest.mark.parametrize(
    ("databases", "statement"),
    [
        *(pytest.param("sqlite", statement) for statement in HEADS + WEIRD),
        *(pytest.param("postgres", one, marks=needs_postgres) for one in HEADS),
    ],
    indirect=["databases"],
)
def test_what_is_done_to_the_kept_head_is_noticed(house: House, statement: str) -> None:
    head = house.store.log.durable
    keep(house.ledger, head)
    said_ = {"id": "f", "log": head.as_payload()}
    house.ledger.append([Draft(kind="finding.made", ref="f", at=1, payload=said_)])
    assert house.report().ok
    house.sql(statement)
    assert house.faults() == [("log_head", 0)]
    with pytest.raises(RecordError, match="log_head"):
        acknowledged(house.engine, house.ledger.signer.seal_key)


def test_a_finding_on_the_record_vouches_for_the_log_as_well(house: House) -> None:
    said_ = {"id": "f", "log": house.store.log.durable.as_payload()}
    early = Draft(kind="finding.made", ref="e", at=1, payload={"id": "e"})
    house.ledger.append([early, Draft(kind="finding.made", ref="f", at=1, payload=said_)])
    keep(house.ledger, log.Head(0, bytes(32)))
    assert house.report().ok
    house.file(OPEN).unlink()
    assert house.faults() == [(OPEN, 30)]
