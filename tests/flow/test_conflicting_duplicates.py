"""The same (source, id) with other content is told apart from one that is only sent again."""

from pathlib import Path

import msgspec
import pytest

from lianzhi.chain.event import Event
from lianzhi.flow import intake
from lianzhi.flow.intake import Limits
from lianzhi.store.events import EventStore, Written
from lianzhi.store.seen_ids import content_digest

NOW = 1_795_608_300_000
KEY = b"k" * 32
FIRST = {"id": "c1", "source": "forum", "kind": "comment", "time": NOW, "actor": "u7", "text": "好"}
OTHER = {**FIRST, "text": "滚"}


def lines(*rows: dict[str, object]) -> bytes:
    return b"\n".join(map(msgspec.json.encode, rows))


def accept(store: EventStore, body: bytes) -> tuple[intake.Batch, Written]:
    batch = intake.read(body, NOW, Limits())
    written = store.accept(batch.events, batch.lines, NOW, 1000, lambda *_: None)
    store.sync(written.position)
    return batch, written


@pytest.fixture
def store(tmp_path: Path) -> EventStore:
    return EventStore(tmp_path)


@pytest.mark.parametrize("where", ["live", "sealed", "restarted", "indexed again"])
def test_other_content_is_named_wherever_the_first_lies(tmp_path: Path, where: str) -> None:
    store = EventStore(tmp_path)
    second = {**FIRST, "id": "c2"}
    assert accept(store, lines(FIRST, second))[1].duplicates == 0
    if where != "live":
        if where != "restarted":
            store.log.turn()
            store.seal(lambda _: None)
        store.close()
        if where == "indexed again":
            for run in (tmp_path / "events" / "ids").iterdir():
                run.unlink()
        store = EventStore(tmp_path)
    batch, written = accept(store, lines(second, OTHER, {**FIRST, "id": "c3"}, FIRST))
    assert (written.duplicates, written.conflicts) == (2, (1,))
    assert len(written.accepted.events) == 1
    refused = intake.conflict(batch, 1)
    assert (refused.line, refused.reason) == (2, "conflict")
    assert "'c1'" in refused.detail
    store.close()


def test_within_one_batch_the_first_stays(store: EventStore) -> None:
    batch, written = accept(store, lines(FIRST, FIRST, OTHER))
    assert (written.duplicates, written.conflicts) == (1, (2,))
    assert [event.text for event in written.accepted.events] == ["好"]
    assert batch.numbers == range(1, 4)


SPELLINGS = [
    ("order of fields", msgspec.json.encode(dict(reversed(FIRST.items())))),
    ("blanks", msgspec.json.format(msgspec.json.encode(FIRST), indent=0) + b"  "),
    ("form of the time", lines({**FIRST, "time": "2026-11-25T12:05:00Z"})),
    ("a field that nobody reads", lines({**FIRST, "traget": "u1"})),
    ("a position, which intake sets", lines({**FIRST, "seq": 77})),
    ("a default, spelt out", lines({**FIRST, "target": None})),
]


@pytest.mark.parametrize("body", [row[1] for row in SPELLINGS], ids=[row[0] for row in SPELLINGS])
def test_spelling_is_no_content(store: EventStore, body: bytes) -> None:
    accept(store, lines(FIRST))
    _, written = accept(store, body)
    assert (written.duplicates, written.conflicts) == (1, ())


CHANGES = {
    "kind": "like", "time": NOW - 1, "actor": "u8", "target": "u1", "object": "post-9",
    "text": "坏", "rating": 5.0, "in_reply_to": "c0", "group": "g", "actor_created": 1,
    "target_is_minor": True, "ext": {"a": [1]},
}  # fmt: skip


def test_every_field_that_is_read_is_content() -> None:
    event = msgspec.convert(FIRST, Event)
    digests = {content_digest(event, KEY)}
    for field, value in CHANGES.items():
        digests.add(content_digest(msgspec.structs.replace(event, **{field: value}), KEY))
    assert len(digests) == 1 + len(CHANGES)
    assert {"id", "source", "seq", *CHANGES} == set(Event.__struct_fields__)
    assert content_digest(event, bytes(32)) not in digests
    nested = [
        msgspec.structs.replace(event, ext=ext) for ext in ({"a": 1, "b": 2}, {"b": 2, "a": 1})
    ]
    assert len({content_digest(one, KEY) for one in nested}) == 1


def test_lines_are_numbered_past_blank_and_refused_ones() -> None:
    body = b"\n\n" + lines(FIRST) + b"\n\n" + lines({**FIRST, "id": "c2"}) + b"\n"
    assert list(intake.read(body, NOW, Limits(), first_line=10).numbers) == [12, 14]
    broken = lines(FIRST) + b"\n{\n\n" + lines(OTHER) + b"\n"
    assert list(intake.read(broken, NOW, Limits()).numbers) == [1, 4]
