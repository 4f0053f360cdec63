"""A node with files to supervise, people of every kind, and the console in front of it."""

import datetime as dt
from contextlib import contextmanager
from pathlib import Path

from enforcement_house import HOUR, sign_in
from starlette.testclient import TestClient
from supervised import FILE, PERMIT, PLACE, STAFF, VISIT, changed, officer, on

from lianzhi.config import Config
from lianzhi.domains.enforcement.importing.town_rows import Observer
from lianzhi.jobs.node import Node
from lianzhi.law.clock import midnight
from lianzhi.store.accounts import add_user
from lianzhi.tabular.folder import Folder
from lianzhi.tabular.reading import ReadTable
from lianzhi.web.app import create_app
from lianzhi.web.core.settings import Settings

PASSWORD = "correct horse battery"
TODAY = dt.date(2026, 7, 6)
PEOPLE = {
    "li": "inspector", "wang": "inspector", "mei": "inspector", "chief": "leader",
    "sup": "supervisor", "sup2": "supervisor", "aud": "auditor", "reader": "viewer",
    "law": "legal",
}  # fmt: skip
GRID_WORKER = Observer("qiu", "邱", "grid_worker")
"""Registered, and never yet an observer at a visit."""
LATE = changed(FILE, id="P2", served=on("05-06"), enterprise="E2")


def folder(**some):
    """Files of a town, as if they had been read."""
    kept = {
        "officers": (*STAFF, changed(officer("mei", TODAY + dt.timedelta(10)), squad="S2")),
        "observers": (Observer("ann", "安妮", "volunteer", ("en",)), GRID_WORKER),
        "enterprises": (PLACE, changed(PLACE, id="E2", name="东门仓库")),
        "inspections": (
            VISIT,
            changed(VISIT, id="I2", officers=("li", "ann"), observers=()),
            changed(VISIT, id="I3", officers=("qiu", "wang")),
        ),
        "penalties": (FILE, LATE, *(changed(FILE, id=f"X{k}") for k in range(3, 9))),
        "permits": (PERMIT, changed(PERMIT, id="L2")),
    }
    return Folder({kind: ReadTable(rows) for kind, rows in (kept | some).items()}, ())


class Clock:
    def __init__(self):
        self.now = midnight(TODAY) + 10 * HOUR

    def __call__(self):
        return self.now


@contextmanager
def opened(home: Path, **some):
    """The node, its clock at `node.time`."""
    clock = Clock()
    with Node(home, Config(domains=("enforcement",)), clock=clock) as node:
        for name, role in PEOPLE.items():
            add_user(node.ledger, name, PASSWORD, [role], clock.now, "test")
        node.desks["enforcement"].history.take(folder(**some), "test")
        node.time = clock
        node.app = create_app(node, Settings(client_rate=1e6, client_burst=1e6))
        yield node


class Console:
    """Somebody signed in, on a browser without scripts."""

    def __init__(self, node, name, language="zh"):
        self.client = TestClient(node.app, base_url="http://localhost", follow_redirects=False)
        sign_in(self.client, name, PASSWORD)
        self.headers = {"accept": "text/html", "accept-language": language}
        page = self.client.get("/enforcement/letters", headers=self.headers).text
        self.token = page.split('X-CSRF-Token": "')[1].split('"')[0]

    def get(self, path):
        return self.client.get(path, headers=self.headers)

    def post(self, path, **fields):
        return self.client.post(path, data={"csrf": self.token, **fields}, headers=self.headers)
