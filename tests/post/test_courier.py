"""The courier against a receiver that misbehaves: applied once, in order, and so recorded."""

import random
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from post_house import (
    NOW,
    Clock,
    House,
    Receiver,
    certified,
    config_for,
    hang_up,
    message,
    moody,
)
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from lianzhi.config import Webhook
from lianzhi.jobs.post import courier, delivery
from lianzhi.jobs.post.delivery import Delivered, Failed
from lianzhi.jobs.post.webhook import WebhookChannel
from lianzhi.store import outbox
from lianzhi.store.audit import audit
from lianzhi.store.db import writing
from lianzhi.store.ledger import custody
from lianzhi.store.letters import dead_letters, letters
from lianzhi.webhooks.keys import WebhookKeys
from waiting import eventually

Make = Callable[..., House]


def numbers(applied: list[str], lane: str) -> list[int]:
    return [int(one.rsplit("-", 1)[1]) for one in applied if one.startswith(f"m-{lane}-")]


def test_what_is_put_is_delivered_at_once_and_recorded_with_it(
    house: Make, receiver: Receiver
) -> None:
    one = house()
    one.post.start()
    time.sleep(0.1)  # asleep until the next look, a second away
    began = time.monotonic()
    one.order(message("a", 1), message("b", 1))
    assert eventually(lambda: len(receiver.applied) == 2)
    assert time.monotonic() - began < 0.7
    assert eventually(lambda: sorted(one.told("parcel.sent")) == ["m-a-1", "m-b-1"])
    assert set(one.states().values()) == {"sent"}
    assert audit(one.engine, *custody(one.home)).ok


@pytest.mark.usefixtures("quick")
def test_a_database_that_is_locked_does_not_hold_up_the_start(
    house: Make, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    recover, failures = outbox.recover, [1, 1]

    def locked_at_first(*args: Any) -> None:
        if failures:
            failures.pop()
            error = sqlite3.OperationalError("database is locked")
            error.sqlite_errorcode = sqlite3.SQLITE_BUSY
            raise OperationalError("BEGIN IMMEDIATE", {}, error)
        recover(*args)

    monkeypatch.setattr(outbox, "recover", locked_at_first)
    one = house()
    one.post.start()
    one.order(message("a", 1))
    assert eventually(lambda: receiver.applied == ["m-a-1"])
    assert not failures


@pytest.mark.slow
@pytest.mark.usefixtures("quick")
def test_a_moody_receiver_gets_each_message_once_and_in_order(
    house: Make, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(courier, "MOST_ATTEMPTS", 1000)
    receiver.behave = moody(receiver, random.Random(5))
    one = house()
    one.post.start()
    chance = random.Random(7)
    wanted = [message(f"l{lane}", n) for n in range(6) for lane in range(10)]
    for start in range(0, len(wanted), 7):
        one.order(*wanted[start : start + 7])
        one.order(*wanted[: chance.randrange(start + 1)][-3:])  # told twice
        if chance.random() < 0.4:
            one.restart()
    assert eventually(lambda: "waiting" not in one.states().values(), 60)
    assert sorted(receiver.applied) == sorted(m.id for m in wanted)
    for lane in range(10):
        assert numbers(receiver.applied, f"l{lane}") == list(range(6))
    assert len(receiver.requests) > len(wanted), "the receiver was moody"
    assert sorted(one.told("parcel.sent")) == sorted(m.id for m in wanted)
    assert audit(one.engine, *custody(one.home)).ok


@pytest.mark.slow
def test_kill_9_loses_nothing_and_doubles_nothing(house: Make, receiver: Receiver) -> None:
    chance = random.Random(11)
    receiver.behave = moody(receiver, chance, good=0.8)
    one = house()
    wanted = [message(f"l{lane}", n) for n in range(15) for lane in range(30)]
    one.order(*wanted)
    url = one.engine.url.render_as_string(hide_password=False)
    home, target = str(one.home), receiver.url
    script = Path(__file__).with_name("sender.py")
    kills = 0
    while True:
        child = subprocess.Popen(
            [sys.executable, str(script), url, home, target], stderr=subprocess.PIPE
        )
        try:
            _, said = child.communicate(timeout=0.7 + 0.8 * chance.random() if kills < 6 else 60)
        except subprocess.TimeoutExpired:
            child.kill()
            child.communicate()
            kills += 1
            continue
        assert child.returncode == 0, said.decode()[-2000:]
        break
    assert kills >= 1
    assert sorted(receiver.applied) == sorted(m.id for m in wanted)
    for lane in range(30):
        assert numbers(receiver.applied, f"l{lane}") == list(range(15))
    assert sorted(one.told("parcel.sent")) == sorted(m.id for m in wanted)
    assert audit(one.engine, *custody(one.home)).ok


@pytest.mark.usefixtures("quick")
def test_gone_is_a_dead_letter_at_once_and_can_be_sent_again(
    house: Make, receiver: Receiver
) -> None:
    gone = True

    def behave(handler: Any, _: str) -> bool | None:
        if gone:
            handler.answer(410)
        return gone or None

    receiver.behave = behave
    one = house()
    one.post.start()
    one.order(message("a", 1), message("a", 2))
    assert eventually(lambda: len(one.told("parcel.lost")) == 2)
    (second, first) = dead_letters(one.engine).rows
    assert {first.id, second.id} == {"m-a-1", "m-a-2"}
    assert first.attempts == 1
    assert first.last_error == "HTTP 410: the receiver wants no more of it"
    gone = False
    with writing(one.engine) as connection:
        outbox.revive(connection, "m-a-1", one.clock())
    assert eventually(lambda: one.told("parcel.sent") == ["m-a-1"])


@pytest.mark.slow
@pytest.mark.usefixtures("quick")
def test_what_always_fails_dies_after_sixteen_attempts(house: Make, receiver: Receiver) -> None:
    receiver.behave = lambda handler, _: handler.answer(500) or True  # type: ignore[attr-defined]
    one = house()
    one.post.start()
    one.order(message("a", 1))
    assert eventually(lambda: one.told("parcel.lost") == ["m-a-1"])
    assert len(receiver.seen()) == delivery.MOST_ATTEMPTS
    (row,) = dead_letters(one.engine).rows
    assert (row.attempts, row.last_error) == (delivery.MOST_ATTEMPTS, "HTTP 500")


@pytest.mark.usefixtures("quick")
def test_a_redirect_is_not_followed_and_a_long_answer_not_read(
    house: Make, receiver: Receiver
) -> None:
    def behave(handler: Any, sent: str) -> bool:
        if sent == "m-a-1":
            handler.answer(302, Location=receiver.url)
            return True
        receiver.apply(sent)
        handler.send_response(200)
        handler.send_header("Content-Length", str(10**9))
        handler.end_headers()
        handler.wfile.write(b"x" * 20_000)
        time.sleep(0.5)
        return True

    receiver.behave = behave
    one = house()
    one.post.start()
    one.order(message("a", 1), message("b", 1))
    assert eventually(lambda: one.states()["m-b-1"] == "sent")
    assert eventually(lambda: letters(one.engine, "waiting").rows[0].last_error == "HTTP 302")
    assert "m-b-1" not in receiver.seen()[receiver.seen().index("m-b-1") + 1 :]


@pytest.mark.usefixtures("quick")
def test_dripping_headers_are_cut_off(house: Make, receiver: Receiver) -> None:
    def behave(handler: Any, _: str) -> bool:
        handler.close_connection = True
        for _ in range(200):
            try:
                handler.wfile.write(b"H")
            except OSError:
                break
            time.sleep(0.02)
        return True

    receiver.behave = behave
    one = house()
    one.post.start()
    one.order(message("a", 1))

    def said() -> str | None:
        return letters(one.engine, "waiting").rows[0].last_error

    assert eventually(lambda: said() is not None)
    assert said() == "no answer within 0.3 s"


@pytest.mark.usefixtures("quick")
def test_nobody_there(house: Make) -> None:
    closed = Receiver()
    closed.close()
    one = house(config_for(closed.url))
    one.post.start()
    one.order(message("a", 1))
    assert eventually(
        lambda: (
            letters(one.engine, "waiting").rows[0].last_error
            == "the connection was refused, or the host was not found"
        )
    )


def test_over_tls_only_a_trusted_receiver_is_told_and_the_watch_holds(tmp_path: Path) -> None:
    def behave(handler: Any, sent: str) -> bool | None:
        if sent == "m-slow-1":
            handler.close_connection = True
            for _ in range(100):
                try:
                    handler.wfile.write(b"H")
                except OSError:
                    break
                time.sleep(0.02)
            return True
        return None

    server, client = certified(tmp_path)
    receiver = Receiver(behave, server)
    keys = WebhookKeys(tmp_path)
    made = [
        WebhookChannel(Webhook(receiver.url), keys, lambda one: one.body, total_s=1, tls=tls)
        for tls in (client, None)
    ]
    try:
        assert made[1].deliver(message("a", 1), NOW) == Failed(
            "TLS: the certificate or the handshake was not accepted"
        )
        assert receiver.seen() == []
        for n in (1, 2):
            assert made[0].deliver(message("a", n), NOW) == Delivered()
        began = time.monotonic()
        assert made[0].deliver(message("slow", 1), NOW) == Failed("no answer within 1 s")
        assert time.monotonic() - began < 1.8
        assert made[0].deliver(message("a", 3), NOW) == Delivered()
    finally:
        for one in made:
            one.cut()
        receiver.close()


def test_connections_are_kept(tmp_path: Path, receiver: Receiver) -> None:
    ports = set()

    def behave(handler: Any, _: str) -> None:
        ports.add(handler.client_address[1])

    receiver.behave = behave
    channel = WebhookChannel(Webhook(receiver.url), WebhookKeys(tmp_path), lambda one: one.body)
    for n in range(5):
        assert channel.deliver(message("a", n), NOW) == Delivered()
    channel.cut()
    assert len(ports) == 1
    assert channel.deliver(message("a", 9), NOW) == Failed("stopping")


def test_retry_after_is_honoured(house: Make, receiver: Receiver) -> None:
    receiver.behave = lambda handler, _: handler.answer(429, Retry_After="3600") or True  # type: ignore[attr-defined]
    one = house()
    one.post.start()
    one.order(message("a", 1))

    def row() -> Any:
        return letters(one.engine, "waiting").rows[0]

    assert eventually(lambda: row().last_error == "HTTP 429")
    wait = row().due_at - one.clock()
    assert 3_590_000 < wait < 3_600_000 * (1 + delivery.SPREAD)


@given(st.integers(1, 40), st.integers(0, 10**12), st.floats(0, 1, exclude_max=True))
def test_waits_grow_to_their_limit(attempts: int, asked: int, chance: float) -> None:
    wait = delivery.wait_ms(attempts, asked, chance)
    longest = delivery.LONGEST_WAIT_MS
    assert min(asked, longest) <= wait <= longest * (1 + delivery.SPREAD)
    assert wait >= delivery.FIRST_WAIT_MS
    assert wait <= delivery.wait_ms(attempts + 1, asked, chance)


def test_a_message_is_tried_for_about_two_and_a_half_days() -> None:
    days = sum(delivery.wait_ms(n, 0, 0.5) for n in range(1, delivery.MOST_ATTEMPTS)) / 86_400_000
    assert 2.3 < days < 3.2


@pytest.mark.usefixtures("quick")
def test_a_listener_that_refuses_spoils_neither_record_nor_neighbours(
    house: Make, receiver: Receiver
) -> None:
    one = house()
    hear = one.ears.on_sent
    stubborn = True

    def on_sent(batch: Any, sent: Any, at: int) -> None:
        hear(batch, sent, at)
        if stubborn and sent.id == "m-bad-1":
            raise ValueError("not now")

    one.ears.on_sent = on_sent  # type: ignore[method-assign]
    one.post.start()
    one.order(message("bad", 1), *(message(f"l{n}", 1) for n in range(10)))
    assert eventually(lambda: len(one.told("parcel.sent")) == 10)
    assert "m-bad-1" not in one.told("parcel.sent")
    assert one.states()["m-bad-1"] == "waiting"
    stubborn = False
    assert eventually(lambda: "m-bad-1" in one.told("parcel.sent"))
    assert receiver.applied.count("m-bad-1") == 1
    assert len(set(one.told("parcel.sent"))) == 11


@pytest.mark.usefixtures("quick")
def test_a_clock_that_jumps_loses_nothing(house: Make, receiver: Receiver) -> None:
    down = True

    def behave(handler: Any, _: str) -> bool | None:
        if down:
            handler.answer(503)
        return down or None

    receiver.behave = behave
    clock = Clock()
    one = house(clock=clock)
    one.post.start()
    one.order(message("a", 1))
    assert eventually(lambda: len(receiver.seen()) >= 2)
    clock.jumped = 10**9
    assert eventually(lambda: len(receiver.seen()) >= 4)
    before = len(receiver.seen())
    time.sleep(0.3)
    assert len(receiver.seen()) - before < 10, "no faster than its waits allow"
    down = False
    clock.jumped = -(10**9)
    assert eventually(lambda: one.told("parcel.sent") == ["m-a-1"], 5)


@pytest.mark.usefixtures("quick")
def test_closing_does_not_wait_for_a_receiver_that_hangs(
    house: Make, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(courier, "GRACE_S", 0.1)
    hold = threading.Event()

    def behave(handler: Any, _: str) -> bool:
        hold.wait(20)
        hang_up(handler)
        return True

    receiver.behave = behave
    one = house()
    one.post.start()
    one.order(message("a", 1))
    assert eventually(lambda: bool(receiver.seen()))
    began = time.monotonic()
    one.post.close()
    hold.set()
    assert time.monotonic() - began < 3
    with one.engine.connect() as connection:
        row = connection.execute(text("SELECT state, lease_until FROM outbox")).one()
    assert tuple(row) == ("waiting", None)


@pytest.mark.usefixtures("quick")
def test_one_channel_that_is_down_holds_up_no_other(house: Make, receiver: Receiver) -> None:
    """Here the other channel is not there at all; its messages wait for it."""
    one = house()
    one.post.start()
    one.order(message("a", 1, channel="mail", topic="notice.made"), message("b", 1))
    assert eventually(lambda: one.states()["m-b-1"] == "sent")
    assert one.states()["m-a-1"] == "waiting"
    assert one.post.channels == {"webhook"}


@pytest.mark.usefixtures("quick")
def test_a_person_erased_meanwhile_ends_the_message(house: Make, receiver: Receiver) -> None:
    one = house()
    with one.ledger.batch() as batch:
        tokens = batch.tokens(["u1", "u2", "u3"])
        one.post.put(
            batch,
            [
                message("a", 1, person=tokens["u1"], body={"who": tokens["u1"]}),
                message("b", 1, person=tokens["u2"], body={"by": [tokens["u1"], tokens["u3"]]}),
            ],
        )
    one.ledger.erase("u1", NOW)
    one.post.start()
    assert eventually(lambda: one.states() == {"m-a-1": "cancelled", "m-b-1": "sent"})
    (row,) = letters(one.engine, "cancelled").rows
    assert row.last_error == "the person has been erased"
    (body,) = receiver.bodies()
    assert body["data"] == {"by": [None, "u3"], "ref": "b", "sequence": 1}
