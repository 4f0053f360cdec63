"""How long a platform waits for `POST /v1/check`, without the network. `pytest -s` prints it."""

import asyncio
import json
import statistics
import time

import pytest

from lianzhi.web.app import create_app
from lianzhi.web.core.settings import Settings

BODY = json.dumps({"channel": "comment", "actor": "a", "target": "b"}).encode()


def call(app, token):
    """One request as the server hands it over; answers its status."""
    headers = {
        "host": "testserver",
        "content-type": "application/json",
        "content-length": str(len(BODY)),
        "authorization": token,
    }
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": "/v1/check",
        "raw_path": b"/v1/check",
        "root_path": "",
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "client": ("192.0.2.1", 1),
        "server": ("testserver", 80),
        "state": {},
    }
    sent = []

    async def receive():
        return {"type": "http.request", "body": BODY, "more_body": False}

    async def send(message):
        sent.append(message)

    async def run():
        await app(scope, receive, send)
        return sent[0]["status"]

    return run()


@pytest.mark.slow
def test_check_takes_less_than_a_millisecond(node, bearer):
    """Median over 2,000 requests with a known key: routing, key, strict parsing, answer, log."""
    app = create_app(node, Settings(hosts=("testserver",), key_rate=1e9, key_burst=1e9))
    token = bearer("protect")["Authorization"]

    async def measure():
        times = []
        for _ in range(2000):
            started = time.perf_counter()
            assert await call(app, token) == 200
            times.append(1000 * (time.perf_counter() - started))
        return times

    times = asyncio.run(measure())
    p99 = statistics.quantiles(times, n=100)[98]
    print(f"\nPOST /v1/check in process: p50 {statistics.median(times):.2f} ms, p99 {p99:.2f} ms")
    assert statistics.median(times) < 1
