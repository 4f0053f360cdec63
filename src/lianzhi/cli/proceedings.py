"""Access to proceedings on the record for commands, with or without a running node."""

from pathlib import Path

from sqlalchemy import Engine

from lianzhi.domains.configuration import load
from lianzhi.domains.policies import Policies
from lianzhi.jobs.mounted import MODEL
from lianzhi.jobs.post.post import Post
from lianzhi.jobs.proceedings import open_proceedings
from lianzhi.jobs.wall_clock import wall_clock
from lianzhi.office.outgoing import Outgoing
from lianzhi.office.proceedings import Proceedings
from lianzhi.store.ledger import Ledger, open_ledger
from lianzhi.store.office_queries import QUERIES


def policies_of(home: Path) -> Policies:
    """Policies of a deployment. Raises PolicyError, ConfigError."""
    config = load(home)
    return Policies(home / config.policy if config.policy else None)


def opened(engine: Engine, home: Path) -> tuple[Ledger, Proceedings]:
    """The record of a deployment, and its proceedings. Raises RecordError, OSError."""
    config, policies = load(home), policies_of(home)
    ledger = open_ledger(engine, home, config.origin, MODEL.make())
    post = Outgoing(Post(ledger, home, config, wall_clock), QUERIES.notices)
    return ledger, open_proceedings(home, ledger, policies.case, post, policies.reporting())
