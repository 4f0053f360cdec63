"""A node of the legal office, people of every kind, and the console in front of it."""

import datetime as dt
from contextlib import contextmanager
from pathlib import Path

from consoles import PASSWORD, Clock
from lianzhi.config import Config
from lianzhi.domains.counsel.queries.tables import projections
from lianzhi.jobs.node import Node
from lianzhi.law.clock import midnight
from lianzhi.store.accounts import add_user
from lianzhi.web.app import create_app
from lianzhi.web.core.settings import Settings

TODAY = dt.date(2026, 3, 2)
PEOPLE = {"reader": "viewer", "sen": "senior", "rec": "counsel", "lead": "chief_counsel"}


@contextmanager
def opened(home: Path):
    """The node, its clock at `node.time`."""
    clock = Clock(TODAY)
    with Node(home, Config(domains=("counsel",)), clock=clock) as node:
        for name, role in PEOPLE.items():
            add_user(node.ledger, name, PASSWORD, [role], clock.now, "test")
        node.time = clock
        node.app = create_app(node, Settings(client_rate=1e6, client_burst=1e6))
        yield node


def go_to(node, day):
    """Set the clock to ten in the morning of a day."""
    node.time.now = midnight(day) + 10 * 3_600_000


def rebuild(node):
    """Rebuild the tables of the domain from the record."""
    with node.ledger.batch() as batch:
        for projection in projections():
            projection.clear(batch.connection)
            for entry in node.ledger.entries():
                projection.apply(batch.connection, entry, node.ledger.payload(entry.index) or {})
