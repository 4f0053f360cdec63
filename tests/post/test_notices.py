"""Notices from end to end: events, warning, notice on the record, webhook, mail, API, erasure."""

import email
import email.policy
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from post_house import Clock, House, Receiver, config_for
from starlette.testclient import TestClient
from test_mail import Inbox, free_port

from lianzhi.chain import notice as nouns
from lianzhi.config import Config, Mail, NoticeSettings, Webhook
from lianzhi.jobs.node import Node
from lianzhi.jobs.post import courier, delivery
from lianzhi.office.notices import open_notice
from lianzhi.store import accounts
from lianzhi.store.audit import audit
from lianzhi.store.audit_tables import audit_tables
from lianzhi.store.ledger import custody
from lianzhi.store.letters import letters
from lianzhi.store.notices import NoticeRow, notices
from lianzhi.store.office_queries import QUERIES
from lianzhi.store.vault import Address
from lianzhi.web.app import create_app
from lianzhi.web.core.settings import Settings
from streams import NOW, body, calm, crowd, merged
from waiting import eventually

EVENTS = merged(calm(80), crowd("victim", 50))


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    inbox = Inbox()
    controller = Controller(inbox, hostname="127.0.0.1", port=free_port())
    controller.start()
    inbox.port = controller.port  # type: ignore[attr-defined]
    yield inbox
    controller.stop(no_assert=True)


def configured(receiver: Receiver, inbox: Any, **more: Any) -> Config:
    return Config(
        deployment="示例平台",
        lateness_seconds=5.0,
        webhook=Webhook(receiver.url),
        mail=Mail(host="127.0.0.1", port=inbox.port, from_="notices@example.org", security="none"),
        notices=NoticeSettings("help@example.org"),
        **more,
    )


def told(house: Any, account: str = "victim") -> tuple[NoticeRow, ...]:
    return notices(house.engine, account).rows


def test_a_warning_reaches_the_harmed_person_by_every_way(
    tmp_path: Path, receiver: Receiver, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "FIRST_WAIT_MS", 20)
    monkeypatch.setattr(courier, "POLL_S", 0.05)
    inbox.rcpt = "451 4.7.1 greylisted"
    with Node(tmp_path, configured(receiver, inbox), Clock(NOW)) as node:
        node.ledger.vault.set_address("victim", Address("victim@example.org", "en"))
        node.intake.submit(body(EVENTS), "test")
        node.intake.finish()
        (row,) = told(node)
        assert (row.kind, row.account, row.read_at) == ("protection_offered", "victim", None)
        case = next(e.ref for e in node.ledger.entries() if e.kind == "case.opened")
        assert row.ref == case

        assert eventually(lambda: receiver.applied == [f"notice-{row.id}-webhook"])
        (said,) = receiver.bodies()
        assert said["type"] == "notice.made"
        assert said["data"]["account"] == "victim"
        assert said["data"]["notice"] == row.id
        assert "一键防护" in said["data"]["texts"]["zh"]["body"]
        assert "help@example.org" in said["data"]["texts"]["en"]["body"]

        assert eventually(lambda: bool(letters(node.engine, "waiting").rows[0].last_error))
        inbox.rcpt = "250 OK"
        assert eventually(lambda: len(inbox.letters) == 1, 30)
        mail = email.message_from_bytes(inbox.letters[0].content, policy=email.policy.default)
        assert mail["to"] == "victim@example.org"
        assert mail["subject"] == said["data"]["texts"]["en"]["subject"]
        text = mail.get_content().replace("\r\n", "\n")
        assert text == said["data"]["texts"]["en"]["body"]

        assert eventually(lambda: set(told(node)[0].delivered) == {"mail", "webhook"})
        with api(node) as client:
            answer = client.get("/v1/notices", params={"account": "victim"}).json()
            (shown,) = answer["rows"]
            assert shown["body"] == text, "in the language that the person has chosen"
            assert shown["delivered"] == ["mail", "webhook"]
            chinese = client.get("/v1/notices", params={"account": "victim", "language": "zh"})
            assert "一键防护" in chinese.json()["rows"][0]["body"]
            for _ in range(2):
                assert client.post(f"/v1/notices/{row.id}/read").status_code == 204
            assert client.post("/v1/notices/nope/read").status_code == 404
            again = client.get("/v1/notices", params={"account": "victim"}).json()
            assert again["rows"][0]["read_at"] >= NOW
        entries = [e.kind for e in node.ledger.entries() if e.kind.startswith("notice.")]
        assert sorted(entries) == [nouns.DELIVERED, nouns.DELIVERED, nouns.NOTICE_MADE, nouns.READ]
        assert audit(node.engine, *custody(tmp_path)).ok
        assert audit_tables(node.engine).ok
        before = told(node)
        node.ledger.rebuild()
        assert told(node) == before

        node.erasure.erase("victim")
        assert told(node) == ()
        assert told(node, row.person)[0].account is None
        assert audit_tables(node.engine).ok
    left = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert not [p for p in left if b"victim@example.org" in p.read_bytes()]
    assert not [p for p in left if b"victim" in p.read_bytes()]


def api(node: Node) -> TestClient:
    app = create_app(node, Settings(hosts=("testserver",), client_rate=1e6, client_burst=1e6))
    _, key = accounts.add_key(node.ledger, "test", ("notices",), NOW, "test")
    return TestClient(app, headers={"Authorization": f"Bearer {key}"})


def test_contacts_can_be_set_changed_and_removed(
    tmp_path: Path, receiver: Receiver, inbox: Inbox
) -> None:
    with Node(tmp_path, configured(receiver, inbox), lambda: NOW) as node, api(node) as client:
        good = {"mail": "a.b+c@mail.example.org", "language": "zh"}
        assert client.put("/v1/contacts/u1", json=good).status_code == 204
        changed = {**good, "language": "en"}
        assert client.put("/v1/contacts/u1", json=changed).status_code == 204
        token = node.ledger.vault.known(["u1"])["u1"]
        assert node.ledger.vault.address(token) == Address(good["mail"], "en")
        for wrong in (
            "no address",
            "a@b\r\nBcc: c@d",
            "a@b\n",
            '"a b"@example.org',
            "ü@example.org",
            f"{'a' * 250}@b.org",
            "a@-b.org",
        ):
            answer = client.put("/v1/contacts/u1", json={**good, "mail": wrong})
            assert answer.status_code == 422, wrong
        assert client.delete("/v1/contacts/u1").status_code == 204
        assert client.delete("/v1/contacts/u1").status_code == 404
        assert node.ledger.vault.address(token) is None


Make = Callable[..., House]


def notify(house: House, ref: str = "r1", account: str = "u1", **texts: Any) -> str:
    with house.ledger.batch() as batch:
        person = batch.tokens([account])[account]
        params = {"outcome": "no_action"}
        reason = {"reason": ("u9 was mistaken", (person, batch.tokens(["u9"])["u9"]))}
        return house.post.notify(batch, "report_outcome", person, ref, params, reason, NOW)


def test_the_same_notice_is_made_and_sent_once(house: Make, receiver: Receiver) -> None:
    one = house()
    one.post.start()
    assert notify(one) == notify(one)
    assert notify(one, "r2") != notify(one, "r1")
    assert eventually(lambda: len(receiver.applied) == 2)
    assert len(told(one, "u1")) == 2
    assert [row.ref for row in told(one, "u1")].count("r1") == 1


def test_lists_are_paged_newest_first(house: Make, receiver: Receiver) -> None:
    one = house(config_for(receiver.url))
    for n in range(5):
        notify(one, f"r{n}")
    notify(one, "r0", "u2")
    page = notices(one.engine, "u1", limit=3)
    rest = notices(one.engine, "u1", limit=3, cursor=page.next)
    assert len({row.id for row in page.rows + rest.rows}) == 5
    assert rest.next is None
    assert {row.account for row in page.rows + rest.rows} == {"u1"}


def test_a_text_erased_with_another_person_leaves_the_notice(
    house: Make, receiver: Receiver
) -> None:
    one = house()
    notify(one)
    assert told(one, "u1")[0].texts == {"reason": "u9 was mistaken"}
    one.ledger.erase("u9", NOW)
    assert told(one, "u1")[0].texts == {"reason": None}
    one.post.start()
    assert eventually(lambda: len(receiver.applied) == 1)
    (said,) = receiver.bodies()
    assert "u9 was" not in json.dumps(said)
    assert "has been erased" in said["data"]["texts"]["en"]["body"]


def test_nothing_goes_out_where_notices_are_switched_off(house: Make, receiver: Receiver) -> None:
    one = house(Config(webhook=Webhook(receiver.url, notices=False)))
    one.post.start()
    notify(one)
    time.sleep(0.2)
    assert receiver.seen() == []
    assert len(told(one, "u1")) == 1
    assert one.states() == {}


def test_reading_twice_is_recorded_once(house: Make) -> None:
    one = house(clock=Clock())
    notice = notify(one)
    assert open_notice(one.ledger, QUERIES.notices, notice, NOW + 1)
    assert open_notice(one.ledger, QUERIES.notices, notice, NOW + 2)
    assert not open_notice(one.ledger, QUERIES.notices, "nope", NOW)
    assert [e.kind for e in one.ledger.entries()].count(nouns.READ) == 1
    assert told(one, "u1")[0].read_at == NOW + 1
