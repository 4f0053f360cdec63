"""A sample of stored events holds all of those asked for, and of others whole accounts."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from lianzhi.flow import intake
from lianzhi.record.mention import mentions
from lianzhi.store.events import EventStore
from lianzhi.store.sample import sample

BEGIN = 1_794_700_800_000


@pytest.fixture
def store(tmp_path: Path) -> Iterator[EventStore]:
    store = EventStore(tmp_path, 40_000)
    yield store
    store.close()


def accept(store: EventStore, first: int, count: int) -> None:
    """A second each; twenty accounts, ten events of everybody in two hundred."""
    rows = [
        {"id": f"e{n}", "source": "s", "kind": "comment", "actor": f"u{n % 20}", "text": f"t{n}",
         "object": "v", "time": BEGIN + 1000 * n, "actor_created": n}
        for n in range(first, first + count)
    ]  # fmt: skip
    body = b"".join(json.dumps(row).encode() + b"\n" for row in rows)
    batch = intake.read(body, BEGIN + 10**9, intake.Limits(), 1)
    written = store.accept(batch.events, batch.lines, BEGIN + 10**9, 0, lambda *_: None)
    store.sync(written.position)


def test_it_has_all_of_some_and_whole_accounts_of_others(store: EventStore) -> None:
    for first in range(0, 1000, 100):
        accept(store, first, 100)
    store.seal(lambda _: None)
    closed, active = store.log.parts()
    assert closed
    assert active
    found = sample(store, ["u3", "u4", "nobody"], BEGIN + 100_000, BEGIN + 900_000, 200)
    assert found.since == BEGIN + 100_000
    counts = Counter(event.actor for event in found.events)
    assert counts["u3"] == counts["u4"] == 40
    assert set(counts.values()) == {40}
    assert 2 <= len(counts) < 20
    assert [one.time for one in found.events] == sorted(one.time for one in found.events)
    one = found.events[0]
    assert (one.text, one.actor_created, one.object) == (f"t{one.seq}", one.seq, "v")
    assert len(sample(store, [], BEGIN, BEGIN + 10**9, 5000).events) == 1000
    assert len(sample(store, ["u3"], BEGIN, BEGIN + 10**9, 15).events) <= 30


def test_erased_events_are_in_none(store: EventStore) -> None:
    accept(store, 0, 300)
    store.erase(mentions("u7"), lambda _: None)
    found = sample(store, ["u7"], BEGIN, BEGIN + 10**9, 5000)
    assert "u7" not in {event.actor for event in found.events}
    assert len(found.events) == 285


def test_of_nothing_there_is_nothing(store: EventStore) -> None:
    found = sample(store, ["u1"], BEGIN, BEGIN + 1, 10)
    assert found == type(found)([], None)
