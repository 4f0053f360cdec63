"""Evidence packs over HTTP: from the API with a key, from the console for those who may."""

import io
import re
from base64 import b64decode
from collections.abc import Callable
from hashlib import sha256

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient
from web_house import FakeNode, csrf_of, pile_on

from lianzhi.documents import pack
from lianzhi.documents.verify import verify
from lianzhi.web.core import download
from lianzhi.web.core.limits import Gate

CASE = "c0ffee"


@pytest.fixture(autouse=True)
def case(node: FakeNode) -> None:
    node.ledger.append(pile_on(1, node.clock))


def exports(node: FakeNode) -> list[dict]:
    found = [entry for entry in node.ledger.entries() if entry.kind == "evidence.exported"]
    return [node.ledger.payload(entry.index) or {} for entry in found]


def test_the_api_gives_a_pack_that_stands(
    node: FakeNode, client: TestClient, bearer: Callable[..., dict[str, str]]
) -> None:
    headers = bearer("read")
    answer = client.post(f"/v1/cases/{CASE}/evidence?lang=en", headers=headers)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["content-disposition"] == f'attachment; filename="evidence-{CASE}.zip"'
    assert answer.headers["cache-control"] == "no-store"
    digest = sha256(answer.content).digest()
    told = re.fullmatch(r"sha-256=:(.+):", answer.headers["repr-digest"])
    assert told
    assert b64decode(told[1]) == digest
    verdict = verify(io.BytesIO(answer.content), node.ledger.signer.verifier)
    assert verdict.ok, verdict
    (said,) = exports(node)
    assert said["sha256"] == digest.hex()
    assert said["by"].startswith("key:")
    assert said["lang"] == "en"
    assert [path for path in node.home.iterdir() if "evidence" in path.name] == []


def test_the_api_refuses_who_may_not_and_what_is_not(
    node: FakeNode, client: TestClient, bearer: Callable[..., dict[str, str]]
) -> None:
    url = f"/v1/cases/{CASE}/evidence"
    assert client.post(url).status_code == 401
    assert client.post(url, headers=bearer("ingest", "protect")).status_code == 403
    headers = bearer("read")
    missing = client.post("/v1/cases/none/evidence", headers=headers)
    assert (missing.status_code, missing.json()["errors"][0]["field"]) == (404, "path.case")
    for asked in ("lang=fr", "language=zh"):
        assert client.post(f"{url}?{asked}", headers=headers).status_code == 422
    assert exports(node) == []


def test_packs_are_made_a_few_at_a_time(
    node: FakeNode, app: FastAPI, client: TestClient, bearer: Callable[..., dict[str, str]]
) -> None:
    app.state.exports = Gate(0)
    answer = client.post(f"/v1/cases/{CASE}/evidence", headers=bearer("read"))
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert exports(node) == []
    assert download.AT_ONCE > 0


def test_a_case_that_is_too_large_is_refused(
    node: FakeNode,
    client: TestClient,
    bearer: Callable[..., dict[str, str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pack, "MOST_BYTES", 100)
    answer = client.post(f"/v1/cases/{CASE}/evidence", headers=bearer("read"))
    assert answer.status_code == 413
    assert exports(node) == []


def test_a_reviewer_downloads_it_from_the_page(
    node: FakeNode, signed_in: Callable[..., TestClient]
) -> None:
    client = signed_in("reviewer")
    page = client.get(f"/cases/{CASE}", headers={"accept-language": "en"})
    assert f'action="/cases/{CASE}/evidence"' in page.text
    for language, told in (("en", b"Evidence pack"), ("zh", "证据包".encode())):
        answer = client.post(f"/cases/{CASE}/evidence", headers={"accept-language": language})
        assert answer.status_code == 200, answer.text
        verdict = verify(io.BytesIO(answer.content))
        assert verdict.ok, verdict
        import zipfile

        assert told in zipfile.ZipFile(io.BytesIO(answer.content)).read("summary.html")
    assert {said["by"] for said in exports(node)} == {"reviewer-0"}
    page = client.get(f"/cases/{CASE}", headers={"accept-language": "en"})
    assert "Evidence pack exported" in page.text


def test_a_viewer_sees_why_not(node: FakeNode, signed_in: Callable[..., TestClient]) -> None:
    client = signed_in("viewer")
    page = client.get(f"/cases/{CASE}", headers={"accept-language": "en"})
    assert f"/cases/{CASE}/evidence" not in page.text
    assert 'aria-describedby="pack-why"' in page.text
    assert client.post(f"/cases/{CASE}/evidence").status_code == 403
    assert client.post("/cases/none/evidence").status_code == 403
    assert exports(node) == []


def test_who_is_signed_out_gets_none(node: FakeNode, client: TestClient) -> None:
    client.get("/login")
    url, token = f"/cases/{CASE}/evidence", {"X-CSRF-Token": csrf_of(client)}
    assert client.post(url, headers=token).status_code == 401
    assert client.post(url).status_code == 403
    assert client.get(url, headers=token).status_code == 405
    assert exports(node) == []
