"""The pages of the staff: who may sign in, which programs may call, and who has looked."""

import re

import pytest
from web_house import PASSWORD, csrf_of, login_form

from lianzhi.store import accounts

DAY = 86_400_000


@pytest.fixture
def boss(signed_in):
    client = signed_in("admin")
    client.cookies.set("lang", "en")
    return client


def user_of(node, name):
    return next(one for one in accounts.list_users(node.engine) if one.name == name)


def last(node):
    index = node.ledger.size - 1
    (entry,) = node.ledger.entries(index)
    return entry.kind, node.ledger.payload(index)


def shown_once(answer):
    """The secret that a page shows."""
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    return re.search(r'class="secret"><code>([^<]+)<', answer.text)[1]


def test_adding_somebody_who_then_signs_in_and_changes_the_password(node, boss, client):
    answer = boss.post("/people/users", data={"name": "New", "roles": ["viewer", "appeals"]})
    password = shown_once(answer)
    assert password not in boss.get("/people").text
    kind, entry = last(node)
    assert entry.pop("mark")
    assert (kind, entry) == (
        "user.added",
        {"user": "new", "roles": ["viewer", "appeals"], "by": "admin-0"},
    )
    assert client.post("/login", data=login_form(client, "new", password)).status_code == 303
    data = {"old": password, "new": "another battery staple", "csrf": csrf_of(client)}
    assert client.post("/password", data=data).status_code == 303


def test_roles_are_set_and_count_at_once(node, boss, signed_in):
    other = signed_in("viewer")
    assert other.post("/cases/0/assign").status_code == 403
    user = user_of(node, "viewer-1")
    answer = boss.post(f"/people/users/{user.id}/roles", data={"roles": ["reviewer", "senior"]})
    assert answer.headers["location"] == "/people?done=roles"
    assert "Roles are set" in boss.get("/people?done=roles").text
    assert other.post("/cases/0/assign").status_code == 404
    assert last(node)[1]["roles"] == ["reviewer", "senior"]


def test_disabling_enabling_unlocking(node, boss, signed_in):
    other = signed_in("viewer")
    user = user_of(node, "viewer-1")
    assert boss.post(f"/people/users/{user.id}/disable").status_code == 303
    assert other.get("/settings").status_code == 303
    assert "Disabled" in boss.get("/people").text
    assert boss.post(f"/people/users/{user.id}/enable").status_code == 303
    for _ in range(10):
        accounts.authenticate(node.ledger, user.name, "wrong password", node.clock)
    assert "Locked until" in boss.get("/people").text
    assert boss.post(f"/people/users/{user.id}/unlock").status_code == 303
    assert "Locked until" not in boss.get("/people").text
    assert accounts.authenticate(node.ledger, user.name, PASSWORD, node.clock) is not None


def test_nobody_changes_their_own_roles_nor_removes_the_last_administrator(node, boss, signed_in):
    own = user_of(node, "admin-0")
    size = node.ledger.size
    for path, data in (("roles", {"roles": ["viewer"]}), ("disable", {})):
        answer = boss.post(f"/people/users/{own.id}/{path}", data=data)
        assert answer.status_code == 422
        assert "Nobody changes their own roles" in answer.text
    assert f"/people/users/{own.id}/" not in boss.get("/people").text
    assert node.ledger.size == size
    second = signed_in("admin")
    assert second.post(f"/people/users/{own.id}/disable").status_code == 303
    assert boss.get("/people").status_code == 303


@pytest.mark.parametrize(
    ("path", "data", "said"),
    [
        ("users", {"name": "x"}, "Choose at least one role"),
        ("users", {"name": "x", "roles": "owner"}, "Choose at least one role"),
        ("users", {"name": "\t", "roles": "viewer"}, "name can&#39;t be used"),
        ("users", {"name": "ADMIN-0", "roles": "viewer"}, "This name is taken"),
        ("keys", {"label": "x", "days": "30"}, "Choose at least one scope"),
        ("keys", {"label": "\t", "days": "30", "scopes": "read"}, "which program uses the key"),
    ],
)
def test_refusals_say_why_in_words(node, boss, path, data, said):
    size = node.ledger.size
    answer = boss.post(f"/people/{path}", data=data)
    assert answer.status_code == 422
    assert said in answer.text
    assert node.ledger.size == size


def test_a_key_from_first_to_last(node, boss, client):
    asked = {"label": "plat<b>form", "scopes": ["read", "protect"], "days": "30"}
    token = shown_once(boss.post("/people/keys", data=asked))

    def status(of):
        return client.get("/v1/cases", headers={"Authorization": f"Bearer {of}"}).status_code

    assert status(token) == 200
    (key,) = accounts.list_keys(node.engine)
    assert (key.scopes, key.expires_at) == (("protect", "read"), node.clock + 30 * DAY)
    page = boss.get("/people").text
    assert "plat&lt;b&gt;form" in page
    assert token not in page
    again = shown_once(boss.post(f"/people/keys/{key.id}/rotate", data={"overlap": "1"}))
    assert (status(token), status(again)) == (200, 200)
    for _ in range(2):
        node.clock += 1_800_000
        boss.get("/people")
    assert (status(token), status(again)) == (401, 200)
    assert boss.post(f"/people/keys/{key.id}/revoke").status_code == 303
    assert status(again) == 401
    assert boss.post(f"/people/keys/{key.id}/revoke").status_code == 404
    kinds = [e.kind for e in node.ledger.entries() if e.kind.startswith("key.")]
    refused = "key.refused"  # once in an hour
    assert kinds == ["key.added", "key.rotated", refused, "key.revoked"]


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("/people/keys", {"label": "x", "scopes": "read", "days": "-1"}),
        ("/people/keys", {"label": "x" * 201, "scopes": "read", "days": "1"}),
        ("/people/users", {"name": "x", "roles": ["viewer"] * 21}),
        ("/people/keys/x/rotate", {"overlap": "100000"}),
        ("/password", {"old": "x" * 2000, "new": "y"}),
    ],
)
def test_every_input_has_its_limit(boss, path, data):
    assert boss.post(path, data=data).status_code == 422


@pytest.mark.parametrize("path", ["/people", "/looks", "/settings"])
def test_new_pages_keep_the_content_policy(signed_in, path):
    answer = signed_in("admin", "auditor").get(path)
    policy = dict(p.split(" ", 1) for p in answer.headers["content-security-policy"].split("; "))
    assert policy["script-src"] == policy["style-src"] == policy["form-action"] == "'self'"
    assert not re.search(r"<script(?![^>]*src=)|<style|\sstyle=|\son\w+=", answer.text)


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("/people/users", {"name": "x", "roles": "viewer"}),
        ("/people/keys", {"label": "x", "scopes": "read", "days": "1"}),
        ("/password", {"old": PASSWORD, "new": "another battery staple"}),
    ],
)
@pytest.mark.parametrize("token", [None, "wrong"])
def test_new_forms_need_the_sessions_token(node, boss, path, data, token):
    del boss.headers["X-CSRF-Token"]
    size = node.ledger.size
    more = {} if token is None else {"csrf": token}
    assert boss.post(path, data=data | more).status_code == 403
    assert node.ledger.size == size


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_rail_names_only_what_one_may_open(signed_in, language):
    for roles, pages in (
        (("reviewer",), set()),
        (("admin",), {"/people"}),
        (("auditor",), {"/looks"}),
        (("admin", "auditor"), {"/people", "/looks"}),
    ):
        client = signed_in(*roles)
        client.cookies.set("lang", language)
        page = client.get("/").text
        assert {p for p in ("/people", "/looks") if f'href="{p}"' in page} == pages


def test_the_body_of_a_user_and_of_a_key_is_set_shown_and_on_the_record(node, boss, signed_in):
    signed_in("viewer")
    user = user_of(node, "viewer-1")
    path = f"/people/users/{user.id}/body"
    answer = boss.post(path, data={"kind": "department", "name": " 海关 "})
    assert answer.headers["location"] == "/people?done=body"
    kind, entry = last(node)
    assert (kind, entry["change"], entry["body"]) == ("user.changed", "body", "department:海关")
    assert (entry["user"], entry["by"]) == ("viewer-1", "admin-0")
    assert "海关<span" in boss.get("/people?done=body").text
    assert "The body is set" in boss.get("/people?done=body").text
    shown_once(boss.post("/people/keys", data={"label": "shop", "scopes": "read", "days": "30"}))
    (key,) = accounts.list_keys(node.engine)
    own = {"kind": "platform", "name": "Shop"}
    assert boss.post(f"/people/keys/{key.id}/body", data=own).status_code == 303
    assert last(node)[0] == "key.changed"
    assert str(accounts.list_keys(node.engine)[0].body) == "platform:Shop"
    assert boss.post(path, data={"kind": ""}).status_code == 303
    assert user_of(node, "viewer-1").body is None


@pytest.mark.parametrize(("kind", "name"), [("army", "x"), ("squad", " "), ("squad", "x" * 81)])
def test_a_body_that_is_none_is_refused(node, boss, signed_in, kind, name):
    signed_in("viewer")
    user, size = user_of(node, "viewer-1"), node.ledger.size
    answer = boss.post(f"/people/users/{user.id}/body", data={"kind": kind, "name": name})
    assert answer.status_code == 422
    assert "Choose a kind of body" in answer.text
    assert node.ledger.size == size


def test_nobody_sets_their_own_body(node, boss):
    own, size = user_of(node, "admin-0"), node.ledger.size
    answer = boss.post(f"/people/users/{own.id}/body", data={"kind": "squad", "name": "5"})
    assert answer.status_code == 422
    assert "Nobody changes their own body" in answer.text
    assert node.ledger.size == size
