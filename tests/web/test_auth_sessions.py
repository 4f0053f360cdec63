"""Signing in and out, forms and their tokens, and what guards every response."""

import logging
import re

import msgspec
import pytest
from starlette.testclient import TestClient
from web_house import PASSWORD, csrf_of, login_form

from lianzhi.store import accounts
from lianzhi.web.app import create_app
from lianzhi.web.core.limits import Backoff
from lianzhi.web.core.request_id import FROM_PROXY, REQUEST_ID

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture
def alice(node):
    return accounts.add_user(node.ledger, "Alice", PASSWORD, ["reviewer"], node.clock, "test")


def sign_in(client, name="alice", password=PASSWORD, following="/"):
    return client.post("/login", data=login_form(client, name, password, following))


def test_sign_in_and_out(client, alice):
    assert client.get("/").headers["location"] == "/login?next=%2F"
    answer = sign_in(client)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert client.get("/").status_code == 200
    assert client.get("/login").status_code == 303
    out = client.post("/logout", data={"csrf": csrf_of(client)})
    assert (out.status_code, out.headers["location"]) == (303, "/login")
    assert client.get("/").status_code == 303


def test_names_fold_width_and_case(client, alice):
    assert sign_in(client, "ＡＬＩＣＥ ").status_code == 303


def test_sign_out_ends_copies_of_the_cookie(client, alice):
    sign_in(client)
    copy = client.cookies["lianzhi"]
    client.post("/logout", data={"csrf": csrf_of(client)})
    client.cookies.set("lianzhi", copy)
    assert client.get("/").status_code == 303


@pytest.mark.parametrize("change", ["password", "disabled"])
def test_change_of_password_and_disabling_end_sessions_at_once(client, node, alice, change):
    sign_in(client)
    assert client.get("/").status_code == 200
    if change == "password":
        accounts.set_password(node.ledger, "alice", "another battery staple", node.clock, "test")
    else:
        accounts.disable_user(node.ledger, "alice", node.clock, "test")
    assert client.get("/").status_code == 303
    assert sign_in(client).status_code == 401


def test_session_token_changes_at_sign_in(client, alice):
    form = login_form(client, "alice", PASSWORD)
    client.post("/login", data=form)
    assert csrf_of(client) != form["csrf"]


@pytest.mark.parametrize(
    "cookie", ["", "null", "e30=.x.y", "eyJ1c2VyIjogMX0=.awYv1w.AAAA", "a" * 5000]
)
def test_forged_cookies_are_nobody(client, cookie):
    client.cookies.set("lianzhi", cookie)
    assert client.get("/").status_code == 303


def test_sessions_of_another_deployment_are_nobody(client, node, alice, settings):
    sign_in(client)
    other = create_app(node, msgspec.structs.replace(settings, secret=b"x" * 32))
    with TestClient(other, follow_redirects=False) as there:
        there.cookies.set("lianzhi", client.cookies["lianzhi"])
        assert there.get("/").status_code == 303


def test_wrong_name_and_wrong_password_read_the_same(client, alice):
    wrong = sign_in(client, "alice", "not the password")
    nobody = sign_in(client, "mallory", "not the password")
    empty = sign_in(client, "\x00", "not the password")
    assert wrong.status_code == nobody.status_code == empty.status_code == 401

    def page(answer):
        return [line for line in answer.text.splitlines() if "csrf" not in line.lower()]

    assert page(wrong) == page(nobody)


def test_failures_make_wait(client, alice):
    for _ in range(5):
        assert sign_in(client, "alice", "wrong password").status_code == 401
    refused = sign_in(client)
    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) >= 1
    assert sign_in(client, "bob", "wrong password").status_code == 401


def test_backoff_doubles_and_forgets():
    backoff = Backoff(free=2, longest=60, size=3)
    waits = []
    now = 0.0
    for _ in range(9):
        waits.append(backoff.wait("a", now))
        now += waits[-1]
        backoff.failed("a", now)
    assert waits == [0, 0, 1, 2, 4, 8, 16, 32, 60]
    assert backoff.wait("b", now) == 0
    for other in "xyz":
        backoff.failed(other, now)
    assert backoff.wait("a", now) == 0, "bounded: the oldest key is forgotten"


@pytest.mark.parametrize(
    "following",
    ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:1", "/a\nb", "", "x"],
)
def test_sign_in_never_leads_elsewhere(client, alice, following):
    assert sign_in(client, following=following).headers["location"] == "/"


def test_sign_in_leads_to_where_one_wanted_to_go(client, alice):
    where = client.get("/cases?status=open").headers["location"]
    assert where == "/login?next=%2Fcases%3Fstatus%3Dopen"
    assert (
        sign_in(client, following="/cases?status=open").headers["location"] == "/cases?status=open"
    )


@pytest.mark.parametrize("address", ["http://[", "", "//evil.example", "javascript:alert(1)"])
def test_htmx_with_a_strange_address_is_told_to_sign_in_here(client, address):
    headers = {"HX-Request": "true", "HX-Current-URL": address}
    answer = client.get("/live", headers=headers)
    assert answer.status_code == 401
    assert answer.headers["hx-redirect"].startswith("/login?next=")
    assert "evil" not in answer.headers["hx-redirect"]


def test_htmx_is_told_to_sign_in(client):
    open_page = "http://testserver/cases?status=all"
    headers = {"HX-Request": "true", "HX-Current-URL": open_page}
    answer = client.get("/live", headers=headers)
    assert answer.status_code == 401
    assert answer.headers["hx-redirect"] == "/login?next=%2Fcases%3Fstatus%3Dall"


@pytest.mark.parametrize("token", [None, "", "wrong", "ü", "\ud800"])
def test_forms_need_the_sessions_token(client, alice, token):
    data = login_form(client, "alice", PASSWORD)
    del data["csrf"]
    if token is not None:
        data["csrf"] = token.encode("utf-8", "replace").decode()
    assert client.post("/login", data=data).status_code == 403


def test_token_of_another_session_does_not_fit(app, client, alice):
    with TestClient(app) as other:
        stolen = login_form(other, "x", "y")["csrf"]
    data = login_form(client, "alice", PASSWORD) | {"csrf": stolen}
    assert client.post("/login", data=data).status_code == 403


def test_token_may_come_as_header(client, alice):
    data = login_form(client, "alice", PASSWORD)
    token = data.pop("csrf")
    assert client.post("/login", data=data, headers={"X-CSRF-Token": token}).status_code == 303


def test_cookies_are_out_of_reach_of_scripts_and_strangers(client, node, settings):
    cookie = client.get("/login").headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "secure" not in cookie
    safe = create_app(node, msgspec.structs.replace(settings, https=True))
    with TestClient(safe, base_url="https://testserver") as there:
        answer = there.get("/login")
    cookie = answer.headers["set-cookie"].lower()
    assert cookie.startswith("__host-lianzhi=")
    assert "secure" in cookie
    assert "strict-transport-security" in answer.headers


@pytest.mark.parametrize("path", ["/login", "/healthz", "/v1/cases", "/nowhere", "/openapi.json"])
def test_every_response_is_guarded(client, path):
    headers = client.get(path).headers
    policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert "camera=()" in headers["permissions-policy"]
    assert headers["cache-control"] == "no-store"
    assert "strict-transport-security" not in headers


def test_only_served_hosts_are_answered(client, node, settings):
    answer = client.get("/healthz", headers={"Host": "evil.example"})
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert client.get("/healthz", headers={"Host": "testserver:8000"}).status_code == 200
    below = create_app(node, msgspec.structs.replace(settings, hosts=("*.example.org", "[::1]")))
    with TestClient(below) as there:
        for host, status in [
            ("a.example.org", 200),
            ("example.org", 400),
            ("a.example.org.evil", 400),
            ("[::1]:8000", 200),
            ("", 400),
        ]:
            assert there.get("/healthz", headers={"Host": host}).status_code == status, host


def test_requests_carry_an_id_that_a_trusted_proxy_may_choose(app, client):
    async def behind_a_proxy(scope, receive, send):
        scope.setdefault("state", {})[FROM_PROXY] = True
        await app(scope, receive, send)

    def id_of(client, *given):
        headers = [("X-Request-ID", each) for each in given]
        return client.get("/healthz", headers=headers).headers["x-request-id"]

    with TestClient(behind_a_proxy) as proxy:
        assert id_of(proxy, "abc-1") == "abc-1"
        for made in (id_of(proxy, "a b"), id_of(proxy, "a" * 65), id_of(proxy, "a", "b")):
            assert re.fullmatch("[0-9a-f]{16}", made)
    assert re.fullmatch("[0-9a-f]{16}", id_of(client, "abc-1"))


def test_every_line_of_a_request_bears_its_id(client, node, bearer, caplog):
    seen = []

    def submit() -> None:
        seen.append(REQUEST_ID.get())  # in a thread of the pool

    node.intake.on_submit = submit
    headers = {"Content-Type": "application/x-ndjson"} | bearer("ingest")
    answer = client.post("/v1/events", content=b"{}", headers=headers)
    assert seen == [answer.headers["x-request-id"]]
    assert REQUEST_ID.get() == ""


def test_a_crash_tells_nothing_but_its_id(client, node, bearer, caplog):
    def crash() -> None:
        raise RuntimeError("secret detail")

    node.intake.on_submit = crash
    headers = {"Content-Type": "application/x-ndjson"} | bearer("ingest")
    answer = client.post("/v1/events", content=b"{}", headers=headers)
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert "secret detail" not in answer.text
    assert answer.headers["x-request-id"] in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-request-id"] in caplog.text


def test_access_log_names_routes_never_people_queries_or_bodies(client, alice, bearer, caplog):
    caplog.set_level(logging.INFO, "lianzhi.access")
    key = bearer("read", "protect")
    client.get("/v1/findings?about=victim-7", headers=key)
    client.get("/v1/cases/victim-8", headers=key)
    client.post("/v1/nudge", json={"text": "victim-9"}, headers=key)
    sign_in(client)
    lines = [record.getMessage() for record in caplog.records if record.name == "lianzhi.access"]
    assert any("GET /v1/cases/{case} 404" in line for line in lines), lines
    for secret in ("victim-", PASSWORD, "alice", key["Authorization"].split("_", 2)[2]):
        assert not any(secret in line for line in lines)


def test_one_address_is_slowed_down(node, settings):
    slow = create_app(node, msgspec.structs.replace(settings, client_rate=0.001, client_burst=3.0))
    with TestClient(slow) as there:
        answers = [there.get("/v1/cases") for _ in range(4)]
        assert [answer.status_code for answer in answers] == [401, 401, 401, 429]
        assert answers[-1].headers["content-type"] == "application/problem+json"
        assert int(answers[-1].headers["retry-after"]) > 1
        assert there.get("/healthz").status_code == 200
