"""Transfer packs over HTTP: from the API with a key, from the console for those who may."""

import io
import re
import zipfile
from base64 import b64decode
from collections.abc import Callable
from hashlib import sha256

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient
from web_house import FakeNode, pile_on

from lianzhi.chain.measure import Order, measure_id
from lianzhi.documents.verify import verify
from lianzhi.office.actor import Actor
from lianzhi.office.decisions import DecisionRequest
from lianzhi.web.core.limits import Gate

CASE = "c0ffee"


@pytest.fixture
def measure(node: FakeNode) -> str:
    return ordered(node, Order(key="transfer", subjects=("p_a",), mode="manual", authority="警方"))


def ordered(node: FakeNode, order: Order) -> str:
    if not list(node.ledger.entries()):
        node.ledger.append(pile_on(1, node.clock))
    asking = DecisionRequest(orders=(order,), facts="so", ground="harassment")
    deciding = node.proceedings.decisions
    made = deciding.decide(CASE, asking, Actor("wang", may_severe=True), node.clock)
    if order.key == "transfer":
        deciding.confirm(made, Actor("zhao", may_severe=True), node.clock)
    return measure_id(made, order.key, "p_a", "")


def exports(node: FakeNode) -> list[dict]:
    found = [entry for entry in node.ledger.entries() if entry.kind == "transfer.exported"]
    return [node.ledger.payload(entry.index) or {} for entry in found]


def test_the_api_gives_letter_and_pack(
    node: FakeNode, client: TestClient, bearer: Callable[..., dict[str, str]], measure: str
) -> None:
    answer = client.post(f"/v1/measures/{measure}/transfer?lang=en", headers=bearer("read"))
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/zip"
    name = f"transfer-{measure.removeprefix('m_')}.zip"
    assert answer.headers["content-disposition"] == f'attachment; filename="{name}"'
    digest = sha256(answer.content).digest()
    told = re.fullmatch(r"sha-256=:(.+):", answer.headers["repr-digest"])
    assert told
    assert b64decode(told[1]) == digest
    (said,) = exports(node)
    assert (said["measure"], said["case"], said["sha256"]) == (measure, CASE, digest.hex())
    assert said["by"].startswith("key:")
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    assert verify(io.BytesIO(archive.read("evidence.zip")), node.ledger.signer.verifier).ok
    letter = archive.read("letter.html").decode()
    assert "Transfer of a matter" in letter
    assert "help@example.org" in letter
    assert [path for path in node.home.iterdir() if "transfer" in path.name] == []


def test_the_api_refuses_who_may_not_and_what_is_none(
    node: FakeNode,
    app: FastAPI,
    client: TestClient,
    bearer: Callable[..., dict[str, str]],
    measure: str,
) -> None:
    url = f"/v1/measures/{measure}/transfer"
    assert client.post(url).status_code == 401
    assert client.post(url, headers=bearer("decide", "protect")).status_code == 403
    headers = bearer("read")
    missing = client.post("/v1/measures/none/transfer", headers=headers)
    assert (missing.status_code, missing.json()["errors"][0]["field"]) == (404, "path.measure")
    assert client.post(f"{url}?lang=fr", headers=headers).status_code == 422
    mute = ordered(node, Order(key="mute", hours=24, subjects=("p_a",), to="inciter"))
    assert client.post(f"/v1/measures/{mute}/transfer", headers=headers).status_code == 409
    app.state.exports = Gate(0)
    busy = client.post(url, headers=headers)
    assert (busy.status_code, busy.headers["retry-after"]) == (503, "5")
    assert exports(node) == []


@pytest.mark.parametrize("page", ["/measures", "/decisions/{decision}"])
def test_a_senior_finds_the_button_and_others_do_not(
    node: FakeNode, signed_in: Callable[..., TestClient], measure: str, page: str
) -> None:
    row = next(e for e in node.ledger.entries() if e.ref == measure)
    page = page.format(decision=(node.ledger.payload(row.index) or {})["decision"])
    link = f'action="/measures/{measure}/transfer"'
    client = signed_in("senior")
    assert link in client.get(page).text
    for role in ("reviewer", "viewer"):
        other = signed_in(role)
        assert link not in other.get(page).text
        assert other.post(f"/measures/{measure}/transfer").status_code == 403
    for language, told in (("en", "Transfer of a matter"), ("zh", "线索移送函")):
        answer = client.post(f"/measures/{measure}/transfer", headers={"accept-language": language})
        assert answer.status_code == 200, answer.text
        archive = zipfile.ZipFile(io.BytesIO(answer.content))
        assert told in archive.read("letter.html").decode()
    assert {said["by"] for said in exports(node)} == {"senior-0"}
    shown = client.get(f"/cases/{CASE}", headers={"accept-language": "en"}).text
    assert "Transfer pack exported" in shown
    node.proceedings.measures.lift(measure, "a mistake", Actor("wang"), node.clock)
    assert link not in client.get(page).text
    assert client.post(f"/measures/{measure}/transfer").status_code == 409
