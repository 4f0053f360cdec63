"""Who may do what in this domain: every page and every form, asked by everybody there is."""

import re

import pytest
import visit_web as house
from fastapi.routing import iter_route_contexts
from starlette.testclient import TestClient

from consoles import sign_in
from lianzhi.chain.roles import GRANTS
from lianzhi.store.accounts import add_user
from lianzhi.web.app import create_app
from lianzhi.web.core.settings import Settings

PUBLIC = ("/enforcement/public", "/enforcement/visit-worker.js")
#: Beginning of an address -> roles that may open it; the longest beginning counts.
READ = {role for role, granted in GRANTS.items() if "read" in granted}
OPEN = {
    "/enforcement": READ,
    "/enforcement/visit": {"inspector", "observer"},
    "/enforcement/report": {"inspector", "observer"},
    "/enforcement/visit/code": {"dispatcher", "leader"},
    "/enforcement/visit/sheets": {"dispatcher", "leader"},
    "/enforcement/requests/new": {"dispatcher", "leader"},
    "/enforcement/penalties/new": {"inspector"},
    "/enforcement/penalties/spot": {"inspector"},
    "/enforcement/supervision": {"supervisor", "leader", "auditor"},
    "/enforcement/letters/new": {"inspector", "leader", "legal", "supervisor"},
    "/enforcement/risk": {"leader", "supervisor", "dispatcher"},
    "/enforcement/rota/kept": {"leader", "auditor"},
    "/enforcement/import": {"leader"},
    "/enforcement/export": {"leader", "auditor"},
}


@pytest.fixture(scope="module")
def clients(tmp_path_factory):
    with house.opened(tmp_path_factory.mktemp("who")) as node:
        app = create_app(node, Settings(client_rate=1e6, client_burst=1e6))
        found = {}
        for role in GRANTS:
            add_user(node.ledger, role, house.PASSWORD, [role], house.NOW, "test")
            client = TestClient(app, base_url="http://localhost", follow_redirects=False)
            sign_in(client, role, house.PASSWORD)
            found[role] = client
        found[""] = TestClient(app, base_url="http://localhost", follow_redirects=False)
        yield app, found


def routes(app):
    """(method, address) of every page of the domain, with something in each place."""
    for route in iter_route_contexts(app.routes):
        act = "accept" if "/requests/" in (route.path or "") else "drop"
        path = (getattr(route, "path", "") or "").replace("{act}", act)
        path = re.sub(r"\{(\w+)(:\w+)?\}", "x", path)
        if path.startswith("/enforcement"):
            for method in set(route.methods or ()) - {"HEAD"}:
                yield method, path


def allowed(path):
    beginning = max((one for one in OPEN if path.startswith(one)), key=len)
    return OPEN[beginning]


def test_nobody_comes_in_without_signing_in(clients):
    app, found = clients
    count = 0
    for method, path in routes(app):
        if path.startswith(PUBLIC):
            continue
        answer = found[""].request(method, path)
        count += 1
        where = answer.headers.get("location", "")
        assert answer.status_code in (401, 403) or where.startswith("/login"), (method, path)
    assert count > 40


@pytest.mark.parametrize("role", list(GRANTS))
def test_pages_open_to_those_whose_they_are(clients, role):
    app, found = clients
    for method, path in routes(app):
        if method == "GET" and not path.startswith(PUBLIC):
            answer = found[role].get(path)
            refused = answer.status_code == 403
            assert refused == (role not in allowed(path)), (path, answer.status_code)


@pytest.mark.parametrize("role", ["viewer", "reviewer", "admin", "auditor", "appeals"])
def test_who_only_reads_changes_nothing(clients, role):
    app, found = clients
    page = found[role].get("/").text
    token = page.split('name="csrf" value="')[1].split('"')[0]
    for method, path in routes(app):
        if method == "POST" and not path.endswith(("/figures/check", "/export")):
            answer = found[role].post(path, data={"csrf": token})
            assert answer.status_code in (403, 422), (path, answer.status_code)


def test_a_form_without_its_token_is_refused(clients):
    app, found = clients
    for method, path in routes(app):
        if method == "POST":
            assert found["leader"].post(path, data={}).status_code == 403, path
