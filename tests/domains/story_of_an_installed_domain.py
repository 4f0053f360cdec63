"""The story of a domain that a deployment has installed: run where it lies on the path.

`test_installed_domain.py` starts this file, and the laws, in a process of their own.
"""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from starlette.testclient import TestClient

from lianzhi.chain.measure import Order
from lianzhi.chain.scorecard_figures import card
from lianzhi.cli.main import main
from lianzhi.config import Config, Webhook
from lianzhi.domains.registry import DOMAINS
from lianzhi.jobs.node import Node
from lianzhi.office.actor import Actor
from lianzhi.office.decisions import DecisionRequest
from lianzhi.store import views, views_process
from lianzhi.store.accounts import add_user
from lianzhi.store.scorecard import read
from lianzhi.web.app import create_app
from lianzhi.web.core.settings import Settings

PASSWORD = "correct horse battery"
NOW = 1_796_000_000_000
DAY = 86_400_000
CONFIG = 'domains = ["scalping"]\nlateness_seconds = 0\n[webhook]\nurl = "http://127.0.0.1:1/"\n'


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home: Path = tmp_path_factory.mktemp("home")
    (home / "config.toml").write_text(CONFIG, "utf-8")
    return home


@pytest.fixture(scope="module")
def node(home: Path) -> Iterator[Node]:
    config = Config(
        domains=("scalping",), lateness_seconds=0, webhook=Webhook("http://127.0.0.1:1/")
    )
    with Node(home, config, lambda: NOW) as node:
        events = DOMAINS["scalping"].demo.events(NOW)
        rows = [
            {"id": e.id, "source": e.source, "kind": e.kind, "time": e.time, "actor": e.actor}
            | {"target": e.target, "ext": e.ext}
            for e in events
        ]
        receipt = node.intake.submit("\n".join(json.dumps(row) for row in rows).encode(), "demo")
        assert (receipt.accepted, receipt.quarantined) == (3, 0)
        node.intake.finish()
        add_user(node.ledger, "eve", PASSWORD, ["box_office", "reviewer"], NOW, "test")
        add_user(node.ledger, "guest", PASSWORD, ["viewer"], NOW, "test")
        yield node


def signed_in(node: Node, name: str) -> tuple[TestClient, str]:
    app = create_app(node, Settings(client_rate=1e6, client_burst=1e6))
    client = TestClient(app, base_url="http://localhost", follow_redirects=False)
    page = client.get("/login").text
    token = page.split('name="csrf" value="')[1].split('"')[0]
    sent = {"name": name, "password": PASSWORD, "csrf": token}
    assert client.post("/login", data=sent).status_code == 303
    page = client.get("/settings").text
    return client, page.split('name="csrf" value="')[1].split('"')[0]


def test_an_event_leads_through_the_whole_chain(node: Node) -> None:
    office = node.proceedings
    (row,) = views.cases(node.engine).rows
    assert (row.kind, row.account) == ("scalping.offers", "剧院")
    found = views.case(node.engine, row.id)
    assert found is not None
    (seller,) = [part.token for part in found.parts if part.role == "originator"]
    orders = (Order(key="mute", hours=24, subjects=(seller,), to="originator", mode="manual"),)
    asking = DecisionRequest(orders=orders, facts="一天内三次高价出票。", ground="inauthentic")
    decision = office.decisions.decide(row.id, asking, Actor("eve"), NOW)
    view = views_process.decision_view(node.engine, decision)
    assert view is not None
    assert [measure.key for measure in view.measures] == ["mute"]
    appeal = office.redress.file(decision, "affected", "黄牛01", "票是别人的。", NOW + 1)
    office.redress.answer(appeal, "overturned", (), "证据不足。", Actor("bob"), NOW + 2)
    node.casework.close_case(row.id, "settled", "卖家已说明。", Actor("eve"), NOW + 3)
    node.casework.revisit(row.id, False, "未再出现。", Actor("eve"), NOW + 8 * DAY)
    figures = card(
        read(node.engine, NOW - DAY, NOW + 9 * DAY, NOW, node.proceedings.office.policy(NOW))
    ).figures
    counts = {figure.key: figure.value for figure in figures if not figure.part}
    for key in (
        "findings.made",
        "cases.opened",
        "decisions.made",
        "appeals.filed",
        "revisits.held",
    ):
        assert counts[key] == 1, key


def test_a_kind_of_event_that_no_domain_knows_goes_to_quarantine(node: Node) -> None:
    row = {"id": "q", "source": "demo", "kind": "ticket_ofer", "time": NOW, "actor": "a"}
    receipt = node.intake.submit(json.dumps(row).encode(), "demo")
    assert receipt.reasons[0][1] == "wrong_type"
    assert "ticket_offer" in receipt.reasons[0][2]


@pytest.mark.parametrize(
    ("language", "none", "noun"), [("zh", "还没有线索", "线索"), ("en", "No tips", "Tips")]
)
def test_the_page_is_empty_and_says_so(node: Node, language: str, none: str, noun: str) -> None:
    client, _ = signed_in(node, "eve")
    page = client.get("/scalping/tips", headers={"accept-language": language})
    assert page.status_code == 200
    assert none in page.text
    assert f"<h1>{noun}</h1>" in page.text


def test_a_form_notes_a_tip_that_the_list_and_the_export_show(node: Node, home: Path) -> None:
    client, token = signed_in(node, "eve")
    assert f'name="csrf" value="{token}"' in client.get("/scalping/tips").text
    sent = client.post("/scalping/tips", data={"account": "黄牛02", "csrf": token})
    assert sent.status_code == 303
    assert "黄牛02" in client.get("/scalping/tips").text
    table = home / "tips.csv"
    table.write_text("account\n黄牛03\n黄牛04\n", "utf-8")
    ran = CliRunner().invoke(main, ["scalping", "import", str(table), "--home", str(home)])
    assert ran.output == "2 taken in\n", ran.output
    ran = CliRunner().invoke(main, ["scalping", "export", "--home", str(home)])
    accounts = [row["account"] for row in csv.DictReader(io.StringIO(ran.output))]
    assert accounts == ["黄牛04", "黄牛03", "黄牛02"]


def test_who_lacks_the_permission_sees_no_page(node: Node) -> None:
    client, token = signed_in(node, "guest")
    assert client.get("/scalping/tips").status_code == 403
    assert client.post("/scalping/tips", data={"account": "x", "csrf": token}).status_code == 403
    assert 'href="/scalping/tips"' not in client.get("/cases").text


def test_a_row_without_an_account_is_refused_with_its_line(home: Path) -> None:
    table = home / "bad.csv"
    table.write_text("account,at\n黄牛05,\n,2026-12-01T09:00:00+08:00\n", "utf-8")
    ran = CliRunner().invoke(main, ["scalping", "import", str(table), "--home", str(home)])
    assert ran.exit_code != 0
    assert "bad.csv:3: account is '': it is empty; give a value" in ran.output


def test_erasure_leaves_no_name(node: Node) -> None:
    node.erasure.erase("黄牛02")
    client, _ = signed_in(node, "eve")
    assert "黄牛02" not in client.get("/scalping/tips").text
