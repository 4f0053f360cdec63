"""Event store: each event once, in log order, with its watermark, whatever comes between."""

import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lianzhi.chain.event import Event
from lianzhi.flow.runner import Accepted
from lianzhi.record.mention import mentions
from lianzhi.store import query
from lianzhi.store.events import EventStore, Written
from lianzhi.store.sealed import Sealed
from lianzhi.store.segments import Position
from streams import NOW, START, calm, crowd, event, line, merged

EVENTS = merged(calm(60), crowd("victim", 20))


class Taker:
    """Keeps what a store hands over."""

    def __init__(self) -> None:
        self.frames: list[Accepted] = []

    def __call__(self, accepted: Accepted, _: Position) -> None:
        self.frames.append(accepted)

    @property
    def ids(self) -> list[str]:
        return [one.id for frame in self.frames for one in frame.events]


def send(store: EventStore, events: list[Event], taker: Taker, now: int = NOW) -> Written:
    fresh = [event(e.id, e.time, e.actor, e.target, text=e.text, source=e.source) for e in events]
    written = store.accept(fresh, [line(e) for e in fresh], now, 5000, taker)
    store.sync(written.position)
    return written


def on_record(_: Sealed) -> None:
    pass


def opened(home: Path) -> EventStore:
    return EventStore(home, 4000)


@settings(max_examples=25)
@given(
    ops=st.lists(
        st.one_of(
            st.tuples(st.just("send"), st.integers(0, 70), st.integers(1, 12)),
            st.tuples(st.sampled_from(["seal", "reopen", "erase", "turn"]), st.just(0), st.just(0)),
        ),
        max_size=20,
    )
)
def test_every_event_once_through_any_history(
    ops: list[tuple[str, int, int]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    home = tmp_path_factory.mktemp("home")
    store, taker, model = opened(home), Taker(), list[str]()
    for op, start, count in ops:
        if op == "send":
            part = EVENTS[start : start + count]
            fresh = [e.id for e in part if e.id not in model]
            written = send(store, part + part[:1], taker)
            assert written.duplicates == len(part) + 1 - len(fresh)
            model += fresh
        elif op == "seal":
            store.seal(on_record)
        elif op == "turn":
            store.log.turn()
        elif op == "erase":
            store.erase(mentions("calm7"), on_record)
        else:
            store.close()
            store = opened(home)
        assert taker.ids == model
    positions = [one.seq for frame in taker.frames for one in frame.events]
    assert positions == list(range(len(model)))
    kept = {one.id for frame in store.frames(0) for one in frame.events}
    actors = {e.id: e.actor for e in EVENTS}
    assert {id_ for id_ in model if actors[id_] != "calm7"} <= kept <= set(model)
    store.close()


def test_watermark_lateness_and_release(tmp_path: Path) -> None:
    store, taker = opened(tmp_path), Taker()
    send(store, [event("a", START, "x", "y"), event("b", START + 20_000, "x", "y")], taker)
    assert store.log.watermark == START + 15_000
    late = send(
        store, [event("c", START + 1, "x", "y"), event("d", START + 16_000, "x", "y")], taker
    )
    assert (late.late, len(late.accepted.events)) == (1, 2)
    store.release(NOW, taker, ended=True)
    assert store.log.watermark == START + 20_250
    store.release(NOW, taker, ended=True)
    assert [len(frame.events) for frame in taker.frames] == [2, 2, 0]
    store.close()


def test_an_idle_release_stays_behind_the_clock(tmp_path: Path) -> None:
    store, taker = opened(tmp_path), Taker()
    now = START + 10_000
    send(
        store, [event("honest", now, "x", "y"), event("fast", now + 200_000, "x", "y")], taker, now
    )
    for tick in range(4):
        store.release(now + tick * 1000, taker, ended=False)
        assert store.log.watermark <= now + tick * 1000
    on_time = send(store, [event("next", now + 3000, "x", "y")], taker, now + 3000)
    assert on_time.late == 0
    store.release(now + 3000, taker, ended=True)
    assert store.log.watermark > now + 200_000
    store.close()


@pytest.mark.parametrize("seal", [False, True])
def test_what_waits_for_the_watermark_is_found_after_a_restart(tmp_path: Path, seal: bool) -> None:
    store, taker = EventStore(tmp_path), Taker()
    send(store, EVENTS, taker)
    if seal:
        store.log.turn()
        store.seal(on_record)
    store.close()
    again, released = EventStore(tmp_path), Taker()
    assert again.latest == EVENTS[-1].time
    again.release(NOW, released, ended=True)
    (frame,) = released.frames
    assert frame.watermark > EVENTS[-1].time
    again.log.turn()
    again.seal(on_record)
    assert list(again.frames(0))[-1].watermark == frame.watermark
    again.close()


def test_a_failed_write_can_be_sent_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store, taker = opened(tmp_path), Taker()

    def full(*_: object, **__: object) -> Position:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(store.log, "append", full)
    with pytest.raises(OSError, match="No space"):
        send(store, EVENTS[:5], taker)
    monkeypatch.undo()
    assert send(store, EVENTS[:5], taker).duplicates == 0
    store.close()


def test_threads_that_send_the_same_get_it_in_once(tmp_path: Path) -> None:
    store, taker = opened(tmp_path), Taker()
    accepted: list[int] = []

    def work() -> None:
        for start in range(0, len(EVENTS), 7):
            accepted.append(len(send(store, EVENTS[start : start + 7], taker).accepted.events))

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    store.seal(on_record)
    for thread in threads:
        thread.join()
    assert sum(accepted) == len(EVENTS)
    assert sorted(taker.ids) == sorted(e.id for e in EVENTS)
    assert [f.after for f in taker.frames] == sorted(f.after for f in taker.frames)
    store.close()


def test_erased_events_are_duplicates_for_ever(tmp_path: Path) -> None:
    store, taker = opened(tmp_path), Taker()
    send(store, EVENTS, taker)
    assert store.erase(mentions("victim"), on_record) == 20
    assert send(store, EVENTS, taker).duplicates == len(EVENTS)
    store.close()
    again = opened(tmp_path)
    assert send(again, EVENTS, taker).duplicates == len(EVENTS)
    assert {e.target for frame in again.frames(0) for e in frame.events} & {"victim"} == set()
    again.close()


@pytest.mark.parametrize("turns", [0, 1])
def test_messages_at_a_person_from_parquet_and_frames(tmp_path: Path, turns: int) -> None:
    store, taker = opened(tmp_path), Taker()
    send(store, EVENTS[:40], taker)
    for _ in range(turns):
        store.log.turn()
        store.seal(on_record)
    send(store, EVENTS[40:], taker)
    follow = event("f", START + 90_000, "x", "victim", kind="follow")
    store.accept([follow], [line(follow)], NOW, 5000, taker)
    since, until = START + 70_000, START + 100_000
    expected = [
        (e.time, e.actor, e.text)
        for e in EVENTS
        if e.target == "victim" and since <= e.time < until
    ]
    assert expected
    assert query.at_person(store, "victim", since, until) == expected
    assert query.at_person(store, "nobody", since, until) == []
    store.close()
