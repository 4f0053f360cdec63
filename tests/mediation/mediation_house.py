"""A node of this domain, people of every kind, and the console in front of it."""

import datetime as dt
from contextlib import contextmanager
from pathlib import Path

from consoles import PASSWORD, Clock
from lianzhi.config import Config
from lianzhi.jobs.node import Node
from lianzhi.store.accounts import add_user
from lianzhi.web.app import create_app
from lianzhi.web.core.settings import Settings

TODAY = dt.date(2026, 3, 2)
PEOPLE = {
    "reader": "viewer",
    "sen": "senior",
    "rec": "receptionist",
    "lead": "mediation_lead",
}


@contextmanager
def opened(home: Path):
    """The node, its clock at `node.time`."""
    clock = Clock(TODAY)
    with Node(home, Config(domains=("mediation",)), clock=clock) as node:
        for name, role in PEOPLE.items():
            add_user(node.ledger, name, PASSWORD, [role], clock.now, "test")
        node.time = clock
        node.app = create_app(node, Settings(client_rate=1e6, client_burst=1e6))
        yield node
