"""A node with the domain, people of every kind who go on visits, and the console in front of it."""

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from enforcement_house import HOUR, START
from starlette.testclient import TestClient

from consoles import sign_in
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
NOW = midnight(START) + 10 * HOUR
PEOPLE = {
    "li": ("inspector",), "wang": ("inspector",), "chief": ("leader",), "ann": ("observer",),
    "reader": ("viewer",),
}  # fmt: skip


@contextmanager
def opened(home: Path, clock: Callable[[], int] = lambda: NOW) -> Iterator[Node]:
    """The node; `li` and `wang` are certified officers, `ann` observes."""
    with Node(home, Config(domains=("enforcement",)), clock=clock) as node:
        for name, roles in PEOPLE.items():
            add_user(node.ledger, name, PASSWORD, roles, NOW, "test")
        registers = node.desks["enforcement"].registers
        registers.enterprises(
            [{"id": "E0001", "name": "江月餐馆", "name_en": "Riverside", "industry": "restaurant",
              "grid": "G01"}],
            "test",
        )  # fmt: skip
        good = {"squad": "S1", "department": "fire", "certificate_until": dt.date(2027, 12, 31)}
        registers.officers(
            [{"id": name, "certificate": name, **good} for name in ("li", "wang")], "test"
        )
        ann = ReadTable((Observer("ann", "安妮", "volunteer", ("en",)),))
        node.desks["enforcement"].history.take(Folder({"observers": ann}, ()), "test")
        yield node


class Console:
    """Somebody signed in, on a browser without scripts."""

    def __init__(self, node: Node, name: str, language: str = "zh") -> None:
        app = create_app(node, Settings(client_rate=1e6, client_burst=1e6))
        self.client = TestClient(app, base_url="http://localhost", follow_redirects=False)
        sign_in(self.client, name, PASSWORD)
        self.headers = {"accept": "text/html", "accept-language": language}
        page = self.get("/enforcement/visit" if name == "ann" else "/enforcement/inspections")
        self.token = page.text.split('name="csrf" value="')[1].split('"')[0]

    def get(self, path: str):
        """A page."""
        return self.client.get(path, headers=self.headers)

    def post(self, path: str, **said):
        """A form, sent as the walk sends it: it wants JSON."""
        headers = {"accept": "application/json", "x-csrf-token": self.token}
        return self.client.post(path, data=said, headers=headers)
