"""Refused calls of the API are on the record with key and route, and no flood fills it."""

import json

import msgspec
from starlette.testclient import TestClient

from lianzhi.store import accounts
from lianzhi.web.app import create_app
from lianzhi.web.core.refused_keys import HOUR_MS, MOST, REFUSED, RefusedKeys

SECRET = "do-not-keep-this"


def refusals(node):
    entries = [entry for entry in node.ledger.entries() if entry.kind == REFUSED]
    return [(entry.ref, node.ledger.payload(entry.index)) for entry in entries]


def test_a_key_of_another_scope_is_named_with_the_route_once_an_hour(client, node, bearer):
    key = bearer("ingest")
    (kept,) = accounts.list_keys(node.engine)
    for _ in range(5):
        answer = client.get(f"/v1/cases/{SECRET}?q={SECRET}", headers=key)
        assert answer.status_code == 403
    told = {"route": "GET /v1/cases/{case}", "status": 403, "label": "test"}
    assert refusals(node) == [(kept.id, told | {"untold_before": 0})]
    client.get("/v1/findings", headers=key)
    node.clock += HOUR_MS
    client.get("/v1/cases/a", headers=key)
    assert refusals(node)[1:] == [
        (kept.id, told | {"route": "GET /v1/findings", "untold_before": 0}),
        (kept.id, told | {"untold_before": 4}),
    ]


def test_no_entry_holds_a_token_a_parameter_or_a_body(client, node, bearer):
    token = f"Bearer lz_aaaaaaaaaaaa_{'A' * 43}"
    bodies = {"content": json.dumps({"id": SECRET}), "params": {"source": SECRET}}
    for headers in ({}, {"Authorization": token}, bearer("read")):
        answer = client.post("/v1/events", headers=headers | {"X-Note": SECRET}, **bodies)
        assert answer.status_code in (401, 403)
    told = refusals(node)
    assert [ref for ref, _ in told][:1] == ["unknown"]
    assert len(told) == 2  # those without a known key are one
    for word in (SECRET, "A" * 43, bearer("read")["Authorization"][-43:]):
        assert word not in str(told)


def test_what_is_slowed_down_is_told_and_what_is_wrong_is_only_counted(node, settings, bearer):
    slow = create_app(node, msgspec.structs.replace(settings, key_rate=0.001, key_burst=2.0))
    key = bearer("read")
    with TestClient(slow) as client:
        statuses = [client.get("/v1/cases?limit=x", headers=key).status_code for _ in range(3)]
        assert statuses == [422, 422, 429]
        metrics = client.get("/metrics", headers=bearer("read")).text
    assert [payload["status"] for _, payload in refusals(node)] == [429]
    assert 'lianzhi_http_requests_total{route="/v1/cases",status="422"} 2' in metrics
    assert 'status="429"} 1' in metrics


def test_a_flood_over_many_keys_and_routes_writes_so_many_entries_an_hour(node):
    size, refused = node.ledger.size, RefusedKeys(node, lambda token: None)
    for n in range(10 * MOST):
        refused.note("", f"GET /v1/{n}", 403)
    assert node.ledger.size == size + MOST
    node.clock += HOUR_MS
    refused.note("", "GET /v1/1", 403)
    refused.note("", f"GET /v1/{5 * MOST}", 403)
    assert [payload["untold_before"] for _, payload in refusals(node)][-2:] == [0, 1]


def test_what_was_only_counted_is_told_however_late_the_next_refusal_of_its_key_comes(node):
    refused = RefusedKeys(node, lambda token: None)
    for _ in range(5):
        refused.note("", "GET /v1/a", 403)
    for _ in range(2):
        node.clock += HOUR_MS
        refused.note("", "GET /v1/b", 403)
    refused.note("", "GET /v1/a", 403)
    assert [payload["untold_before"] for _, payload in refusals(node)] == [0, 0, 0, 4]


def test_a_record_that_takes_nothing_does_not_change_the_answer(client, node, monkeypatch, caplog):
    def fail(drafts):
        raise OSError("disk full")

    monkeypatch.setattr(node.ledger, "append", fail)
    assert client.get("/v1/cases").status_code == 401
    assert "could not be put on the record" in caplog.text
