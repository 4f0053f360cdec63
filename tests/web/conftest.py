"""Fixtures: an application around a node in memory, and clients that call it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient
from web_house import PASSWORD, FakeNode, csrf_of, login_form

from lianzhi.store import accounts
from lianzhi.web.app import create_app
from lianzhi.web.core.settings import Settings


@pytest.fixture(scope="module", autouse=True)
def _cheap(cheap_passwords: None) -> None:
    """Everybody here signs in; what that costs is tried in the tests of accounts."""


@pytest.fixture
def url() -> str:
    """Database of the node: SQLite, unless a module says otherwise."""
    return ""


@pytest.fixture
def node(tmp_path: Path, url: str) -> Iterator[FakeNode]:
    node = FakeNode(tmp_path, url)
    yield node
    node.engine.dispose()


@pytest.fixture
def settings() -> Settings:
    return Settings(hosts=("testserver",), client_rate=1e6, client_burst=1e6, key_cached=0.0)


@pytest.fixture
def app(node: FakeNode, settings: Settings) -> FastAPI:
    return create_app(node, settings)


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, follow_redirects=False) as client:
        yield client


@pytest.fixture
def bearer(node: FakeNode) -> Callable[..., dict[str, str]]:
    """Headers with a fresh key of these scopes."""

    def make(*scopes: accounts.Scope, expires_at: int | None = None) -> dict[str, str]:
        _, token = accounts.add_key(node.ledger, "test", scopes, node.clock, "test", expires_at)
        return {"Authorization": f"Bearer {token}"}

    return make


@pytest.fixture
def signed_in(node: FakeNode, app: FastAPI) -> Iterator[Callable[..., TestClient]]:
    """Clients signed in with roles; `client.headers` carries the CSRF token."""
    opened: list[TestClient] = []

    def make(*roles: accounts.Role) -> TestClient:
        name = f"{'-'.join(roles)}-{len(opened)}"
        accounts.add_user(node.ledger, name, PASSWORD, roles, node.clock, "test")
        client = TestClient(app, follow_redirects=False)
        opened.append(client)
        answer = client.post("/login", data=login_form(client, name, PASSWORD))
        assert answer.status_code == 303, answer.text
        client.headers["X-CSRF-Token"] = csrf_of(client)
        return client

    yield make
    for client in opened:
        client.close()
