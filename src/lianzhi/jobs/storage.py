"""Storage of a node: its database, record, event log and quarantine, opened in that order."""

from contextlib import ExitStack
from functools import partial
from typing import NamedTuple

from sqlalchemy.engine import Engine

from lianzhi.jobs import in_force, restored
from lianzhi.jobs.home import sweep
from lianzhi.jobs.mounted import MODEL
from lianzhi.jobs.setup import Setup
from lianzhi.office.conclusions import ActsQuery
from lianzhi.store.db import open_engine
from lianzhi.store.events import EventStore
from lianzhi.store.heads import acknowledged
from lianzhi.store.ledger import Ledger, open_ledger
from lianzhi.store.migrate import upgrade
from lianzhi.store.owner import Owner
from lianzhi.store.quarantine import FileQuarantine
from lianzhi.store.query import acts_at


class Storage(NamedTuple):
    """What a node keeps."""

    engine: Engine
    owner: Owner
    """Keeps other nodes off the database."""
    ledger: Ledger
    events: EventStore
    quarantine: FileQuarantine

    @property
    def acts_at(self) -> ActsQuery:
        """Finds what accounts sent to a person, see `store.query.acts_at`."""
        return partial(acts_at, self.events)


def open_storage(setup: Setup, opened: ExitStack) -> Storage:
    """Open what lies under the home; what is to be closed goes on the stack, the last first.

    Tables are migrated, and half-written files of a crash are removed.
    """
    home, config = setup.home, setup.config
    sweep(home)
    engine = open_engine(config.url(home))
    opened.callback(engine.dispose)
    owner = Owner(engine, home)
    opened.callback(owner.close)
    upgrade(engine, MODEL)
    owner.sign(setup.now())
    ledger = open_ledger(engine, home, config.origin, MODEL.make(), fence=owner.check)
    restored.record(home, ledger)
    own = home / config.policy if config.policy else None
    in_force.record(ledger, in_force.loaded(home, own), setup.now())
    heads = acknowledged(engine, ledger.signer.seal_key)
    events = EventStore(home, config.segment_megabytes << 20, heads)
    opened.callback(events.close)
    quarantine = FileQuarantine(home / "quarantine.ndjson", setup.now)
    return Storage(engine, owner, ledger, events, quarantine)
