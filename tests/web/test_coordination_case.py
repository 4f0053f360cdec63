"""Accounts that act together: from the stream to a case that shows why, and orders nothing."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from army_house import ARMY, NOW, rows
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
from lianzhi.store.ledger import custody
from lianzhi.web.app import create_app
from lianzhi.web.core.settings import Settings


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    home = tmp_path_factory.mktemp("home")
    with Node(
        home, Config(domains=("bullying", "astroturf"), lateness_seconds=0), lambda: NOW
    ) as node:
        node.intake.submit(rows(), "test")
        node.intake.finish()
        yield node


@pytest.fixture(scope="module")
def app(node: Node) -> FastAPI:
    accounts.add_user(node.ledger, "ann", PASSWORD, ("reviewer",), NOW, "test")
    return create_app(node, Settings(hosts=("testserver",), client_rate=1e6, client_burst=1e6))


@pytest.fixture
def ann(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, headers={"accept": "text/html"}) as client:
        client.post("/login", data=login_form(client, "ann", PASSWORD))
        client.headers["X-CSRF-Token"] = csrf_of(client)
        yield client


@pytest.fixture
def case(node: Node) -> str:
    (row,) = [one for one in views.cases(node.engine).rows if one.kind.startswith("astroturf.")]
    return row.id


def test_a_group_becomes_a_case_about_a_thing_with_nothing_proposed_and_nobody_to_protect(
    node: Node, case: str
) -> None:
    view = views.case(node.engine, case)
    assert view is not None
    assert view.row.account is not None
    assert view.row.account.startswith("on:video-")
    assert view.state.proposals == ()
    assert not [step for step in view.steps if step.kind.startswith("protection.")]
    assert {row.account for row in view.evidence} == ARMY
    assert audit(node.engine, *custody(node.home, node.config.origin)).ok


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_shows_who_was_where_when_and_what_else_it_may_be(
    ann: TestClient, case: str, language: str
) -> None:
    page = ann.get(f"/cases/{case}", headers={"Accept-Language": language}).text
    told = {
        "zh": ("协同行为", "他们一起做了什么", "video-3", "这本身不能作为处置其中任何账号的理由"),
        "en": ("Acting together", "What they did together", "video-3", "nobody to protect"),
    }  # fmt: skip
    for words in told[language]:
        assert words in page, words
    assert page.count("●") >= 7 * 6
    for account in ARMY:
        assert f">{account}<" in page
    assert "video-3" in page


def test_nobody_is_protected_on_it(ann: TestClient, case: str) -> None:
    asked = {"hours": 72, "channels": ["comment"], "strangers": "true"}
    assert ann.post(f"/cases/{case}/protection", data=asked).status_code == 409


def test_only_what_is_light_may_be_ordered_and_is_undone_when_contested(
    node: Node, case: str
) -> None:
    subject = node.ledger.vault.known(["u701"])["u701"]
    ann, bob = Actor("ann"), Actor("bob")

    def asking(key: str, hours: int) -> DecisionRequest:
        order = Order(key=key, hours=hours, subjects=(subject,), to="participant", mode="manual")
        facts = "您按照统一安排，与另外六个账号在几分钟内为同样八个视频点赞。"
        return DecisionRequest(orders=(order,), facts=facts, ground="inauthentic")

    for key, hours, rule in (
        ("freeze", 24, "severe_by_person"),  # it is run for this: a senior may freeze it
        ("close", 0, "measures_allowed"),
        ("suspend_private_messages", 24, "measures_allowed"),
    ):
        with pytest.raises(IllegalStepError) as refused:
            node.proceedings.decisions.decide(case, asking(key, hours), ann, NOW)
        assert refused.value.rule == rule
    made = node.proceedings.decisions.decide(case, asking("limit", 72), ann, NOW)
    appeal = node.proceedings.redress.file(made, "affected", "u701", "我们是公开的影迷群", NOW)
    node.proceedings.redress.answer(appeal, "overturned", (), "公开约定的活动，不违规", bob, NOW)
    decided = views_process.decision_view(node.engine, made)
    assert decided is not None
    (measure,) = decided.measures
    assert measure.status == "lifted"


def test_it_is_closed_with_an_outcome_of_its_own(ann: TestClient, node: Node, case: str) -> None:
    said = {"outcome": "settled", "reason": "粉丝团约好的打卡，已说明"}
    closed = ann.post(f"/cases/{case}/close", data=said, follow_redirects=False)
    assert closed.status_code == 303, closed.text
    view = views.case(node.engine, case)
    assert view is not None
    assert view.row.status == "closed"


def test_it_is_off_at_first_and_may_be_switched_on_later(tmp_path: Path) -> None:
    with Node(tmp_path, Config(lateness_seconds=0), lambda: NOW) as node:
        node.intake.submit(rows(), "test")
        node.intake.finish()
        assert not views.cases(node.engine).rows
    with Node(
        tmp_path, Config(lateness_seconds=0, domains=("bullying", "astroturf")), lambda: NOW
    ) as node:
        assert "astroturf.coordination" in node.judge.runner.states
        assert not views.cases(node.engine).rows  # what was judged before is not judged again
