"""Signatures are those of the Standard Webhooks specification; secrets rotate without a gap."""

import json
from base64 import b64encode
from hashlib import sha256
from hmac import new
from pathlib import Path

import pytest
from click.testing import CliRunner
from post_house import NOW, House, Receiver, config_for, message

from lianzhi.cli.main import main
from lianzhi.jobs.post.webhook import envelope
from lianzhi.webhooks.keys import WebhookKeys
from lianzhi.webhooks.signature import decode_secret, encode_secret, headers
from waiting import eventually

HOUR = 3_600_000


def test_a_signature_is_made_by_the_book() -> None:
    """Computed here step by step, as the specification tells it."""
    secret = b"a secret of twenty-four b"
    found = headers("msg_1", 1_700_000_000, b'{"a":1}', [secret])
    mac = new(secret, b'msg_1.1700000000.{"a":1}', sha256).digest()
    assert found == {
        "webhook-id": "msg_1",
        "webhook-timestamp": "1700000000",
        "webhook-signature": "v1," + b64encode(mac).decode(),
    }


def test_the_specifications_own_example() -> None:
    """Values that its reference implementations are tested with."""
    secret = decode_secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    payload = b'{"test": 2432232314}'
    found = headers("msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, payload, [secret])
    assert found["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize("text", ["", "whsec_", "whsec_!!!", "whsec_" + "QUJD", "abc" * 20])
def test_a_damaged_secret_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="a webhook secret is whsec_"):
        decode_secret(text)
    assert decode_secret(encode_secret(b"x" * 32)) == b"x" * 32


def test_rotation_signs_with_both_until_the_overlap_is_over(tmp_path: Path) -> None:
    keys = WebhookKeys(tmp_path)
    (old,) = keys.current(NOW)
    assert keys.path.stat().st_mode & 0o777 == 0o600
    assert keys.current(NOW) == [old]
    fresh = keys.rotate(NOW, HOUR)
    assert [one.text for one in keys.current(NOW + HOUR - 1)] == [fresh.text, old.text]
    assert [one.text for one in keys.current(NOW + HOUR)] == [fresh.text]
    newest = keys.rotate(NOW, HOUR)
    assert [one.text for one in keys.current(NOW)] == [newest.text, fresh.text, old.text]
    keys.path.chmod(0o644)
    with pytest.raises(PermissionError, match="chmod 600"):
        keys.current(NOW)


@pytest.mark.slow
def test_every_attempt_is_signed_and_says_the_same(receiver: Receiver, house) -> None:
    first = True

    def behave(handler, sent: str) -> bool | None:
        nonlocal first
        was, first = first, False
        if was:
            handler.answer(500)
        return was or None

    receiver.behave = behave
    one: House = house()
    one.post.start()
    one.order(message("a", 7))
    assert eventually(lambda: one.states() == {"m-a-7": "sent"})
    (_, head, body), (_, again, same) = receiver.requests
    assert body == same
    assert head["idempotency-key"] == again["idempotency-key"] == "m-a-7"
    (secret,) = WebhookKeys(one.home).current(NOW)
    for heard in (head, again):
        stamp = heard["webhook-timestamp"]
        mac = new(decode_secret(secret.text), f"m-a-7.{stamp}.".encode() + body, sha256)
        assert heard["webhook-signature"] == "v1," + b64encode(mac.digest()).decode()
    assert json.loads(body) == {
        "type": "parcel.packed",
        "id": "m-a-7",
        "timestamp": "2026-11-25T12:05:00.000Z",
        "data": {"sequence": 7, "measure": "a", "ref": "a"},
    }
    assert json.loads(envelope(message("a", 7, body={"sequence": 1}), {"sequence": 1}))


def call(home: Path, *words: str):
    return CliRunner().invoke(main, [*words, "--home", str(home)])


def test_the_commands(tmp_path: Path, receiver: Receiver, house) -> None:
    house(config_for(receiver.url))
    assert call(tmp_path, "webhook", "test").exit_code == 3
    (tmp_path / "config.toml").write_text(f'[webhook]\nurl = "{receiver.url}"\n')
    home = tmp_path
    if not (home / "lianzhi.db").exists():
        pytest.fail("the fixture makes SQLite here")
    secret = call(home, "webhook", "secret").stdout.strip()
    assert secret.startswith("whsec_")
    rotated = call(home, "webhook", "rotate", "--overlap", "2").stdout.strip()
    shown = call(home, "webhook", "secret").stdout.split()
    assert shown == [rotated, secret]
    said = call(home, "webhook", "test")
    assert said.exit_code == 0
    assert said.stdout.startswith("Accepted: HTTP 200 after ")
    (ping,) = receiver.requests
    assert ping[0].startswith("ping-")
    assert ping[1]["webhook-signature"].count("v1,") == 2
    receiver.behave = lambda handler, _: handler.answer(401) or True
    said = call(home, "webhook", "test", "--json")
    assert said.exit_code == 1
    assert json.loads(said.stdout)["status"] == 401
    receiver.close()
    said = call(home, "webhook", "test")
    assert said.exit_code == 1
    assert "NOT accepted: the connection was refused" in said.stdout


@pytest.fixture
def url(tmp_path: Path) -> str:
    """Once is enough here: nothing depends on the database."""
    return f"sqlite:///{tmp_path / 'lianzhi.db'}"
