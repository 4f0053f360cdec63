"""Forty accounts report one person within an hour: from the API to the last outcome."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient
from web_house import PASSWORD, csrf_of, login_form

from lianzhi.chain.life import IllegalStepError
from lianzhi.chain.measure import Order
from lianzhi.config import Config
from lianzhi.jobs.node import Node
from lianzhi.office.actor import Actor
from lianzhi.office.decisions import DecisionRequest
from lianzhi.store import accounts, views, views_process
from lianzhi.store.audit import audit
from lianzhi.store.audit_tables import audit_tables
from lianzhi.store.ledger import custody
from lianzhi.store.process_tables import measure
from lianzhi.web.app import create_app
from lianzhi.web.core.settings import Settings

START = 1_795_608_300_000
MINUTE = 60_000
REPORTERS = [f"troll{n}" for n in range(40)]


class Clock:
    at = START

    def __call__(self) -> int:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def node(tmp_path: Path, clock: Clock) -> Iterator[Node]:
    with Node(tmp_path, Config(lateness_seconds=0.5), clock) as node:
        yield node


@pytest.fixture
def app(node: Node) -> FastAPI:
    return create_app(node, Settings(hosts=("testserver",), client_rate=1e6, client_burst=1e6))


@pytest.fixture
def platform(node: Node, app: FastAPI) -> Iterator[TestClient]:
    _, token = accounts.add_key(node.ledger, "platform", ("report",), START, "test")
    with TestClient(app, headers={"Authorization": f"Bearer {token}"}) as client:
        yield client


@pytest.fixture
def desk(node: Node, app: FastAPI) -> Iterator[TestClient]:
    accounts.add_user(node.ledger, "li", PASSWORD, ["reviewer"], START, "test")
    with TestClient(app, headers={"accept": "text/html", "accept-language": "en"}) as client:
        client.post("/login", data=login_form(client, "li", PASSWORD))
        client.headers["X-CSRF-Token"] = csrf_of(client)
        yield client


def report(platform: TestClient, reporter: str, subject: str, **more: Any) -> str:
    said = {"category": "insult", "reporter": reporter, "subject": subject, **more}
    answer = platform.post("/v1/reports", json=said)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def reliability(node: Node, reporter: str) -> float:
    """What the newest report of a reporter tells the detectors."""
    events = node.store.events(range(node.live.pulse().accepted)).values()
    ext = [event.ext for event in events if event.actor == reporter][-1]
    assert ext is not None
    return float(ext["reliability"])


def test_a_flood_of_reports_harms_nobody_but_their_authors_credit(
    node: Node, clock: Clock, platform: TestClient, desk: TestClient
) -> None:
    made = []
    for reporter in REPORTERS:
        clock.at += MINUTE
        made.append(report(platform, reporter, "victim", words="请封掉这个人"))
    node.intake.finish()

    found = views.findings(node.engine, kind="bullying.report_flood").rows
    assert {row.account for row in found} == {"victim"}
    (case,) = views.cases(node.engine).rows
    assert (case.kind, case.account, case.status) == ("bullying.report_flood", "victim", "open")
    view = views.case(node.engine, case.id)
    assert view is not None
    assert not view.state.proposals, "a count of reports proposes nothing"
    assert view.parts == (), "and names nobody as answerable"

    for account in ("victim", REPORTERS[0]):
        subject = node.ledger.vault.known([account])[account]
        for key in ("mute", "hide", "close"):
            order = Order(key=key, hours=24, subjects=(subject,))
            asking = DecisionRequest(orders=(order,), facts="Forty say so.", ground="harassment")
            with pytest.raises(IllegalStepError) as refused:
                node.proceedings.decisions.decide(
                    case.id, asking, Actor("wang", may_severe=True), clock.at
                )
            assert refused.value.rule == "measures_allowed"

    queue = desk.get("/reports")
    assert len(re.findall(r'<tr class="row">', queue.text)) == 1, "they say the same"
    assert re.search(r'data-label="Alike">40<', queue.text)
    page = desk.get(f"/reports/{made[0]}")
    assert case.id in page.text
    assert "all 40 of the same thing" in page.text
    joined = desk.post(f"/reports/{made[0]}/join", data={"case": case.id, "reach": "alike"})
    assert "Put with the case" in joined.text
    closing = {"outcome": "settled", "reason": "Nothing that was reported breaks a rule."}
    assert desk.post(f"/cases/{case.id}/close", data=closing).status_code == 200

    for identity in made:
        receipt = platform.get(f"/v1/reports/{identity}").json()
        assert (receipt["status"], receipt["outcome"]) == ("answered", "not_upheld")
    with node.engine.connect() as connection:
        assert connection.execute(measure.select()).all() == []
    kinds = Counter(entry.kind for entry in node.ledger.entries())
    assert (kinds["report.received"], kinds["report.joined"], kinds["report.answered"]) == (40,) * 3
    assert audit(node.engine, *custody(node.home, node.config.origin)).ok
    assert audit_tables(node.engine).ok

    before = reliability(node, REPORTERS[0])
    clock.at += MINUTE
    report(platform, REPORTERS[0], "somebody", about="girl")
    report(platform, "newcomer", "somebody", about="girl")
    assert before == reliability(node, "newcomer") == 0.5
    assert reliability(node, REPORTERS[0]) == pytest.approx((0.5 * 4 + 0) / (4 + 1))


def test_a_false_alarm_leaves_every_report_to_be_weighed(
    node: Node, clock: Clock, platform: TestClient, desk: TestClient
) -> None:
    made = []
    for n, reporter in enumerate(REPORTERS[:12]):
        clock.at += MINUTE
        made.append(report(platform, reporter, "seller", words=f"他骗了我 {n}"))
    node.intake.finish()
    (case,) = views.cases(node.engine).rows
    page = desk.get(f"/reports/{made[0]}").text
    assert "all 12 against seller" in page
    desk.post(f"/reports/{made[0]}/join", data={"case": case.id, "reach": "subject"})
    closing = {"outcome": "false_positive", "reason": "They are customers, each with a case."}
    assert desk.post(f"/cases/{case.id}/close", data=closing).status_code == 200
    rows = views_process.reports(node.engine).rows
    assert {row.status for row in rows} == {"joined"}
    assert len(re.findall(r'<tr class="row">', desk.get("/reports?status=joined").text)) == 12
    answer = {"outcome": "handled", "reason": "The shop has paid you back.", "reach": "subject"}
    assert desk.post(f"/reports/{made[3]}/answer", data=answer).status_code == 200
    assert {row.outcome for row in views_process.reports(node.engine).rows} == {"handled"}
    said = msgspec.json.encode([row.account for row in views.findings(node.engine).rows])
    assert b"troll" not in said
