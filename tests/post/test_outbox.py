"""The outbox: order within a lane, leases, ends, and what a crash leaves."""

import threading
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import asdict
from post_house import NOW, message
from sqlalchemy import Engine, event, text

from databases import with_tables
from lianzhi.office.messages import Message
from lianzhi.store import db, outbox
from lianzhi.store.letters import counts, dead_letters, letters

LEASE = 1000


def put(engine: Engine, *messages: Message) -> int:
    with db.writing(engine) as connection:
        return outbox.put(connection, messages)


def claim(engine: Engine, now: int = NOW, limit: int = 10, by: str = "a") -> list[Message]:
    return outbox.claim(engine, by, now, limit, LEASE, channel="webhook")


def ids(messages: list[Message]) -> list[str]:
    return [one.id for one in messages]


def end(engine: Engine, how: str, one: Message, now: int = NOW) -> bool:
    with db.writing(engine) as connection:
        if how == "sent":
            return outbox.sent(connection, one, now)
        if how == "failed":
            return outbox.failed(connection, one, now + 50, "HTTP 500")
        if how == "bury":
            return outbox.bury(connection, one, now, "HTTP 410")
        return outbox.drop(connection, one, now, "erased")


def test_one_lane_goes_in_order_and_lanes_side_by_side(engine: Engine) -> None:
    assert put(engine, *(message("a", n) for n in (3, 1, 2)), message("b", 1)) == 4
    first = claim(engine)
    assert sorted(ids(first)) == ["m-a-1", "m-b-1"]
    assert claim(engine) == []
    end(engine, "sent", first[0])
    end(engine, "sent", first[1])
    second = claim(engine)
    assert ids(second) == ["m-a-2"]
    end(engine, "failed", second[0])
    assert claim(engine) == [], "one that is put off holds up its lane"
    (again,) = claim(engine, NOW + 50)
    assert (again.id, again.attempts) == ("m-a-2", 2)
    end(engine, "bury", again, NOW + 50)
    assert ids(claim(engine, NOW + 50)) == ["m-a-3"], "a dead letter does not"


def test_putting_twice_changes_nothing(engine: Engine) -> None:
    one = message("a", 1)
    assert put(engine, one, one) == 1
    end(engine, "sent", claim(engine)[0])
    assert put(engine, one) == 0
    assert claim(engine) == []


def test_what_is_rolled_back_was_never_put(engine: Engine) -> None:
    with db.writing(engine) as connection:
        outbox.put(connection, [message("a", 1)])
        connection.rollback()
    assert claim(engine) == []


def test_a_lease_runs_out_and_the_late_answer_still_counts_once(engine: Engine) -> None:
    put(engine, message("a", 1), message("a", 2))
    (slow,) = claim(engine, by="slow")
    assert claim(engine, NOW + LEASE - 1) == []
    (quick,) = claim(engine, NOW + LEASE, by="quick")
    assert quick.id == slow.id
    assert not end(engine, "failed", slow), "it is another's now"
    assert not end(engine, "bury", slow)
    assert end(engine, "sent", slow)
    assert not end(engine, "sent", quick)
    assert ids(claim(engine, NOW + LEASE)) == ["m-a-2"]


def test_one_at_work_is_not_given_again_though_the_clock_jumps(engine: Engine) -> None:
    put(engine, message("a", 1))
    (one,) = claim(engine)
    again = outbox.claim(
        engine, "a", NOW + 10**9, 10, LEASE, channel="webhook", in_progress={one.id}
    )
    assert again == []


def test_cancelling_a_lane_ends_what_waits_and_believes_what_arrived(engine: Engine) -> None:
    put(engine, *(message("a", n) for n in (1, 2)), message("b", 1))
    under_way = next(one for one in claim(engine) if one.lane == "a")
    with db.writing(engine) as connection:
        assert outbox.cancel(connection, "a", NOW) == 2
        assert outbox.cancel(connection, "a", NOW) == 0
    assert not end(engine, "failed", under_way)
    assert end(engine, "sent", under_way)
    assert {row.id for row in letters(engine, "cancelled").rows} == {"m-a-2"}


def test_dead_letters_are_paged_and_can_be_revived(engine: Engine) -> None:
    put(engine, *(message(f"l{n}", 1) for n in range(5)), message("l0", 2))
    for n, one in enumerate(claim(engine)):
        end(engine, "bury", one, NOW + n)
    page = dead_letters(engine, limit=3)
    rest = dead_letters(engine, limit=3, cursor=page.next)
    found = [row.id for row in page.rows + rest.rows]
    assert len(set(found)) == 5
    assert rest.next is None
    assert [row.done_at for row in page.rows] == [NOW + 4, NOW + 3, NOW + 2]
    with db.writing(engine) as connection:
        assert outbox.revive(connection, "m-l0-1", NOW + 9)
        assert not outbox.revive(connection, "m-l0-1", NOW + 9)
        assert not outbox.revive(connection, "no such", NOW + 9)
    (one,) = claim(engine, NOW + 9)
    assert (one.id, one.attempts) == ("m-l0-1", 1), "before what waits in its lane, afresh"
    found_counts = counts(engine, NOW)
    assert (found_counts.waiting, found_counts.dead, found_counts.sent) == (2, 4, 0)


def test_errors_are_cut_to_one_line(engine: Engine) -> None:
    put(engine, message("a", 1))
    (one,) = claim(engine)
    with db.writing(engine) as connection:
        outbox.bury(connection, one, NOW, "bad\r\nnews\x1b[2J " + "x" * 5000)
    (row,) = dead_letters(engine).rows
    assert row.last_error is not None
    assert row.last_error.startswith("bad news [2J x")
    assert len(row.last_error) == outbox.ERROR_CHARS


def test_a_start_frees_what_the_process_before_held(engine: Engine) -> None:
    put(engine, message("a", 1), message("b", 1), message("c", 1))
    mine = claim(engine, limit=1, by="node")[0]
    others = claim(engine, limit=1, by="other")[0]
    outbox.recover(engine, "node", NOW + 1, NOW + 10**7)
    free = ids(claim(engine, NOW + 1))
    assert mine.id in free
    assert others.id not in free
    assert end(engine, "sent", mine), "should it have arrived all the same"


def test_a_clock_set_back_leaves_nothing_put_off_for_long(engine: Engine) -> None:
    put(engine, message("a", 1), message("b", 1), message("c", 1, due_at=NOW + 10**8))
    ahead = NOW + 10**9
    for one in claim(engine, ahead):
        with db.writing(engine) as connection:
            outbox.failed(connection, one, ahead + 5000 + (one.lane == "b") * 10**7, "HTTP 500")
    outbox.set_back(engine, NOW, 10**9)
    found = {row.id: row.due_at for row in letters(engine, "waiting").rows}
    assert found["m-a-1"] == NOW + 5000
    outbox.recover(engine, "node", NOW, NOW + 10**6)
    found = {row.id: row.due_at for row in letters(engine, "waiting").rows}
    assert found["m-a-1"] == NOW + 5000
    assert found["m-b-1"] == NOW


def test_old_messages_are_purged_and_dead_ones_stay(engine: Engine) -> None:
    put(engine, *(message(f"l{n}", 1) for n in range(6)))
    for n, one in enumerate(sorted(claim(engine), key=lambda one: one.id)):
        end(engine, ["sent", "sent", "sent", "drop", "bury", "failed"][n], one, NOW + n)
    assert outbox.purge(engine, NOW + 2, limit=1) == 1
    assert outbox.purge(engine, NOW + 2) == 1
    assert outbox.purge(engine, NOW + 10**9) == 2
    assert outbox.purge(engine, NOW + 10**9) == 0
    assert counts(engine, 0).dead == 1
    assert counts(engine, 0).waiting == 1


def test_workers_never_share_a_message(engine: Engine) -> None:
    put(engine, *(message(f"l{n % 20}", n) for n in range(200)))
    taken: list[str] = []
    lock = threading.Lock()

    def work(name: str) -> None:
        idle = 0
        while idle < 20:
            found = claim(engine, limit=3, by=name)
            idle = 0 if found else idle + 1
            for one in found:
                with lock:
                    taken.append(one.id)
                end(engine, "sent", one)

    threads = [threading.Thread(target=work, args=(f"w{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == sorted(f"m-l{n % 20}-{n}" for n in range(200))
    for lane in range(20):
        numbers = [int(one.split("-")[2]) for one in taken if one.split("-")[1] == f"l{lane}"]
        assert numbers == sorted(numbers)


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["put", "claim", "sent", "failed", "bury", "drop", "cancel", "revive"]),
        st.integers(0, 2),
        st.integers(0, 9),
    ),
    max_size=40,
)


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(steps=STEPS)
def test_whatever_happens_the_first_that_waits_is_the_head(tmp_path_factory, steps) -> None:
    engine = with_tables(f"sqlite:///{tmp_path_factory.mktemp('outbox') / 'lianzhi.db'}")
    held: list[Message] = []
    now = NOW
    for what, lane, number in steps:
        now += 10
        if what == "put":
            put(engine, message(f"l{lane}", number))
        elif what == "claim":
            held += claim(engine, now)
        elif what == "cancel":
            with db.writing(engine) as connection:
                outbox.cancel(connection, f"l{lane}", now)
        elif what == "revive":
            with db.writing(engine) as connection:
                outbox.revive(connection, f"m-l{lane}-{number}", now)
        elif held:
            end(engine, what, held.pop(number % len(held)), now)
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT * FROM outbox")).all()
    for lane in {row.lane for row in rows}:
        waiting = [row for row in rows if row.lane == lane and row.state == "waiting"]
        heads = [row.id for row in rows if row.lane == lane and row.head]
        first = min(waiting, key=lambda row: (row.number, row.id)).id if waiting else None
        assert heads == ([first] if first else [])
    engine.dispose()


def test_what_is_due_is_found_by_index_alone(tmp_path: Path) -> None:
    """On SQLite, whose planner does not go by how many rows there are."""
    engine = with_tables(f"sqlite:///{tmp_path / 'lianzhi.db'}")
    said: list[str] = []
    event.listen(engine, "checkout", lambda driver, *_: driver.set_trace_callback(said.append))
    put(engine, message("a", 1))
    end(engine, "sent", claim(engine)[0])
    plans = []
    with engine.connect() as connection:
        for statement in list(said):
            if statement.startswith(("SELECT", "UPDATE")):
                rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}")
                plans.append(" ".join(row[3] for row in rows))
    engine.dispose()
    assert len(plans) > 6
    assert not [plan for plan in plans if "SCAN" in plan or "TEMP B-TREE" in plan]
    for index in ("outbox_due", "outbox_lane", "outbox_head"):
        assert any(index in plan for plan in plans), index


@pytest.mark.parametrize(
    "wrong",
    [{"id": "a.b"}, {"id": ""}, {"lane": "two words"}, {"topic": "x"}, {"channel": "pigeon"}],
)
def test_a_message_that_cannot_travel_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=f"{next(iter(wrong))}.*: (use|write|choose)"):
        Message(**{**asdict(message("a", 1)), **wrong})
