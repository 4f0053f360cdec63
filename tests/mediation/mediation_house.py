"""A node of this domain, people of every kind, and the console in front of it."""

import datetime as dt
from contextlib import contextmanager
from pathlib import Path

from starlette.testclient import TestClient

from lianzhi.config import Config
from lianzhi.jobs.node import Node
from lianzhi.law.clock import midnight
from lianzhi.store.accounts import add_user
from lianzhi.web.app import create_app
from lianzhi.web.core.settings import Settings

PASSWORD = "correct horse battery"
TODAY = dt.date(2026, 3, 2)
PEOPLE = {
    "reader": "viewer",
    "sen": "senior",
    "rec": "receptionist",
    "lead": "mediation_lead",
}


class Clock:
    def __init__(self):
        self.now = midnight(TODAY) + 10 * 3_600_000

    def __call__(self):
        return self.now

    def move(self, days):
        self.now += days * 86_400_000


@contextmanager
def opened(home: Path):
    """The node, its clock at `node.time`."""
    clock = Clock()
    with Node(home, Config(domains=("mediation",)), clock=clock) as node:
        for name, role in PEOPLE.items():
            add_user(node.ledger, name, PASSWORD, [role], clock.now, "test")
        node.time = clock
        node.app = create_app(node, Settings(client_rate=1e6, client_burst=1e6))
        yield node


class Console:
    """Somebody signed in, on a browser without scripts."""

    def __init__(self, node, name, language="zh"):
        self.client = TestClient(node.app, base_url="http://localhost", follow_redirects=False)
        page = self.client.get("/login").text
        token = page.split('name="csrf" value="')[1].split('"')[0]
        given = {"name": name, "password": PASSWORD, "csrf": token}
        assert self.client.post("/login", data=given).status_code == 303
        self.headers = {"accept": "text/html", "accept-language": language}
        page = self.client.get("/settings", headers=self.headers).text
        self.token = page.split('X-CSRF-Token": "')[1].split('"')[0]

    def get(self, path):
        return self.client.get(path, headers=self.headers)

    def post(self, path, **fields):
        return self.client.post(path, data={"csrf": self.token, **fields}, headers=self.headers)
