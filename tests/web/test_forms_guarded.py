"""Every form needs its token, no form leads elsewhere, and a session is made at sign-in."""

import re

import msgspec
import pytest
from fastapi.routing import iter_route_contexts
from starlette.testclient import TestClient
from web_house import NOW, PASSWORD, login_form

from lianzhi.chain.roles import ROLES
from lianzhi.store import accounts
from lianzhi.web.app import create_app

SAFE = {"GET", "HEAD", "OPTIONS"}
EVIL = ["//evil.example", "https://evil.example", "/\\evil.example", "/\r\nX: y", "javascript:1"]


@pytest.fixture
def alice(node):
    return accounts.add_user(node.ledger, "alice", PASSWORD, ROLES, NOW, "test")


def test_no_address_outside_the_api_changes_anything_without_its_token(node, app, client, alice):
    assert client.post("/login", data=login_form(client, "alice", PASSWORD)).status_code == 303
    size, asked = node.ledger.size, 0
    for route in iter_route_contexts(app.routes):
        if route.path.startswith("/v1/"):
            continue
        path = re.sub(r"{\w+(:path)?}", "x", route.path)
        for method in (route.methods or set()) - SAFE:
            for data in ({}, {"csrf": ""}, {"csrf": "x" * 32}):
                answer = client.request(method, path, data=data)
                assert answer.status_code == 403, (method, path)
                assert "token" in answer.text or "令牌" in answer.text or "表单" in answer.text
            asked += 1
    assert asked > 45
    assert node.ledger.size == size


@pytest.mark.parametrize("evil", EVIL)
@pytest.mark.parametrize("path", ["/theme", "/language"])
def test_choosing_how_pages_look_leads_nowhere_else(signed_in, path, evil):
    answer = signed_in("viewer").post(path, data={"to": "en", "next": evil})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


def test_a_session_that_somebody_planted_is_not_signed_in_later(client, app, alice):
    form = login_form(client, "alice", PASSWORD)
    planted = dict(client.cookies)
    assert client.post("/login", data=form).status_code == 303
    assert client.get("/cases").status_code == 200
    other = TestClient(app, follow_redirects=False, cookies=planted)
    assert other.get("/cases").headers["location"].startswith("/login")
    assert client.cookies["lianzhi"] != planted["lianzhi"]


def token(page):
    return re.search(r'name="csrf" value="([^"]+)"', page.text)[1]


def test_every_cookie_is_out_of_reach_of_scripts_and_other_sites(node, alice, settings):
    safe = create_app(node, msgspec.structs.replace(settings, https=True))
    with TestClient(safe, base_url="https://testserver", follow_redirects=False) as client:
        answers = [client.get("/login")]
        form = {"name": "alice", "password": PASSWORD, "csrf": token(answers[0])}
        answers.append(client.post("/login", data=form))
        csrf = {"csrf": token(client.get("/cases"))}
        answers += [client.post(path, data=csrf | {"to": "en"}) for path in ("/theme", "/language")]
    cookies = [cookie for one in answers for cookie in one.headers.get_list("set-cookie")]
    assert {cookie.partition("=")[0] for cookie in cookies} >= {
        *("__Host-lianzhi", "lianzhi-browser", "theme", "lang")
    }
    for cookie in map(str.lower, cookies):
        assert "httponly" in cookie
        assert re.search(r"; secure(;|$)", cookie)
        assert re.search(r"samesite=(lax|strict)", cookie)
        assert "domain=" not in cookie
