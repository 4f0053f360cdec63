"""The receiver in docs/webhooks.md works as it is printed there."""

import json
import os
import re
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import urllib3
from post_house import NOW, message
from test_mail import free_port

from lianzhi.config import Webhook
from lianzhi.jobs.post.delivery import Delivered, Failed
from lianzhi.jobs.post.webhook import WebhookChannel, envelope
from lianzhi.office.messages import Message
from lianzhi.webhooks.keys import WebhookKeys
from lianzhi.webhooks.signature import decode_secret, headers

PAGE = Path(__file__).parents[2] / "docs" / "webhooks.md"
(EXAMPLE,) = re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.S)


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    """The example, running with a secret that has been rotated since."""
    script = tmp_path / "receiver.py"
    script.write_text(EXAMPLE)
    (old,) = WebhookKeys(tmp_path).current(NOW)
    WebhookKeys(tmp_path).rotate(int(time.time() * 1000), 3_600_000)
    port = free_port()
    running = subprocess.Popen(
        [sys.executable, str(script), str(port)],
        cwd=tmp_path,
        env={**os.environ, "SECRETS": old.text},
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(200):
            try:
                urllib3.request("GET", f"http://127.0.0.1:{port}", retries=False, timeout=1)
                break
            except urllib3.exceptions.HTTPError:
                time.sleep(0.05)
        yield port
    finally:
        running.kill()
        running.wait()


def applied(home: Path) -> list[str]:
    with sqlite3.connect(home / "receiver.db") as db:
        found = [row[0] for row in db.execute("SELECT id FROM applied")]
    db.close()
    return found


def send(home: Path, port: int, one: Message, at: int | None = None) -> object:
    settings = Webhook(f"http://127.0.0.1:{port}/")
    channel = WebhookChannel(settings, WebhookKeys(home), lambda m: {"ref": m.ref, **m.body})
    return channel.deliver(one, at or int(time.time() * 1000))


def test_the_printed_receiver_keeps_its_promises(tmp_path: Path, port: int) -> None:
    assert len([line for line in EXAMPLE.splitlines() if line.strip()]) <= 40
    one, two, three = (message("a", n) for n in (1, 2, 3))
    assert send(tmp_path, port, two) == Delivered()
    assert send(tmp_path, port, two) == Delivered(), "said again, applied once"
    assert send(tmp_path, port, one) == Delivered(), "late: taken, not applied"
    assert send(tmp_path, port, three) == Delivered()
    for n in (2, 1):  # these stand each for themselves
        notice = message("n", n, topic="notice.made", body={"notice": f"n{n}"})
        assert send(tmp_path, port, notice) == Delivered()
    assert applied(tmp_path) == ["m-a-2", "m-a-3", "m-n-2", "m-n-1"]

    stale = int((time.time() - 400) * 1000)
    assert send(tmp_path, port, message("a", 4), stale) == Failed("HTTP 401")
    other = tmp_path / "other"
    assert send(other, port, message("a", 4)) == Failed("HTTP 401"), "another's secret"
    assert applied(tmp_path) == ["m-a-2", "m-a-3", "m-n-2", "m-n-1"]

    secret = decode_secret(WebhookKeys(tmp_path).current(NOW)[-1].text)
    body = envelope(message("a", 5), {"measure": "a"})
    good = headers("m-a-5", int(time.time()), body, [secret])
    for change in (
        {"webhook-timestamp": "soon"},
        {"webhook-id": "m-a-6"},
        {"webhook-signature": "v1,"},
        {"webhook-signature": ""},
    ):
        answer = post(port, body, {**good, **change})
        assert answer == 401, change
    assert post(port, body, {k: v for k, v in good.items() if k != "webhook-signature"}) == 401
    assert post(port, body.replace(b'"a"', b'"b"'), good) == 401
    assert post(port, body, good) == 200
    assert json.loads(body)["data"]["sequence"] == 5


def post(port: int, body: bytes, head: dict[str, str]) -> int:
    url = f"http://127.0.0.1:{port}/"
    return urllib3.request("POST", url, body=body, headers=head, retries=False, timeout=60).status
