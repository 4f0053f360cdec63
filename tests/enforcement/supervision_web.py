"""A node with files to supervise, people of every kind, and the console in front of it."""

import datetime as dt
from contextlib import contextmanager
from pathlib import Path

from supervised import FILE, PERMIT, PLACE, STAFF, VISIT, changed, officer, on

from consoles import PASSWORD, Clock
from lianzhi.config import Config
from lianzhi.domains.enforcement.importing.town_rows import Observer
from lianzhi.jobs.node import Node
from lianzhi.store.accounts import add_user
from lianzhi.tabular.folder import Folder
from lianzhi.tabular.reading import ReadTable
from lianzhi.web.app import create_app
from lianzhi.web.core.settings import Settings

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


@contextmanager
def opened(home: Path, **some):
    """The node, its clock at `node.time`."""
    clock = Clock(TODAY)
    with Node(home, Config(domains=("enforcement",)), clock=clock) as node:
        for name, role in PEOPLE.items():
            add_user(node.ledger, name, PASSWORD, [role], clock.now, "test")
        node.desks["enforcement"].history.take(folder(**some), "test")
        node.time = clock
        node.app = create_app(node, Settings(client_rate=1e6, client_burst=1e6))
        yield node
