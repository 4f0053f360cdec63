"""POST /v1/events: what is taken, what is refused, and how the node is kept from drowning."""

import gzip
import threading

import msgspec
import pytest
from fastapi.routing import iter_route_contexts
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from lianzhi.web.api.events import gunzip
from lianzhi.web.app import create_app
from lianzhi.web.core.problems import Problem

NDJSON = {"Content-Type": "application/x-ndjson"}
ROWS = b'{"id":"1"}\n{"id":"2"}\n'


def test_batch_is_accepted_in_the_name_of_its_key(client, node, bearer):
    key = bearer("ingest")
    answer = client.post("/v1/events", content=ROWS, headers=NDJSON | key)
    assert answer.status_code == 200
    assert answer.json() == {
        "accepted": 2,
        "duplicates": 0,
        "quarantined": 0,
        "conflicts": 0,
        "late": 0,
        "advice": [],
        "reasons": [],
        "unknown_fields": [],
    }
    assert node.intake.batches == [(ROWS, key["Authorization"].split("_")[1])]


def test_clients_that_know_no_ndjson_send_the_same_bytes(client, node, bearer):
    headers = bearer("ingest") | {"Content-Type": "application/octet-stream"}
    assert client.post("/v1/events", content=ROWS, headers=headers).json()["accepted"] == 2
    assert node.intake.batches[0][0] == ROWS


def test_bad_rows_do_not_cost_the_good_ones(client, bearer):
    answer = client.post(
        "/v1/events", content=ROWS + b"nonsense", headers=NDJSON | bearer("ingest")
    )
    assert answer.status_code == 200
    body = answer.json()
    assert (body["accepted"], body["quarantined"]) == (2, 1)
    assert body["reasons"] == [{"line": 3, "reason": "broken_json", "detail": "no JSON; mend it"}]


def test_applications_that_share_their_routes_keep_their_own_limits(app, node, settings, bearer):
    small = create_app(node, msgspec.structs.replace(settings, max_batch=len(ROWS) - 1))
    headers = NDJSON | bearer("ingest") | {"Content-Encoding": "gzip"}
    for one, status in ((app, 200), (small, 413), (app, 200)):
        with TestClient(one) as client:
            answer = client.post("/v1/events", content=gzip.compress(ROWS), headers=headers)
        assert answer.status_code == status


def test_a_domain_that_is_closed_is_not_served_beside_one_that_is_open(app, node, settings):
    node.desks["enforcement"] = object()
    opened = create_app(node, settings)
    for one, served in ((app, False), (opened, True)):
        paths = {route.path for route in iter_route_contexts(one.routes)}
        assert ("/enforcement/inspections" in paths) == served


def test_gzip_is_understood(client, node, bearer):
    headers = NDJSON | bearer("ingest") | {"Content-Encoding": "gzip"}
    assert (
        client.post("/v1/events", content=gzip.compress(ROWS), headers=headers).status_code == 200
    )
    assert node.intake.batches[0][0] == ROWS


@pytest.mark.parametrize(
    ("headers", "content", "status", "word"),
    [
        ({"Content-Type": "application/json"}, b"[]", 415, "application/x-ndjson"),
        ({}, ROWS, 415, "NDJSON"),
        (NDJSON | {"Content-Encoding": "br"}, ROWS, 415, "gzip"),
        (NDJSON | {"Content-Encoding": "gzip"}, ROWS, 400, "not gzip"),
        (
            NDJSON | {"Content-Encoding": "gzip"},
            gzip.compress(ROWS, mtime=0)[:-9],
            400,
            "breaks off",
        ),
        (NDJSON | {"Content-Encoding": "gzip"}, b"", 400, "breaks off"),
    ],
)
def test_refusals_say_what_is_wrong(client, node, bearer, headers, content, status, word):
    answer = client.post("/v1/events", content=content, headers=headers | bearer("ingest"))
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert word in answer.text
    assert node.intake.batches == []


def test_large_bodies_are_refused_before_and_after_decompression(node, bearer, settings):
    small = msgspec.structs.replace(settings, max_batch=10_000)
    bomb = gzip.compress(b" " * 5_000_000, mtime=0)
    assert len(bomb) < 10_000
    with TestClient(create_app(node, small)) as client:
        headers = NDJSON | bearer("ingest")
        plain = client.post("/v1/events", content=b" " * 10_001, headers=headers)
        packed = client.post(
            "/v1/events", content=bomb, headers=headers | {"Content-Encoding": "gzip"}
        )
        streamed = client.post(
            "/v1/events", content=iter([b" " * 6_000, b" " * 6_000]), headers=headers
        )
        for answer in (plain, packed, streamed):
            assert answer.status_code == 413
            assert answer.headers["content-type"] == "application/problem+json"
        assert client.post("/v1/events", content=b" " * 10_000, headers=headers).status_code == 200


def test_other_bodies_have_their_own_limit(client, bearer, settings):
    answer = client.post(
        "/v1/nudge",
        content=b" " * (settings.max_body + 1),
        headers={"Content-Type": "application/json"} | bearer("protect"),
    )
    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"


def test_full_node_pushes_back(client, node, bearer, settings):
    """With every place taken, the next batch is told to come back, and gets in afterwards."""
    key, go, inside = bearer("ingest"), threading.Event(), threading.Semaphore(0)

    def send():
        return client.post("/v1/events", content=ROWS, headers=NDJSON | key)

    def wait() -> None:
        inside.release()
        assert go.wait(10)

    node.intake.on_submit = wait
    senders = [
        threading.Thread(
            target=client.post,
            args=("/v1/events",),
            kwargs={"content": ROWS, "headers": NDJSON | key},
        )
        for _ in range(settings.submits_at_once)
    ]
    for sender in senders:
        sender.start()
    for _ in senders:
        assert inside.acquire(timeout=10)
    refused = send()
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "1")
    go.set()
    for sender in senders:
        sender.join(10)
    assert send().status_code == 200
    assert len(node.intake.batches) == len(senders) + 1


@given(st.lists(st.binary(max_size=200), min_size=1, max_size=6), st.integers(0, 800))
def test_gunzip_gives_the_whole_or_refuses(parts, limit):
    """Members in a row are one text (RFC 1952, 2.2); never is more than the limit returned."""
    packed = b"".join(gzip.compress(part) for part in parts)
    whole = b"".join(parts)
    if len(whole) <= limit:
        assert gunzip(packed, limit) == whole
    else:
        with pytest.raises(Problem) as refused:
            gunzip(packed, limit)
        assert refused.value.status == 413


@given(st.binary(max_size=100))
def test_gunzip_refuses_what_is_not_gzip(data):
    with pytest.raises(Problem) as refused:
        gunzip(data, 1000)
    assert refused.value.status == 400


def test_gunzip_refuses_endless_members():
    with pytest.raises(Problem) as refused:
        gunzip(gzip.compress(b"", mtime=0) * 1000, 1000)
    assert refused.value.status == 400
