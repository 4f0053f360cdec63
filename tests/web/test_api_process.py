"""/v1: decisions by programs, statements of reasons, measures, reports and appeals."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from web_house import NOW, FakeNode

from dsa_schema import refusals
from lianzhi.chain.measure import Order
from lianzhi.office.actor import Actor
from lianzhi.office.decisions import DecisionRequest
from lianzhi.store import accounts
from lianzhi.web.app import create_app
from lianzhi.web.core.settings import Settings
from process_house import HOUR, ProcessHouse


class Platform:
    """A platform's backend with a key for everything that it may do."""

    def __init__(self, home: Path) -> None:
        self.node = FakeNode(home)
        self.house = ProcessHouse(self.node.engine, home, self.node.ledger)
        self.case = self.house.pile_on(at=NOW - HOUR)
        app = create_app(self.node, Settings(hosts=("testserver",)))
        self.client = TestClient(app)
        scopes = ("decide", "report", "read")
        _, self.token = accounts.add_key(self.node.ledger, "platform", scopes, NOW, "test")

    def call(self, method: str, path: str, status: int, json: Any = None) -> Any:
        headers = {"Authorization": f"Bearer {self.token}"}
        reply = self.client.request(method, path, json=json, headers=headers)
        assert reply.status_code == status, reply.text
        return reply.json()


@pytest.fixture
def platform(tmp_path: Path) -> Iterator[Platform]:
    made = Platform(tmp_path)
    yield made
    made.node.engine.dispose()


def muting(**more: Any) -> dict[str, Any]:
    order = {"measure": "mute", "hours": 24, "role": "follower"}
    return {"orders": [order], "reason": "三次辱骂同一人。", "ground": "harassment", **more}


def test_a_program_decides_and_the_statements_can_be_filed(platform: Platform) -> None:
    made = platform.call("POST", f"/v1/cases/{platform.case}/decisions", 201, muting())
    assert made["row"]["automated_decision"] is True
    assert {one["account"] for one in made["measures"]} == {"f1", "f2", "f3"}
    assert made["ground"]["key"] == "harassment"
    entry = platform.node.ledger.payload(made["row"]["index"])
    assert made["policy"] == entry["policy"]
    assert made["policy"]["chain"].startswith("2026-11-01+")
    told = platform.call("GET", f"/v1/decisions/{made['row']['id']}/statements", 200)
    assert len(told) == 3
    for statement in told:
        assert refusals(statement) == []
        assert statement["decision_provision"] == "DECISION_PROVISION_PARTIAL_SUSPENSION"
        assert statement["automated_decision"] == "AUTOMATED_DECISION_FULLY"
        assert statement["decision_facts"] == "三次辱骂同一人。"
        assert not {"f1", "victim"} & {str(value) for value in statement.values()}
    assert {one["puid"] for one in told} == {one["id"] for one in made["measures"]}
    assert platform.call("GET", "/v1/statements", 200)["rows"] == told
    assert platform.call("GET", "/v1/decisions?status=effective", 200)["rows"][0] == made["row"]


MEASURES: list[tuple[str, int, str]] = [
    ("limit", 24, "decision_visibility"),
    ("suspend_private_messages", 24, "decision_provision"),
    ("mute", 0, "decision_provision"),
    ("freeze", 24, "decision_account"),
    ("close", 0, "decision_account"),
    ("hide", 0, "decision_visibility"),
    ("label", 24, "decision_visibility"),
    ("re_rank", 24, "decision_visibility"),
]


@pytest.mark.parametrize(("key", "hours", "field"), MEASURES, ids=[one[0] for one in MEASURES])
def test_every_measure_has_a_statement_that_can_be_filed(
    platform: Platform, key: Any, hours: int, field: str
) -> None:
    case = platform.call("GET", f"/v1/cases/{platform.case}", 200)
    items = tuple(one["item"] for one in case["evidence"][:2])
    order = Order(key=key, hours=hours, subjects=platform.house.tokens("f1"), items=items)
    asking = DecisionRequest(
        orders=(order,), facts="It was said three times.", ground="civil.reputation"
    )
    deciding = platform.node.proceedings.decisions
    made = deciding.decide(platform.case, asking, Actor("wang", may_severe=True), NOW)
    if platform.call("GET", f"/v1/decisions/{made}", 200)["row"]["status"] == "awaiting":
        deciding.confirm(made, Actor("zhao", may_severe=True), NOW + HOUR)
    for statement in platform.call("GET", f"/v1/decisions/{made}/statements", 200):
        assert refusals(statement) == []
        assert statement[field]
        assert statement["decision_ground"] == "DECISION_GROUND_ILLEGAL_CONTENT"


REFUSED: list[tuple[str, dict[str, Any], int, str]] = [
    ("no reason", {"reason": " "}, 409, "reasons_given"),
    ("no such ground", {"ground": "whim"}, 409, "ground_in_force"),
    ("a text that has ended", {"ground": "public_order.insult"}, 409, "ground_in_force"),
    ("a duty of providers", {"ground": "minors.notified"}, 409, "ground_in_force"),
    (
        "severe, by a program",
        {"orders": [{"measure": "close", "role": "inciter"}]},
        409,
        "severe_by_person",
    ),
    (
        "the victim",
        {"orders": [{"measure": "mute", "hours": 1, "accounts": ["victim"]}]},
        409,
        "answerable_only",
    ),
    (
        "a stranger",
        {"orders": [{"measure": "mute", "hours": 1, "accounts": ["nobody"]}]},
        422,
        "takes no part",
    ),
    ("a measure that there is not", {"orders": [{"measure": "fire"}]}, 422, "refused"),
    ("nobody left", {"orders": [{"measure": "mute", "hours": 1}]}, 409, "measures_allowed"),
]


@pytest.mark.parametrize(
    ("what", "change", "status", "said"), REFUSED, ids=[one[0] for one in REFUSED]
)
def test_what_is_refused_names_the_rule(
    platform: Platform, what: str, change: dict[str, Any], status: int, said: str
) -> None:
    sent = muting(**change)
    problem = platform.call("POST", f"/v1/cases/{platform.case}/decisions", status, sent)
    assert said in problem["detail"]
    assert platform.call("GET", "/v1/decisions", 200)["rows"] == []


def test_unknown_things_are_404(platform: Platform) -> None:
    platform.call("POST", "/v1/cases/nonsense/decisions", 404, muting(orders=[]))
    platform.call("GET", "/v1/decisions/nonsense", 404)
    platform.call("GET", "/v1/decisions/nonsense/statements", 404)
    platform.call("GET", "/v1/measures/nonsense", 404)
    platform.call("POST", "/v1/measures/nonsense/lift", 404, {"reason": "so"})
    platform.call("POST", "/v1/measures/nonsense/done", 404, {})
    platform.call("GET", "/v1/reports/nonsense", 404)
    platform.call("GET", "/v1/appeals/nonsense", 404)
    appeal = {"decision": "nonsense", "account": "f1", "reason": "why"}
    platform.call("POST", "/v1/appeals", 404, appeal)


def test_measures_are_listed_carried_out_and_lifted(platform: Platform) -> None:
    sent = muting()
    sent["orders"][0]["mode"] = "manual"
    platform.call("POST", f"/v1/cases/{platform.case}/decisions", 201, sent)
    rows = platform.call("GET", "/v1/measures?status=by_hand", 200)["rows"]
    assert len(rows) == 3
    one = rows[0]["id"]
    assert platform.call("POST", f"/v1/measures/{one}/done", 200, {})["status"] == "applied"
    platform.call("POST", f"/v1/measures/{one}/lift", 409, {"reason": " "})
    lifted = platform.call("POST", f"/v1/measures/{one}/lift", 200, {"reason": "she said sorry"})
    assert lifted["status"] == "lifted"
    platform.call("POST", f"/v1/measures/{one}/lift", 409, {"reason": "again"})
    account = lifted["account"]
    mine = platform.call("GET", f"/v1/measures?account={account}&key=mute", 200)["rows"]
    assert [row["id"] for row in mine] == [one]
    assert len(platform.call("GET", "/v1/measures?status=running", 200)["rows"]) == 2


def test_a_report_is_answered_and_becomes_an_event(platform: Platform) -> None:
    classes = platform.call("GET", "/v1/report-classes", 200)
    assert {"insult", "threat"} <= {one["key"] for one in classes if one["ours"]}
    routed = next(one for one in classes if not one["ours"])
    assert routed["route_zh"]
    sent = {"category": "insult", "reporter": "aunt", "about": "victim", "subject": "f1"}
    made = platform.call("POST", "/v1/reports", 201, sent)
    assert (made["status"], made["outcome"]) == ("waiting", None)
    (body, origin) = platform.node.intake.batches[-1]
    assert origin == "reports"
    assert b'"target":"f1"' in body
    assert b'"victim":"victim"' in body
    assert b'"reliability":0.5' in body
    platform.node.proceedings.complaints.join(made["id"], platform.case, "li", NOW)
    platform.call("POST", f"/v1/cases/{platform.case}/decisions", 201, muting())
    told = platform.call("GET", f"/v1/reports/{made['id']}", 200)
    assert (told["status"], told["outcome"]) == ("answered", "upheld")
    assert "aunt" not in str(told)
    again = platform.call("POST", "/v1/reports", 201, sent)
    assert b'"reliability":0.6' in platform.node.intake.batches[-1][0]
    listed = platform.call("GET", "/v1/reports?status=waiting", 200)["rows"]
    assert [(one["id"], one["reporter_account"]) for one in listed] == [(again["id"], "aunt")]
    other = platform.call("POST", "/v1/reports", 201, {"category": routed["key"], "reporter": "a"})
    assert (other["outcome"], bool(other["route"])) == ("routed", True)
    problem = platform.call("POST", "/v1/reports", 422, {**sent, "category": "weather"})
    assert "insult" in problem["errors"][0]["mend"]


def test_an_appeal_is_filed_once_and_answered(platform: Platform) -> None:
    made = platform.call("POST", f"/v1/cases/{platform.case}/decisions", 201, muting())
    sent = {"decision": made["row"]["id"], "account": "f1", "reason": "It was a joke."}
    filed = platform.call("POST", "/v1/appeals", 201, sent)
    assert (filed["status"], filed["reason"], filed["answer"]) == (
        *("waiting", "It was a joke.", None),
    )
    assert filed["due_at"] > filed["filed_at"]
    platform.call("POST", "/v1/appeals", 409, sent)
    platform.call("POST", "/v1/appeals", 409, {**sent, "account": "inciter"})
    redress = platform.node.proceedings.redress
    redress.answer(filed["id"], "overturned", (), "It was.", Actor("zhao"), NOW + HOUR)
    told = platform.call("GET", f"/v1/appeals/{filed['id']}", 200)
    assert (told["status"], told["answer"], told["answered_by"]) == (
        *("overturned", "It was.", "zhao"),
    )
    (mine,) = platform.call("GET", "/v1/measures?account=f1", 200)["rows"]
    assert mine["status"] == "lifted"
