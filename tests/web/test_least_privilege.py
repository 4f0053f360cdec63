"""Who may do what: every route, asked by everyone there is.

A new route is one line of `TABLE`; a route without one fails the first test.
"""

import re
from pathlib import Path

import pytest
from fastapi.routing import iter_route_contexts
from starlette.testclient import TestClient
from web_house import csrf_of

from lianzhi.chain.roles import GRANTS, PERMISSIONS
from lianzhi.store.accounts import ROLES
from lianzhi.store.keys import SCOPES

ANYONE, USER, PEER = "anyone", "user", "peer"
NDJSON = {"content": b"{}", "headers": {"Content-Type": "application/x-ndjson"}}
GRANT = {"account": "u1", "channels": ["comment"], "expires_at": 4_102_444_800_000}
CHECK = {"channel": "comment", "actor": "a", "target": "b"}
ONCE = {"hours": "1", "channels": "comment", "strangers": "true"}
PASSWORDS = {"old": "not the password", "new": "another battery staple"}
DECISION = {"orders": [], "reason": "x", "ground": "harassment"}
APPEAL = {"decision": "0", "account": "x", "reason": "x"}
CONTACT = {"mail": "x@example.org", "language": "zh"}
REVERSAL = {"reason": "x", "measures": "x"}
ANSWER = {"outcome": "upheld", "reason": "x"}
VERDICT = {"outcome": "handled", "reason": "x"}
LINK = {"decision": "0", "account": "x", "party": "affected"}
SWITCH = {"rule": "x", "mode": "shadow", "reason": "x"}

#: (method, path): who may ask, answer when admitted, request. Who is a scope under /v1 and a
#: permission elsewhere; or anyone, any user who is signed in, or another platform by signature.
#: Asked in this order: what changes the answers of others comes last.
TABLE = {
    ("GET", "/openapi.json"): (ANYONE, 200, {}),
    ("GET", "/healthz"): (ANYONE, 200, {}),
    ("GET", "/readyz"): (ANYONE, 200, {}),
    ("GET", "/metrics"): ("read", 200, {}),
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
    ("POST", "/cases/{case}/forget"): ("work", 404, {"data": {"reason": "x"}}),
    ("GET", "/v1/record/checkpoint"): ("read", 200, {}),
    ("GET", "/v1/record/entries/{index}/proof"): ("read", 200, {}),
    ("GET", "/v1/record/consistency"): ("read", 200, {"params": {"first": 0, "second": 0}}),
    ("GET", "/v1/scorecard"): ("read", 200, {}),
    ("GET", "/scorecard"): ("read", 200, {}),
    ("GET", "/chains"): ("read", 200, {}),
    ("GET", "/chains/{case}"): ("read", 404, {}),
    ("POST", "/chains/{case}/look"): (
        "work",
        404,
        {"data": {"tier": "tools", "hit": "true", "text": "x"}},
    ),
    ("GET", "/scorecard.csv"): ("read", 200, {}),
    ("GET", "/transparency"): (ANYONE, 404, {}),
    ("GET", "/transparency.csv"): (ANYONE, 404, {}),
    ("GET", "/v1/looks"): ("audit", 200, {}),
    ("GET", "/v1/signals"): (PEER, 401, {"params": {"from": "beta", "to": "alpha"}}),
    ("POST", "/v1/signals"): (PEER, 401, {"json": {}}),
    ("POST", "/v1/protections"): ("protect", 201, {"json": GRANT}),
    ("POST", "/v1/cases/{case}/decisions"): ("decide", 404, {"json": DECISION}),
    ("POST", "/v1/cases/{case}/evidence"): ("read", 404, {}),
    ("GET", "/v1/decisions"): ("read", 200, {}),
    ("GET", "/v1/decisions/{decision}"): ("read", 404, {}),
    ("GET", "/v1/decisions/{decision}/statements"): ("read", 404, {}),
    ("GET", "/v1/statements"): ("read", 200, {}),
    ("GET", "/v1/measures"): ("read", 200, {}),
    ("GET", "/v1/measures/{measure}"): ("read", 404, {}),
    ("POST", "/v1/measures/{measure}/transfer"): ("read", 404, {}),
    ("POST", "/v1/measures/{measure}/lift"): ("decide", 404, {"json": {"reason": "x"}}),
    ("POST", "/v1/measures/{measure}/done"): ("decide", 404, {"json": {}}),
    ("GET", "/v1/report-classes"): ("report", 200, {}),
    ("POST", "/v1/reports"): ("report", 201, {"json": {"category": "insult", "reporter": "x"}}),
    ("GET", "/v1/reports"): ("read", 200, {}),
    ("GET", "/v1/reports/{report}"): ("report", 404, {}),
    ("POST", "/v1/reports/{report}/contest"): ("report", 404, {"json": {"reason": "x"}}),
    ("POST", "/v1/report-links"): ("report", 201, {"json": {"reporter": "x"}}),
    ("POST", "/v1/appeal-links"): ("report", 404, {"json": LINK}),
    ("GET", "/report/{token}"): (ANYONE, 404, {}),
    ("POST", "/report/{token}"): (ANYONE, {403, 404}, {}),
    ("GET", "/appeal/{token}"): (ANYONE, 404, {}),
    ("POST", "/appeal/{token}"): (ANYONE, {403, 404}, {}),
    ("GET", "/receipt/{token}"): (ANYONE, 404, {}),
    ("POST", "/receipt/{token}"): (ANYONE, {403, 404}, {}),
    ("GET", "/reports"): ("read", 200, {}),
    ("GET", "/reports/{report}"): ("read", 404, {}),
    ("GET", "/reports/new"): ("work", 200, {}),
    ("POST", "/reports/new"): ("work", {303, 422}, {"data": {"category": "insult"}}),
    ("GET", "/reports/{report}/case"): ("work", 404, {}),
    ("POST", "/reports/{report}/case"): ("work", 404, {"data": {"about": "x"}}),
    ("POST", "/reports/{report}/join"): ("work", 404, {"data": {"case": "x"}}),
    ("POST", "/reports/{report}/answer"): ("work", 404, {"data": VERDICT}),
    ("POST", "/reports/{report}/route"): ("work", 404, {"data": {"class": "fraud"}}),
    ("POST", "/v1/appeals"): ("report", 404, {"json": APPEAL}),
    ("GET", "/v1/appeals/{appeal}"): ("report", 404, {}),
    ("GET", "/v1/campaigns"): ("read", 200, {}),
    ("GET", "/v1/campaigns/{campaign}"): ("read", 404, {}),
    ("GET", "/v1/notices"): ("notices", 200, {"params": {"account": "x"}}),
    ("POST", "/v1/notices/{notice}/read"): ("notices", 404, {}),
    ("PUT", "/v1/contacts/{account}"): ("notices", 204, {"json": CONTACT}),
    ("DELETE", "/v1/contacts/{account}"): ("notices", {204, 404}, {}),
    ("GET", "/login"): (ANYONE, {200, 303}, {}),
    ("POST", "/login"): (ANYONE, 401, {"data": {"name": "x", "password": "y"}}),
    ("GET", "/login/oidc"): (ANYONE, 404, {}),
    ("GET", "/login/oidc/back"): (ANYONE, 404, {}),
    ("POST", "/language"): (ANYONE, 303, {"data": {"to": "en"}}),
    ("POST", "/theme"): (ANYONE, 303, {"data": {"to": "dark"}}),
    ("GET", "/"): ("read", 200, {}),
    ("GET", "/live"): ("read", 200, {}),
    ("GET", "/search"): ("read", 303, {}),
    ("GET", "/warnings"): ("read", 200, {}),
    ("GET", "/cases"): ("read", 200, {}),
    ("GET", "/cases/{case}"): ("read", 404, {}),
    ("POST", "/cases/{case}/protection"): ("work", 404, {"data": ONCE}),
    ("POST", "/cases/{case}/assign"): ("work", 404, {}),
    ("POST", "/cases/{case}/note"): ("work", 404, {"data": {"text": "x"}}),
    ("POST", "/cases/{case}/close"): (
        "work",
        404,
        {"data": {"outcome": "settled", "reason": "x"}},
    ),
    ("POST", "/cases/{case}/reopen"): ("work", 404, {"data": {"reason": "x"}}),
    ("POST", "/cases/{case}/revisit"): ("work", 404, {"data": {"rebound": "false"}}),
    ("POST", "/cases/{case}/evidence"): ("work", 404, {}),
    ("GET", "/cases/{case}/why/{seq}"): ("read", 404, {}),
    ("GET", "/cases/{case}/decide"): ("work", 404, {}),
    ("POST", "/cases/{case}/decide"): ("work", 404, {"data": {"facts": "x"}}),
    ("POST", "/cases/{case}/decide/preview"): ("work", 404, {}),
    ("GET", "/decisions"): ("read", 200, {}),
    ("GET", "/decisions/{decision}"): ("read", 404, {}),
    ("GET", "/decisions/{decision}/statements.json"): ("read", 404, {}),
    ("POST", "/decisions/{decision}/confirm"): ("severe", 404, {}),
    ("POST", "/decisions/{decision}/refuse"): ("severe", 404, {"data": {"reason": "x"}}),
    ("POST", "/decisions/{decision}/reverse"): ("work", 404, {"data": REVERSAL}),
    ("POST", "/decisions/{decision}/mark"): ("severe", 404, {"data": {"golden": "true"}}),
    ("GET", "/measures"): ("read", 200, {}),
    ("POST", "/measures/{measure}/transfer"): ("severe", 404, {}),
    ("POST", "/measures/{measure}/lift"): ("work", 404, {"data": {"reason": "x"}}),
    ("POST", "/measures/{measure}/done"): ("work", 404, {}),
    ("POST", "/measures/{measure}/answered"): ("work", 404, {"data": {"answer": "x"}}),
    ("GET", "/appeals"): ("read", 200, {}),
    ("GET", "/appeals/{appeal}"): ("read", 404, {}),
    ("POST", "/appeals/{appeal}/answer"): ("appeals", 404, {"data": ANSWER}),
    ("GET", "/revisits"): ("read", 200, {}),
    ("GET", "/campaign/plans"): ("read", 200, {}),
    ("POST", "/campaign/plans"): ("campaign", 409, {"data": {"title": "x"}}),
    ("GET", "/campaign/plans/new"): ("campaign", 200, {}),
    ("GET", "/campaign/plans/{identity}"): ("read", 404, {}),
    ("GET", "/campaign/plans/{identity}/weeks.csv"): ("read", 404, {}),
    ("GET", "/campaign/plans/{identity}/bulletin.{form}"): ("read", 422, {}),
    ("GET", "/campaign/compare"): ("read", 200, {}),
    ("GET", "/campaign/compare.csv"): ("read", 200, {}),
    ("GET", "/campaign/plans/{identity}/behind/{noun}"): ("read", 422, {}),
    ("POST", "/campaign/plans/{identity}/{key}"): ("campaign", 404, {}),
    ("GET", "/campaign/draws/{identity}"): ("read", 404, {}),
    ("GET", "/campaign/draws/{identity}/roster.csv"): ("read", 404, {}),
    ("POST", "/campaign/draws"): ("campaign", 409, {"data": {"count": "1"}}),
    ("POST", "/campaign/draws/{identity}/{key}"): ("campaign", 404, {}),
    ("GET", "/campaign/samples/{identity}"): ("read", 404, {}),
    ("GET", "/campaign/samples/{identity}/items.csv"): ("read", 404, {}),
    ("POST", "/campaign/samples"): ("campaign", 409, {"data": {"count": "1"}}),
    ("POST", "/campaign/samples/{identity}/{key}"): ("campaign work", 404, {}),
    ("GET", "/campaign/supplies/{identity}"): ("read", 404, {}),
    ("POST", "/campaign/supplies"): ("campaign", 409, {"data": {"words": "x"}}),
    ("POST", "/campaign/supplies/{identity}/{key}"): ("campaign", 404, {}),
    ("GET", "/campaign/tasks/{identity}"): ("read", 404, {}),
    ("POST", "/campaign/tasks"): ("campaign", 409, {"data": {"name": "x"}}),
    ("POST", "/campaign/tasks/{identity}/{key}"): ("campaign", 404, {}),
    ("GET", "/desk"): ("read", 200, {}),
    ("POST", "/desk/next"): ("read", 303, {}),
    ("POST", "/desk/take"): ("read", 404, {"data": {"item": "0"}}),
    ("POST", "/desk/give-back"): ("read", 303, {"data": {"item": "x"}}),
    ("GET", "/desk/looks/{decision}"): ("work", 404, {}),
    ("POST", "/desk/looks/{decision}"): ("work", 404, {"data": {"key": "mute"}}),
    ("GET", "/signals"): ("read", 200, {}),
    ("GET", "/rules"): ("read", 200, {}),
    ("POST", "/rules/switch"): ("rules", 404, {"data": SWITCH}),
    ("GET", "/lexicons"): ("read", 200, {}),
    ("GET", "/lexicons/new"): ("work", 200, {}),
    ("POST", "/lexicons/new"): ("work", 422, {"data": {"term": "x"}}),
    ("POST", "/lexicons"): ("work", 422, {"data": {"term": "x", "reason": "x"}}),
    ("GET", "/lexicons/try"): ("work", 200, {}),
    ("POST", "/lexicons/try"): ("work", 200, {"data": {"text": "x"}}),
    ("GET", "/lexicons/{term}"): ("read", 404, {}),
    ("POST", "/lexicons/{term}/switch"): (
        "rules",
        404,
        {"data": {"to": "active", "reason": "x"}},
    ),
    ("GET", "/delivery"): ("operate", 200, {}),
    ("POST", "/delivery/{letter}/retry"): ("operate", 404, {}),
    ("GET", "/protections"): ("read", 200, {}),
    ("POST", "/protections/{protection}/lift"): ("work", 404, {}),
    ("GET", "/quarantine"): ("read", 200, {}),
    ("GET", "/record"): ("read", 200, {}),
    ("POST", "/record/verify"): ("audit", 200, {}),
    ("GET", "/looks"): ("audit", 200, {}),
    ("GET", "/people"): ("people", 200, {}),
    ("POST", "/people/users"): ("people", 422, {"data": {"name": "x"}}),
    ("POST", "/people/users/{user_id}/roles"): ("people", 404, {"data": {"roles": "viewer"}}),
    ("POST", "/people/users/{user_id}/body"): ("people", 404, {}),
    ("POST", "/people/users/{user_id}/disable"): ("people", 404, {}),
    ("POST", "/people/users/{user_id}/enable"): ("people", 404, {}),
    ("POST", "/people/users/{user_id}/unlock"): ("people", 404, {}),
    ("POST", "/people/keys"): ("people", 422, {"data": {"label": "x", "days": "1"}}),
    ("POST", "/people/keys/{key}/rotate"): ("people", 404, {"data": {"overlap": "1"}}),
    ("POST", "/people/keys/{key}/body"): ("people", 404, {}),
    ("POST", "/people/keys/{key}/revoke"): ("people", 404, {}),
    ("GET", "/settings"): (USER, 200, {}),
    ("POST", "/password"): (USER, 401, {"data": PASSWORDS}),
    ("POST", "/logout"): (USER, 303, {}),
}
FORMS = [route for route in TABLE if route[0] == "POST" and not route[1].startswith("/v1/")]
EVERYONE = ["anonymous", *ROLES, *(f"key:{scope}" for scope in SCOPES)]
#: Whom the quick tests ask as: nobody, the least role, those who rule and decide, and one key.
FEW = {"anonymous", "viewer", "admin", "senior", "key:read"}


def expected(caller, method, path):
    """The answer that the rules give this caller."""
    who, allowed, _ = TABLE[method, path]
    if who == PEER:  # other platforms sign; sessions and keys count for nothing
        return {401}
    api = is_api(path)
    allowed = allowed if isinstance(allowed, set) else {allowed}
    if caller.startswith("key:"):
        if (method, path) in FORMS:
            return {403}  # a key brings no session, and so no token
        if api:
            return allowed if caller == f"key:{who}" else {403}
        return allowed if who == ANYONE else {303}
    if api:
        return {401}
    if who == ANYONE:
        return allowed
    if caller == "anonymous":
        return {303} if method == "GET" else {401}
    return allowed if who == USER or GRANTS[caller].intersection(who.split()) else {403}


def ask(client, method, path, **request):
    return client.request(method, re.sub(r"{\w+}", "0", path), **request)


def test_the_table_names_every_route(app):
    found = set()
    for route in iter_route_contexts(app.routes):
        for method in getattr(route, "methods", None) or {"GET"}:
            if method != "HEAD":
                found.add((method, route.path))
    assert found == set(TABLE)


def test_the_docs_say_what_each_scope_opens():
    page = (Path(__file__).parents[2] / "docs" / "people.md").read_text("utf-8")
    listed = {}
    for scope, cells in re.findall(r"^\| `(\w+)` \| (`[A-Z]+ /.*) \|$", page, re.MULTILINE):
        listed[scope] = set(re.findall(r"`([A-Z]+) (/[^`]*)`", cells))
    api = {route: who for route, (who, *_) in TABLE.items() if who in SCOPES and is_api(route[1])}
    opens = {scope: {r for r, who in api.items() if who == scope} for scope in SCOPES}
    opens["decide_for"] = {("POST", "/v1/cases/{case}/decisions")}  # see test_decided_by.py
    assert listed == opens


def is_api(path):
    """Whether a route is asked with keys."""
    return path.startswith("/v1/") or path == "/metrics"


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


@pytest.mark.parametrize(
    "caller", [pytest.param(c, marks=() if c in FEW else pytest.mark.slow) for c in EVERYONE]
)
def test_everyone_is_let_in_where_they_belong_and_nowhere_else(client_of, caller):
    client, wrong = client_of(caller), []
    for (method, path), (_, _, request) in TABLE.items():
        status = ask(client, method, path, **request).status_code
        if status not in expected(caller, method, path):
            wrong.append((method, path, status, expected(caller, method, path)))
    assert wrong == []


@pytest.mark.parametrize(("method", "path"), FORMS)
def test_no_form_is_taken_without_its_token(signed_in, method, path):
    client = signed_in("admin", "senior", "appeals", "auditor")
    del client.headers["X-CSRF-Token"]
    answer = ask(client, method, path, **TABLE[method, path][2])
    assert answer.status_code == 403


def test_no_role_holds_everything_and_every_permission_is_held():
    held = set().union(*GRANTS.values())
    assert held == set(PERMISSIONS)
    assert all(granted < held for granted in GRANTS.values())
    decide, rule = {"work", "severe", "appeals"}, {"people", "operate"}
    for role, granted in GRANTS.items():
        assert not (granted & decide and granted & rule), role
        assert not ("audit" in granted and granted - {"read", "audit"}), role


def test_roles_add_up(signed_in):
    both, lone = signed_in("admin", "reviewer"), signed_in("admin")
    assert both.post("/cases/0/assign").status_code == 404
    assert lone.post("/cases/0/assign").status_code == 403
    assert both.get("/people").status_code == lone.get("/people").status_code == 200
    assert both.get("/looks").status_code == 403
