"""No room on the disk, clocks that jump: proceedings refuse in words, or act once and whole."""

import errno
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from node_house import Clock, kinds
from sqlalchemy import event, exc, func, select
from starlette.testclient import TestClient

from lianzhi.chain.measure import Order
from lianzhi.config import Config, Webhook
from lianzhi.jobs.node import Node
from lianzhi.jobs.post import courier, delivery
from lianzhi.office.actor import Actor
from lianzhi.office.decisions import DecisionRequest
from lianzhi.store import accounts, desk, sign_in
from lianzhi.store import ledger as ledgers
from lianzhi.store.audit import audit
from lianzhi.store.audit_tables import audit_tables
from lianzhi.store.ledger import custody
from lianzhi.store.notices import notice
from lianzhi.store.outbox import outbox
from lianzhi.store.process_tables import decision, measure, strike
from lianzhi.web.app import create_app
from lianzhi.web.core.looks import Memory
from lianzhi.web.core.settings import Settings
from process_house import ProcessHouse
from waiting import eventually

sys.path.append(str(Path(__file__).parents[1] / "post"))

from post_house import Receiver

NOW, HOUR, DAY = 1_795_608_300_000, 3_600_000, 86_400_000
LI = Actor("li", may_severe=True)
FULL = ("the disk of the record is full", "the disk of the database is full")


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lianzhi.jobs.ticker.TICK_S", 0.02)
    monkeypatch.setattr(courier, "POLL_S", 0.02)
    monkeypatch.setattr(delivery, "FIRST_WAIT_MS", 5)


class Town:
    """A node with a case, a platform that it tells, and a clock moved by hand."""

    def __init__(self, home: Path) -> None:
        self.receiver, self.clock = Receiver(), Clock(NOW)
        config = Config(lateness_seconds=1.0, webhook=Webhook(self.receiver.url, notices=False))
        self.node = Node(home, config, self.clock)
        house = ProcessHouse(self.node.engine, home, self.node.ledger)
        self.case = house.pile_on(at=NOW - HOUR)
        self.followers = house.tokens("f1", "f2", "f3")

    def asking(self, hours: int = 24) -> DecisionRequest:
        order = Order(key="mute", hours=hours, subjects=self.followers, to="follower")
        return DecisionRequest(
            orders=(order,), facts="He wrote it three times.", ground="harassment"
        )

    def decide(self, hours: int = 24, by: Actor = LI) -> str:
        return self.node.proceedings.decisions.decide(
            self.case, self.asking(hours), by, self.clock()
        )

    def stand(self) -> dict[str, int]:
        """How many rows there are of all that a decision brings."""
        tables = (decision, measure, strike, notice, outbox)
        with self.node.engine.connect() as connection:
            return {
                table.name: connection.scalar(select(func.count()).select_from(table)) or 0
                for table in tables
            } | {"record": self.node.ledger.size}

    def sent(self, sequence: int) -> bool:
        return sum(one.endswith(f"-{sequence}") for one in self.receiver.applied) == 3

    def sound(self) -> bool:
        node = self.node
        whole = audit(node.engine, *custody(node.home, node.config.origin)).ok
        return whole and audit_tables(node.engine).ok

    def close(self) -> None:
        self.node.close()
        self.receiver.close()


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    made = Town(tmp_path)
    yield made
    made.close()


Fill = Callable[[bool], None]


@pytest.fixture(params=["database", "checkpoint"])
def fill(request: pytest.FixtureRequest, town: Town, monkeypatch: pytest.MonkeyPatch) -> Fill:
    """Takes all room from the disk of the database, or of what lies beside it; gives it back."""
    full = False
    if request.param == "checkpoint":
        real = ledgers.written

        def written(path: Path, data: bytes) -> Any:
            if full and path.name == "checkpoint":
                raise OSError(errno.ENOSPC, "No space left on device")
            return real(path, data)

        monkeypatch.setattr(ledgers, "written", written)

    def limit(connection: Any, *_: object) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0] if full else 1 << 30
        connection.execute(f"PRAGMA max_page_count={pages}")

    if request.param == "database":
        event.listen(town.node.engine, "checkout", limit)

    def set_full(to: bool) -> None:
        nonlocal full
        full = to

    return set_full


def test_a_decision_without_room_is_refused_whole_and_made_when_there_is(
    town: Town, fill: Fill
) -> None:
    before = town.stand()
    fill(True)
    refused = 0
    for _ in range(3):
        try:  # there may be room left in pages that are there
            big = DecisionRequest(
                orders=town.asking().orders, facts="很长的理由。" * 60_000, ground="harassment"
            )
            town.node.proceedings.decisions.decide(town.case, big, LI, town.clock())
        except (exc.OperationalError, OSError):
            refused += 1
            assert town.stand() == before
    assert refused == 3
    fill(False)
    identity = town.decide()
    after = town.stand()
    assert after["decision"] == before["decision"] + 1
    assert after["measure"] == after["strike"] == 3
    assert identity
    assert eventually(lambda: town.sent(1))
    assert eventually(lambda: kinds(town.node)["measure.applied"] == 3)
    assert town.sound()


def test_a_full_disk_is_told_in_words(town: Town, fill: Fill) -> None:
    free = {"client_rate": 1e6, "client_burst": 1e6, "key_rate": 1e6, "key_burst": 1e6}
    client = TestClient(create_app(town.node, Settings(hosts=("testserver",), **free)))
    _, key = accounts.add_key(town.node.ledger, "platform", ("decide",), NOW, "test")
    form = {
        "orders": [{"measure": "mute", "hours": 24, "role": "follower"}],
        "reason": "长" * 4000,
        "ground": "harassment",
    }
    head = {"Authorization": f"Bearer {key}"}
    path = f"/v1/cases/{town.case}/decisions"
    before = town.stand()
    fill(True)
    answer = client.post(path, json=form, headers=head)
    assert answer.status_code == 503, answer.text
    assert answer.json()["detail"] in FULL
    assert answer.headers["retry-after"] == "5"
    assert town.stand() == before
    fill(False)
    assert client.post(path, json=form, headers=head).status_code == 201
    assert town.sound()


def use_up(town: Town) -> None:
    """What room is left in pages that are there."""
    for _ in range(200):
        town.node.casework.note_case(town.case, "长" * 2000, "li", town.clock())


def test_deliveries_without_room_are_written_down_when_there_is(town: Town, fill: Fill) -> None:
    """The platform has applied it; that it has is not lost, and it is not applied again."""
    took = []

    def behave(handler: Any, message: str) -> None:
        took.append(message)
        fill(True)

    town.receiver.behave = behave
    town.decide()
    assert eventually(lambda: len(set(took)) == 3)
    town.receiver.behave = lambda handler, message: None
    with pytest.raises((exc.OperationalError, OSError)):
        use_up(town)
    told = kinds(town.node)["measure.applied"]
    assert town.sound()
    fill(False)
    assert eventually(lambda: kinds(town.node)["measure.applied"] == 3), told
    assert town.sent(1)
    assert sorted(town.receiver.applied) == sorted(set(town.receiver.applied))
    with town.node.engine.connect() as connection:
        assert set(connection.scalars(select(measure.c.status))) == {"applied"}
    assert town.sound()


def test_a_dead_letter_begins_nothing_that_has_ended(town: Town) -> None:
    def gone(handler: Any, message: str) -> bool | None:
        if message.endswith("-1"):
            handler.answer(410)
            return True
        return None

    town.receiver.behave = gone
    town.decide(hours=1)
    assert eventually(lambda: kinds(town.node)["measure.undelivered"] == 3)
    town.clock.at += 2 * HOUR
    assert eventually(lambda: town.sent(2))
    assert eventually(lambda: kinds(town.node)["measure.end_applied"] == 3)
    town.receiver.behave = lambda handler, message: None
    with town.node.engine.connect() as connection:
        dead = list(connection.scalars(select(outbox.c.id).where(outbox.c.state == "dead")))
    assert len(dead) == 3
    for letter in dead:
        assert town.node.proceedings.measures.resend([letter], "li", NOW) == 1
    assert eventually(lambda: states(town) == {"sent": 3, "cancelled": 3})
    assert not any(one.endswith("-1") for one in town.receiver.applied)
    assert town.sound()


def states(town: Town) -> dict[str, int]:
    query = select(outbox.c.state, func.count().label("count")).group_by(outbox.c.state)
    with town.node.engine.connect() as connection:
        return {row.state: row.count for row in connection.execute(query)}


def test_a_clock_ten_days_ahead_ends_measures_once(town: Town) -> None:
    town.decide(hours=24)
    assert eventually(lambda: town.sent(1))
    town.clock.at += 10 * DAY
    assert eventually(lambda: town.sent(2))
    assert eventually(lambda: kinds(town.node)["measure.end_applied"] == 3)
    town.clock.at -= 2 * DAY
    assert not eventually(lambda: kinds(town.node)["measure.lapsed"] > 3, 0.3)
    assert len(town.receiver.applied) == 6
    assert town.sound()


def test_a_clock_set_back_two_days_ends_nothing_twice_and_moves_no_deadline(town: Town) -> None:
    node = town.node
    identity = town.decide(hours=1)
    assert eventually(lambda: town.sent(1))
    town.clock.at += 2 * HOUR
    assert eventually(lambda: town.sent(2))
    with node.engine.connect() as connection:
        (until,) = connection.scalars(select(decision.c.contest_until))
    town.clock.at -= 2 * DAY
    size = node.ledger.size
    assert not eventually(lambda: node.ledger.size > size + 6, 0.3), "nothing loops"
    assert kinds(node)["measure.lapsed"] == 3
    filed = node.proceedings.redress.file(identity, "affected", "f1", "No.", town.clock())
    node.proceedings.redress.answer(filed, "upheld", (), "Yes.", Actor("wang"), town.clock())
    with node.engine.connect() as connection:
        assert list(connection.scalars(select(decision.c.contest_until))) == [until]
    town.decide(hours=1, by=Actor("zhao"))
    town.clock.at += 3 * DAY
    assert eventually(lambda: kinds(node)["measure.lapsed"] == 6)
    assert eventually(lambda: len(town.receiver.applied) == 12)
    assert town.sound()


def test_a_clock_set_back_locks_nobody_out(town: Town) -> None:
    """Leases, the day's cases, rests and locks of names that were dated two days later."""
    node, policy = town.node, town.node.proceedings.office.policy(NOW)
    for _ in range(policy.desk.rest_after):
        town.decide()
        town.clock.at += 1
    until = town.clock() + policy.desk.lease_minutes * 60_000
    assert desk.take(node.engine, town.case, "wang", town.clock(), until) == "wang"
    for _ in range(sign_in.FREE):
        assert accounts.authenticate(node.ledger, "zhao", "guess", town.clock()) is None
    with node.engine.connect() as connection:
        assert desk.holder(connection, town.case, town.clock()) == "wang"
        assert desk.rest_until(connection, "li", town.clock(), policy.desk, 8)
    assert accounts.locked_until(node.ledger, "zhao", town.clock())
    now = town.clock.at = town.clock() - 2 * DAY
    with node.engine.connect() as connection:
        assert desk.holder(connection, town.case, now) is None
        assert desk.rest_until(connection, "li", now, policy.desk, 8) is None
        assert desk.done_between(connection, "li", now - DAY, now) == 0
    assert desk.take(node.engine, town.case, "li", now, now + HOUR) == "li"
    assert accounts.locked_until(node.ledger, "zhao", now) is None
    town.decide()


def test_a_look_after_the_clock_was_set_back_is_a_look() -> None:
    memory = Memory()
    memory.keep("li", "/cases", ["c"], NOW)
    assert memory.fresh("li", "/cases", ["c"], NOW + 60_000) == []
    assert memory.fresh("li", "/cases", ["c"], NOW - 2 * DAY) == ["c"]
