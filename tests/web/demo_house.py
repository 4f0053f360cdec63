"""A deployment with every registered domain, filled as the demo fills it."""

import queue
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from starlette.testclient import TestClient
from web_house import NOW, PASSWORD, csrf_of, login_form

from lianzhi.cli.demo_campaign import open_campaign
from lianzhi.config import Config
from lianzhi.domains.registry import DOMAINS
from lianzhi.jobs.demo import Platform
from lianzhi.jobs.node import Node
from lianzhi.store import accounts
from lianzhi.web.app import create_app
from lianzhi.web.core.settings import Settings


@contextmanager
def demo_node(home: Path) -> Iterator[Node]:
    """A node whose clock stands still after the demo's invented world was filled in."""
    for domain in DOMAINS.values():
        domain.demo.prepare(home)
    scenario = next(d.demo.scenario() for d in DOMAINS.values() if d.demo.scenario is not None)
    findings: queue.SimpleQueue = queue.SimpleQueue()
    config = Config(lateness_seconds=1.0, domains=tuple(DOMAINS))
    with Node(home, config, clock=lambda: NOW, on_finding=findings.put) as node:
        Platform(node, scenario, findings, lambda event: None).prefill(NOW)
        for domain in node.domains:
            domain.demo.fill(node.desks.get(domain.name), "demo", lambda line: None)
        open_campaign(node.campaigns, "demo")
        yield node


def app_of(node: Node):
    """The application around a node, without limits of rate."""
    return create_app(node, Settings(hosts=("testserver",), client_rate=1e6, client_burst=1e6))


def person(app, node: Node, *roles: accounts.Role) -> TestClient:
    """Somebody signed in with these roles; the client sends the form token."""
    name = "-".join(roles)[:40]
    accounts.add_user(node.ledger, name, PASSWORD, roles, node.now(), "test")
    client = TestClient(app, follow_redirects=False, headers={"accept": "text/html"})
    answer = client.post("/login", data=login_form(client, name, PASSWORD))
    assert answer.status_code == 303, answer.text
    client.headers["X-CSRF-Token"] = csrf_of(client)
    return client


def program(app, node: Node, *scopes: accounts.Scope) -> TestClient:
    """A program with a key of these scopes."""
    _, token = accounts.add_key(node.ledger, "test", scopes, node.now(), "test")
    return TestClient(app, follow_redirects=False, headers={"Authorization": f"Bearer {token}"})
