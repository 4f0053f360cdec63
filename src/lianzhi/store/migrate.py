"""Migrates a database to the current tables at each start, without a configuration file.

Missing revisions and the tables derived from the record, which are folded anew, are applied in one
transaction: a crash leaves the old state or the new one.
"""

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, inspect

from lianzhi.faults import fault_point
from lianzhi.store.db import DatabaseRefusedError, writing
from lianzhi.store.ledger import fold
from lianzhi.store.read_model import CHAIN, Model
from lianzhi.store.tables import entry

RECORD = "lianzhi.store:migrations/versions"


def upgrade(engine: Engine, model: Model = CHAIN) -> None:
    """Apply missing revisions in one transaction; does nothing when up to date.

    Raises DatabaseRefusedError for a database of a newer version.
    """
    with writing(engine) as connection:
        bring(connection, "heads", model)


def bring(connection: Connection, to: str, model: Model = CHAIN) -> None:
    """Migrate the tables to one revision, or to `heads`, in the caller's transaction."""
    before = revisions(connection)
    if missing := unknown(before, model):
        raise DatabaseRefusedError(
            "database: a newer version, or a domain that is no longer installed, has changed its "
            f"tables ({', '.join(missing)}); install it again, or restore the backup made before it"
        )
    if to == "heads" and set(before) == _revisions(model.branches).newest:
        return
    command.upgrade(script(connection, model.branches), to)
    fault_point("migration.applied")
    if before and revisions(connection) != before and to == "heads":
        refold(connection, model)
        fault_point("migration.refolded")


def is_older(connection: Connection, model: Model = CHAIN) -> bool:
    """Whether an upgrade has yet to change the tables."""
    applied = revisions(connection)
    return not unknown(applied, model) and set(applied) != _revisions(model.branches).newest


def refold(connection: Connection, model: Model = CHAIN) -> None:
    """Rebuild the tables derived from the record, if there is one."""
    if inspect(connection).has_table(entry.name):
        fold(connection, model.make())


def revisions(connection: Connection) -> tuple[str, ...]:
    """Newest applied revision of each branch; empty for an empty database."""
    return tuple(sorted(MigrationContext.configure(connection).get_current_heads()))


def script(connection: Connection | None = None, branches: Sequence[str] = ()) -> Config:
    """Alembic's configuration of the revisions for this connection."""
    config = Config()
    config.set_main_option("script_location", "lianzhi.store:migrations")
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", "\n".join([RECORD, *branches]))
    config.attributes["connection"] = connection
    return config


def unknown(applied: Sequence[str], model: Model = CHAIN) -> list[str]:
    """Those of the revisions that this version does not have."""
    known = _revisions(model.branches).all
    return [revision for revision in applied if revision not in known]


class _Revisions(NamedTuple):
    all: frozenset[str]
    newest: frozenset[str]
    """The last of each branch, as in an up-to-date database."""


@cache
def _revisions(branches: tuple[str, ...]) -> _Revisions:
    """The revisions of this version; cached, since Alembic runs a file for each."""
    known = ScriptDirectory.from_config(script(None, branches))
    every = frozenset(revision.revision for revision in known.walk_revisions())
    return _Revisions(every, frozenset(known.get_heads(consider_depends_on=True)))
