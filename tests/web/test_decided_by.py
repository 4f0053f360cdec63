"""A key with the scope `decide_for` passes on what a person of the staff decided, in their name."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient
from web_house import PASSWORD, csrf_of, login_form

from dsa_schema import refusals
from lianzhi.config import Config, Webhook
from lianzhi.jobs.node import Node
from lianzhi.office.actor import Actor
from lianzhi.office.complaints import Complaint
from lianzhi.office.conclusions import Conclusion
from lianzhi.store import accounts, desk
from lianzhi.store.audit import audit
from lianzhi.store.ledger import custody
from lianzhi.web.app import create_app
from lianzhi.web.core.settings import Settings
from streams import body, event

NOW = 1_795_608_300_000
DAY = 86_400_000
STAFF = {
    "li": ["reviewer"],
    "wang": ["senior"],
    "zhao": ["senior"],
    "vera": ["viewer"],
    "adam": ["admin"],
    "left": ["reviewer"],
}
WORDS = [
    event("e1", NOW - 2 * DAY, "jeering", "girl", text="滚出去，垃圾"),
    event("e2", NOW - DAY, "jeering", "girl", text="蠢货，闭嘴"),
]


class Platform:
    """A platform's backend, with a node behind it that holds one case."""

    def __init__(self, node: Node, app: FastAPI) -> None:
        self.node, self.app = node, app
        for name, roles in STAFF.items():
            accounts.add_user(node.ledger, name, PASSWORD, roles, NOW, "test")
        accounts.disable_user(node.ledger, "left", NOW, "adam")
        node.intake.submit(body(WORDS), "test")
        node.intake.finish()
        said = {"category": "insult", "channel": "web", "about": "girl", "subject": "jeering"}
        report = node.reports.receive(Complaint(reporter="aunt", **said), "web", NOW)
        self.case = node.conclusions.conclude(
            Conclusion(
                report=report,
                acts=(0, 1),
                about="girl",
                roles={"jeering": "repeater"},
                words="He insulted her twice.",
            ),
            "zhao",
            NOW,
        )
        self.path = f"/v1/cases/{self.case}/decisions"
        self.client = TestClient(app)
        self.keys: dict[str, str] = {}

    def call(
        self,
        method: str,
        path: str,
        status: int,
        json: Any = None,
        scopes: str = "decide_for",
        **more: str,
    ) -> Any:
        key, token = accounts.add_key(self.node.ledger, scopes, scopes.split(), NOW, "test")
        self.keys[scopes] = f"key:{key.id}"
        headers = {"Authorization": f"Bearer {token}", **more}
        reply = self.client.request(method, path, json=json, headers=headers)
        assert reply.status_code == status, reply.text
        return reply.json()

    def decisions(self) -> int:
        kinds = [entry.kind for entry in self.node.ledger.entries()]
        return sum(kind in ("decision.made", "decision.proposed") for kind in kinds)


@pytest.fixture
def platform(tmp_path: Path) -> Iterator[Platform]:
    webhook = Webhook(url="http://127.0.0.1:9/hook")
    with Node(tmp_path, Config(lateness_seconds=0.5, webhook=webhook), lambda: NOW) as node:
        settings = Settings(hosts=("testserver",), client_rate=1e6, client_burst=1e6)
        yield Platform(node, create_app(node, settings))


def muting(hours: int = 24, **more: Any) -> dict[str, Any]:
    order = {"measure": "mute", "hours": hours, "accounts": ["jeering"]}
    facts = "两天内两次辱骂同一人。"
    return {"orders": [order], "reason": facts, "ground": "harassment", **more}


def notice_to(platform: Platform, account: str) -> str:
    path = f"/v1/notices?account={account}&language=en"
    rows = platform.call("GET", path, 200, scopes="notices")["rows"]
    return next(row["body"] for row in rows if row["kind"] == "decision")


def test_record_names_the_person_and_the_key_and_nobody_hears_of_automation(
    platform: Platform,
) -> None:
    made = platform.call("POST", platform.path, 201, muting(decided_by="Li"))
    key = platform.keys["decide_for"]
    assert (made["row"]["by"], made["submitted_by"]) == ("li", key)
    assert (made["row"]["automated_decision"], made["row"]["rule"]) == (False, "")
    entry = platform.node.ledger.payload(made["row"]["index"])
    assert entry is not None
    assert (entry["by"], entry["submitted_by"], entry["automated_decision"]) == ("li", key, False)
    assert [row["rule"] for row in made["measures"]] == [""]

    notice = notice_to(platform, "jeering")
    assert "A person reviewed the matter" in notice
    assert "automatic" not in notice
    path = f"/v1/decisions/{made['row']['id']}/statements"
    (statement,) = platform.call("GET", path, 200, scopes="read")
    assert statement["automated_decision"] == "AUTOMATED_DECISION_NOT_AUTOMATED"
    assert refusals(statement) == []
    assert audit(platform.node.engine, *custody(platform.node.home, platform.node.config.origin)).ok


def test_decision_page_shows_through_which_key_it_came(platform: Platform) -> None:
    made = platform.call("POST", platform.path, 201, muting(decided_by="li"))
    headers = {"accept": "text/html", "accept-language": "en"}
    with TestClient(platform.app, headers=headers) as client:
        client.post("/login", data=login_form(client, "zhao", PASSWORD))
        client.headers["X-CSRF-Token"] = csrf_of(client)
        page = client.get(f"/decisions/{made['row']['id']}").text
    assert f"sent by {platform.keys['decide_for']}" in page


def test_key_that_decides_by_itself_stays_automated(platform: Platform) -> None:
    made = platform.call("POST", platform.path, 201, muting(), scopes="decide")
    key = platform.keys["decide"]
    assert (made["row"]["by"], made["row"]["rule"]) == (key, key)
    assert (made["row"]["automated_decision"], made["submitted_by"]) == (True, None)
    assert "made automatically" in notice_to(platform, "jeering")
    path = f"/v1/decisions/{made['row']['id']}/statements"
    (statement,) = platform.call("GET", path, 200, scopes="read")
    assert statement["automated_decision"] == "AUTOMATED_DECISION_FULLY"


REFUSED: list[tuple[str, str, dict[str, Any], int, str]] = [
    ("no scope to name a person", "decide", {"decided_by": "li"}, 403, "not for decide_for"),
    ("no scope to decide alone", "decide_for", {}, 403, "not for decide"),
    ("neither scope", "read", {"decided_by": "li"}, 403, "not for decide"),
    ("nobody of this name", "decide_for", {"decided_by": "lee"}, 422, "no user of this name"),
    ("no name at all", "decide_for", {"decided_by": "\u202e"}, 422, "decided_by"),
    ("the key itself", "decide_for", {"decided_by": "key:abc"}, 422, "no user of this name"),
    ("a user who left", "decide_for", {"decided_by": "left"}, 422, "disabled"),
    ("who may only read", "decide_for", {"decided_by": "vera"}, 403, "reviewer or senior"),
    ("who only manages users", "decide_for", {"decided_by": "adam"}, 403, "permission work"),
]


@pytest.mark.parametrize(
    ("scope", "sent", "status", "words"),
    [row[1:] for row in REFUSED],
    ids=[row[0] for row in REFUSED],
)
def test_nobody_decides_through_a_key_who_may_not_in_the_console(
    platform: Platform, scope: str, sent: dict[str, Any], status: int, words: str
) -> None:
    problem = platform.call("POST", platform.path, status, muting(**sent), scopes=scope)
    assert words in str(problem)
    assert platform.decisions() == 0
    if status == 422:
        assert problem["errors"][0]["field"] == "body.decided_by"


def test_severe_measure_needs_a_person_who_may_and_a_second_who_is_another(
    platform: Platform,
) -> None:
    closing = muting(orders=[{"measure": "close", "accounts": ["jeering"]}])
    sent = {**closing, "decided_by": "li"}
    assert platform.call("POST", platform.path, 409, sent)["rule"] == "severe_by_person"
    made = platform.call("POST", platform.path, 201, {**closing, "decided_by": "wang"})
    assert made["row"]["status"] == "awaiting"
    confirm = platform.node.proceedings.decisions.confirm
    with pytest.raises(Exception, match="another_person"):
        confirm(made["row"]["id"], Actor("wang", may_severe=True), NOW)
    confirm(made["row"]["id"], Actor("zhao", may_severe=True), NOW)


def test_case_that_somebody_else_has_open_is_left_alone(platform: Platform) -> None:
    engine = platform.node.engine
    assert desk.take(engine, platform.case, "wang", NOW, NOW + 600_000) == "wang"
    problem = platform.call("POST", platform.path, 409, muting(decided_by="li"))
    assert problem["rule"] == "not_leased"
    platform.call("POST", platform.path, 201, muting(decided_by="wang"))
    assert desk.leased(engine, "wang", NOW) == {}, "their turn is over with the decision"


def test_request_with_an_idempotency_key_decides_once(platform: Platform) -> None:
    _, token = accounts.add_key(platform.node.ledger, "t", ["decide_for"], NOW, "test")

    def send(name: str, body: dict[str, Any], status: int = 201) -> Any:
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": name}
        reply = platform.client.post(platform.path, json=body, headers=headers)
        assert reply.status_code == status, reply.text
        return reply.json()

    first = send("k1", muting(decided_by="li"))
    assert send("k1", muting(decided_by="li")) == first
    assert platform.decisions() == 1
    for other in (muting(48, decided_by="li"), muting(decided_by="wang")):
        (error,) = send("k1", other, 422)["errors"]
        assert (error["field"], error["value"]) == ("header.idempotency-key", "k1")
    assert platform.decisions() == 1
    assert send("k2", muting(decided_by="wang"))["row"]["id"] != first["row"]["id"]
    send("", muting(decided_by="li"), 422)
    send("k" * 201, muting(decided_by="li"), 422)
    made = platform.call(
        "POST", platform.path, 201, muting(decided_by="li"), **{"Idempotency-Key": "k1"}
    )
    assert made["row"]["id"] != first["row"]["id"], "another program's key is another"
    told = [platform.node.ledger.payload(e.index) for e in platform.node.ledger.entries()]
    assert "k1" not in str(told)
