"""API keys: what is kept, what is told, how fast they end; and the limits on their use."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from starlette.testclient import TestClient
from web_house import NOW, PASSWORD

from lianzhi.store import accounts
from lianzhi.store.accounts_tables import api_key_table, user_table
from lianzhi.store.refusal import AccountError
from lianzhi.web.app import create_app
from lianzhi.web.core.limits import Buckets


@pytest.fixture
def url(databases, tmp_path):
    return databases.url(tmp_path)


def test_only_digests_are_stored(node):
    _, token = accounts.add_key(node.ledger, "platform", ("ingest",), NOW, "test")
    accounts.add_user(node.ledger, "alice", PASSWORD, ["viewer"], NOW, "test")
    node.engine.dispose()
    content = b"".join(file.read_bytes() for file in node.home.glob("lianzhi.db*"))
    with node.engine.connect() as connection:
        for table in (user_table, api_key_table):
            content += repr(connection.execute(select(table)).all()).encode()
    assert token.split("_", 2)[2].encode() not in content
    assert PASSWORD.encode() not in content
    with node.engine.connect() as connection:
        assert connection.scalar(select(user_table.c.password)).startswith("$argon2id$")
        assert len(connection.scalar(select(api_key_table.c.digest))) == 32


def test_token_finds_its_key_and_nothing_else_does(node):
    key, token = accounts.add_key(node.ledger, "platform", ("read", "ingest"), NOW, "test")
    assert accounts.find_key(node.engine, token) == key
    assert key.scopes == ("ingest", "read")
    last = "A" if token[-1] != "A" else "B"
    for other in (token[:-1] + last, token[:-1], token + "A", token.upper(), "", "lz__", "\x00"):
        assert accounts.find_key(node.engine, other) is None


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer x", "Basic bHo6eA==", "Bearer lz_aaaaaaaaaaaa_" + "A" * 43, "lz_x_y"],
)
def test_unknown_keys_are_refused(client, header):
    answer = client.get("/v1/cases", headers={"Authorization": header})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"


def test_keys_expire(client, node, bearer):
    key = bearer("read", expires_at=node.clock + 1000)
    assert client.get("/v1/cases", headers=key).status_code == 200
    node.clock += 1000
    assert client.get("/v1/cases", headers=key).status_code == 401


def test_revoked_keys_stop(client, node, bearer):
    key = bearer("read")
    assert client.get("/v1/cases", headers=key).status_code == 200
    accounts.revoke_key(node.ledger, key["Authorization"].split("_")[1], node.clock, "test")
    assert client.get("/v1/cases", headers=key).status_code == 401


def test_known_keys_are_not_read_again_for_a_while(node, settings, bearer, monkeypatch):
    """A cached key costs no query; expiry is still seen, revocation after `key_cached`."""
    reads = []
    real = accounts.find_key
    monkeypatch.setattr("lianzhi.web.core.auth.find_key", lambda *a: reads.append(a) or real(*a))
    key = bearer("read", expires_at=node.clock + 1000)
    cached = create_app(node, msgspec.structs.replace(settings, key_cached=60.0))
    with TestClient(cached) as client:
        for _ in range(3):
            assert client.get("/v1/cases", headers=key).status_code == 200
        assert len(reads) == 1
        node.clock += 1000
        assert client.get("/v1/cases", headers=key).status_code == 401


def test_cookie_has_no_authority_over_the_api(signed_in):
    assert signed_in("admin").get("/v1/cases").status_code == 401


def test_one_key_is_slowed_down_and_others_are_not(node, settings, bearer):
    slow = create_app(node, msgspec.structs.replace(settings, key_rate=0.001, key_burst=2.0))
    first, second = bearer("read"), bearer("read")
    with TestClient(slow) as client:
        statuses = [client.get("/v1/cases", headers=first).status_code for _ in range(3)]
        assert statuses == [200, 200, 429]
        assert client.get("/v1/cases", headers=second).status_code == 200


def test_guessing_keys_is_slowed_down(node, settings):
    slow = create_app(node, msgspec.structs.replace(settings, client_rate=0.001, client_burst=2.0))
    with TestClient(slow) as client:
        statuses = [
            client.get("/v1/cases", headers={"Authorization": f"Bearer x{n}"}).status_code
            for n in range(3)
        ]
    assert statuses == [401, 401, 429]


@pytest.mark.parametrize(
    "call",
    [
        lambda ledger: accounts.add_user(ledger, "", PASSWORD, ["viewer"], NOW, "t"),
        lambda ledger: accounts.add_user(ledger, "a\x00", PASSWORD, ["viewer"], NOW, "t"),
        lambda ledger: accounts.add_user(ledger, "key:bob", PASSWORD, ["viewer"], NOW, "t"),
        lambda ledger: accounts.add_user(ledger, "bob", "short", ["viewer"], NOW, "t"),
        lambda ledger: accounts.add_user(ledger, "bob", "pass word Bob", [], NOW, "t"),
        lambda ledger: accounts.add_user(ledger, "bobby", "Bobby's word", ["viewer"], NOW, "t"),
        lambda ledger: accounts.add_user(ledger, "bob", "QWERTYuiop", ["viewer"], NOW, "t"),
        lambda ledger: accounts.add_user(ledger, "bob", "a" * 12, ["viewer"], NOW, "t"),
        lambda ledger: accounts.add_user(ledger, "bob", PASSWORD, ["owner"], NOW, "t"),
        lambda ledger: accounts.set_password(ledger, "nobody", PASSWORD, NOW, "t"),
        lambda ledger: accounts.set_roles(ledger, "nobody", ["viewer"], NOW, "t"),
        lambda ledger: accounts.disable_user(ledger, "nobody", NOW, "t"),
        lambda ledger: accounts.unlock(ledger, "nobody", NOW, "t"),
        lambda ledger: accounts.add_key(ledger, " ", ("read",), NOW, "t"),
        lambda ledger: accounts.add_key(ledger, "x", (), NOW, "t"),
        lambda ledger: accounts.add_key(ledger, "x", ("all",), NOW, "t"),
        lambda ledger: accounts.add_key(ledger, "x", ("read",), NOW, "t", NOW),
        lambda ledger: accounts.rotate_key(ledger, "none", 0, NOW, "t"),
        lambda ledger: accounts.revoke_key(ledger, "none", NOW, "t"),
    ],
)
def test_refusals_name_the_field(node, call):
    with pytest.raises(AccountError, match=r"^[a-z_]+: "):
        call(node.ledger)
    assert node.ledger.size == 0


def test_names_are_unique_whatever_their_width_and_case(node):
    accounts.add_user(node.ledger, "alice", PASSWORD, ["viewer"], NOW, "test")
    with pytest.raises(AccountError, match="taken"):
        accounts.add_user(node.ledger, "ＡLICE", PASSWORD, ["viewer"], NOW, "test")


@given(
    rate=st.floats(0.5, 100),
    burst=st.integers(1, 20),
    gaps=st.lists(st.floats(0, 2), max_size=60),
)
def test_no_interval_passes_more_than_burst_and_rate_allow(rate, burst, gaps):
    buckets, now, passed = Buckets(rate, float(burst)), 0.0, []
    for gap in gaps:
        now += gap
        wait = buckets.take("k", now)
        assert wait >= 0
        if not wait:
            passed.append(now)
    for first in range(len(passed)):
        for last in range(first, len(passed)):
            allowed = burst + rate * (passed[last] - passed[first])
            assert last - first + 1 <= allowed + 1e-6


@given(st.floats(0.5, 50), st.integers(1, 5))
def test_waiting_as_told_is_enough(rate, burst):
    buckets, now = Buckets(rate, float(burst)), 0.0
    for _ in range(burst * 3):
        wait = buckets.take("k", now)
        if wait:
            now += wait + 1e-9
            assert buckets.take("k", now) == 0


def test_buckets_are_bounded():
    buckets = Buckets(0.001, 1.0, size=2)
    assert buckets.take("a", 0) == 0
    assert buckets.take("a", 0) > 0
    buckets.take("b", 0)
    buckets.take("c", 0)
    assert buckets.take("a", 0) == 0, "forgotten, and so full again"
