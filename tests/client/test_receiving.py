"""Messages of a node as a platform reads them, and forgeries."""

import re
from pathlib import Path

import pytest
from client_house import NOW, Served

from lianzhi.client import Client, Message, Order, SignatureError, read_message
from lianzhi.webhooks.keys import WebhookKeys
from lianzhi.webhooks.signature import WINDOW_S, decode_secret, encode_secret, headers
from waiting import eventually

SECRET, OTHER = encode_secret(b"k" * 32), encode_secret(b"o" * 32)
BODY = b'{"type":"t","id":"m1","timestamp":"2026-11-24T12:05:00.000Z","data":{"ref":"x"}}'
AT_S = 1_795_608_300


def signed(body: bytes = BODY, identity: str = "m1", secret: str = SECRET) -> dict[str, str]:
    return headers(identity, AT_S, body, [decode_secret(secret)])


def test_a_node_is_believed_what_it_orders(served: Served) -> None:
    with Client(served.url, served.key) as client:
        (case,) = client.cases()
        orders = [Order(measure="mute", hours=24, role="follower")]
        decision = client.decide(case.id, ground="harassment", reason="辱骂。", orders=orders)
    secrets = [secret.text for secret in WebhookKeys(served.node.home).current(NOW)]

    def orders_of_decision() -> list[Message]:
        messages = [
            read_message(request.headers, request.body, secrets, NOW / 1000)
            for request in [*served.platform.requests]
        ]
        return [m for m in messages if m.data.get("decision") == decision.id]

    assert eventually(lambda: len(orders_of_decision()) == decision.measures)
    first = orders_of_decision()[0]
    assert (first.type, first.data["key"]) == ("measure.ordered", "mute")
    sent = served.platform.requests[0]
    for forged in (sent.body + b" ", b" " + sent.body):
        with pytest.raises(SignatureError):
            read_message(sent.headers, forged, secrets, NOW / 1000)


@pytest.mark.parametrize("secrets", [[SECRET], [OTHER, SECRET]])
@pytest.mark.parametrize("off_s", [-WINDOW_S, 0, WINDOW_S])
def test_a_signed_message_is_read(secrets: list[str], off_s: int) -> None:
    message = read_message(signed(), BODY, secrets, AT_S + off_s)
    assert message == Message("t", "m1", "2026-11-24T12:05:00.000Z", {"ref": "x"})


def test_names_of_headers_are_read_in_any_case() -> None:
    given = {name.title(): value for name, value in signed().items()}
    assert read_message(given, BODY, [SECRET], AT_S).id == "m1"


@pytest.mark.parametrize(
    ("change", "body", "secrets", "now_s", "said"),
    [
        ({}, BODY, [OTHER], AT_S, "none of these secrets"),
        ({}, BODY, [], AT_S, "none of these secrets"),
        ({}, BODY + b" ", [SECRET], AT_S, "none of these secrets"),
        ({"webhook-id": "m2"}, BODY, [SECRET], AT_S, "none of these secrets"),
        ({"webhook-timestamp": str(AT_S + 1)}, BODY, [SECRET], AT_S, "none of these secrets"),
        ({"webhook-signature": ""}, BODY, [SECRET], AT_S, "none of these secrets"),
        ({"webhook-signature": "v1,"}, BODY, [SECRET], AT_S, "none of these secrets"),
        ({}, BODY, [SECRET], AT_S + WINDOW_S + 1, "300 s from our clock"),
        ({}, BODY, [SECRET], AT_S - WINDOW_S - 1, "300 s from our clock"),
        ({"webhook-timestamp": ""}, BODY, [SECRET], AT_S, "no Unix time"),
        ({"webhook-timestamp": "-1"}, BODY, [SECRET], AT_S, "no Unix time"),
        ({"webhook-timestamp": "²"}, BODY, [SECRET], AT_S, "no Unix time"),
    ],
)
def test_a_forged_or_old_message_is_refused(
    change: dict[str, str], body: bytes, secrets: list[str], now_s: float, said: str
) -> None:
    with pytest.raises(SignatureError, match=said):
        read_message(signed() | change, body, secrets, now_s)


@pytest.mark.parametrize(
    ("body", "identity", "said"),
    [(BODY, "m2", "not the one in webhook-id"), (b"[]", "m1", "body: "), (b"{", "m1", "body: ")],
)
def test_what_is_signed_must_be_that_message(body: bytes, identity: str, said: str) -> None:
    with pytest.raises(SignatureError, match=said):
        read_message(signed(body, identity), body, [SECRET], AT_S)


def test_the_receiver_of_the_documents_runs_as_it_stands(monkeypatch, capsys) -> None:
    page = (Path(__file__).parents[2] / "docs" / "client.md").read_text("utf-8")
    codes = re.findall(r"```python\n(.*?)```", page, re.S)
    monkeypatch.setenv("SECRETS", f"{OTHER} {SECRET}")
    monkeypatch.setattr("time.time", lambda: float(AT_S))
    names: dict[str, object] = {}
    exec(compile(next(c for c in codes if "read_message" in c), "client.md", "exec"), names)
    receive = names["receive"]
    assert callable(receive)
    assert receive(signed(), BODY) == 200
    assert capsys.readouterr().out == "t m1 {'ref': 'x'}\n"
    assert receive(signed(secret=encode_secret(b"x" * 32)), BODY) == 401
