"""Who may do what: every route, asked by everyone there is."""

import re

import pytest
from fastapi.routing import iter_route_contexts
from starlette.testclient import TestClient
from web_house import csrf_of

from lianzhi.store.accounts import ROLES, SCOPES

ANYONE = "anyone"
HOUR = 3_600_000
NDJSON = {"content": b"{}", "headers": {"Content-Type": "application/x-ndjson"}}
GRANT = {"account": "u1", "channels": ["comment"], "expires_at": 4_102_444_800_000}
CHECK = {"channel": "comment", "actor": "a", "target": "b"}
ONCE = {"hours": "1", "channels": "comment", "strangers": "true"}

#: (method, path): who may ask (a role or above, a scope, or anyone), answer when allowed, request.
#: Asked in this order: what changes the answers of others comes last.
TABLE = {
    ("GET", "/openapi.json"): (ANYONE, 200, {}),
    ("GET", "/healthz"): (ANYONE, 200, {}),
    ("GET", "/readyz"): (ANYONE, 200, {}),
    ("GET", "/static"): (ANYONE, 404, {}),
    ("POST", "/v1/events"): ("ingest", 200, NDJSON),
    ("GET", "/v1/quarantine"): ("read", 200, {}),
    ("GET", "/v1/protections"): ("protect", 200, {}),
    ("GET", "/v1/protections/{protection}"): ("protect", 404, {}),
    ("DELETE", "/v1/protections/{protection}"): ("protect", 404, {}),
    ("POST", "/v1/check"): ("protect", 200, {"json": CHECK}),
    ("POST", "/v1/nudge"): ("protect", 200, {"json": {"text": ""}}),
    ("GET", "/v1/findings"): ("read", 200, {}),
    ("GET", "/v1/cases"): ("read", 200, {}),
    ("GET", "/v1/cases/{case}"): ("read", 404, {}),
    ("GET", "/v1/record/checkpoint"): ("read", 404, {}),
    ("GET", "/v1/record/entries/{index}/proof"): ("read", 404, {}),
    ("GET", "/v1/record/consistency"): ("read", 200, {"params": {"first": 0, "second": 0}}),
    ("POST", "/v1/protections"): ("protect", 201, {"json": GRANT}),
    ("GET", "/login"): (ANYONE, {200, 303}, {}),
    ("POST", "/login"): (ANYONE, 401, {"data": {"name": "x", "password": "y"}}),
    ("POST", "/language"): (ANYONE, 303, {"data": {"to": "en"}}),
    ("POST", "/theme"): (ANYONE, 303, {"data": {"to": "dark"}}),
    ("GET", "/"): ("viewer", 200, {}),
    ("GET", "/live"): ("viewer", 200, {}),
    ("GET", "/search"): ("viewer", 303, {}),
    ("GET", "/warnings"): ("viewer", 200, {}),
    ("GET", "/cases"): ("viewer", 200, {}),
    ("GET", "/cases/{case}"): ("viewer", 404, {}),
    ("POST", "/cases/{case}/protection"): ("reviewer", 404, {"data": ONCE}),
    ("POST", "/cases/{case}/assign"): ("reviewer", 404, {}),
    ("POST", "/cases/{case}/note"): ("reviewer", 404, {"data": {"text": "x"}}),
    ("POST", "/cases/{case}/close"): (
        "reviewer",
        404,
        {"data": {"outcome": "settled", "reason": "x"}},
    ),
    ("POST", "/cases/{case}/reopen"): ("reviewer", 404, {"data": {"reason": "x"}}),
    ("GET", "/protections"): ("viewer", 200, {}),
    ("POST", "/protections/{protection}/lift"): ("reviewer", 404, {}),
    ("GET", "/quarantine"): ("viewer", 200, {}),
    ("GET", "/record"): ("viewer", 200, {}),
    ("POST", "/record/verify"): ("viewer", 200, {}),
    ("GET", "/settings"): ("viewer", 200, {}),
    ("POST", "/logout"): ("viewer", 303, {}),
}
FORMS = [route for route in TABLE if route[0] == "POST" and not route[1].startswith("/v1/")]
EVERYONE = ["anonymous", *ROLES, *(f"key:{scope}" for scope in SCOPES)]


def expected(caller, method, path):
    """The answer that the rules give this caller."""
    who, allowed, _ = TABLE[method, path]
    allowed = allowed if isinstance(allowed, set) else {allowed}
    if caller.startswith("key:"):
        if (method, path) in FORMS:
            return {403}  # a key brings no session, and so no token
        if who in SCOPES:
            return allowed if caller in {f"key:{who}", "key:admin"} else {403}
        return allowed if who == ANYONE else {303}
    if who in SCOPES:
        return {401}
    if who == ANYONE:
        return allowed
    if caller == "anonymous":
        return {303} if method == "GET" else {401}
    return allowed if ROLES.index(caller) >= ROLES.index(who) else {403}


def ask(client, method, path, **request):
    return client.request(method, re.sub(r"{\w+}", "0", path), **request)


def test_the_table_names_every_route(app):
    found = set()
    for route in iter_route_contexts(app.routes):
        for method in getattr(route, "methods", None) or {"GET"}:
            if method != "HEAD":
                found.add((method, route.path))
    assert found == set(TABLE)


@pytest.fixture
def client_of(app, signed_in, bearer):
    """A client that asks as one of EVERYONE."""

    def make(caller):
        if caller in ROLES:
            return signed_in(caller)
        client = TestClient(app, follow_redirects=False)
        if caller.startswith("key:"):
            client.headers |= bearer(caller.removeprefix("key:"))
        else:
            client.get("/login")
            client.headers["X-CSRF-Token"] = csrf_of(client)
        return client

    return make


@pytest.mark.parametrize("caller", EVERYONE)
def test_everyone_is_let_in_where_they_belong_and_nowhere_else(client_of, caller):
    client, wrong = client_of(caller), []
    for (method, path), (_, _, request) in TABLE.items():
        status = ask(client, method, path, **request).status_code
        if status not in expected(caller, method, path):
            wrong.append((method, path, status, expected(caller, method, path)))
    assert wrong == []


@pytest.mark.parametrize(("method", "path"), FORMS)
def test_no_form_is_taken_without_its_token(signed_in, method, path):
    client = signed_in("admin")
    del client.headers["X-CSRF-Token"]
    answer = ask(client, method, path, **TABLE[method, path][2])
    assert answer.status_code == 403
