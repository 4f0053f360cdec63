"""Brings a database to the current tables, at each start, without a configuration file.

Whatever revisions were missing and the tables that derive from the record, which are then folded
anew, come in one transaction: a crash leaves the old state or the new one.
"""

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, inspect

from lianzhi.store.db import DatabaseRefusedError, writing
from lianzhi.store.ledger import fold
from lianzhi.store.read_model import CHAIN, Model
from lianzhi.store.tables import entry

RECORD = "lianzhi.store:migrations/versions"


def upgrade(engine: Engine, model: Model = CHAIN) -> None:
    """Apply what is missing, in one transaction; does nothing when all is there.

    Raises DatabaseRefusedError where a newer version has been here.
    """
    with writing(engine) as connection:
        bring(connection, "heads", model)


def bring(connection: Connection, to: str, model: Model = CHAIN) -> None:
    """Bring the tables up to one revision, or to `heads`, in the transaction at hand."""
    before = revisions(connection)
    if missing := unknown(before, model):
        raise DatabaseRefusedError(
            "database: a newer version, or a domain that is no longer installed, has changed its "
            f"tables ({', '.join(missing)}); install it again, or restore the backup made before it"
        )
    if to == "heads" and set(before) == _revisions(model.branches).newest:
        return
    command.upgrade(script(connection, model.branches), to)
    if before and revisions(connection) != before and to == "heads":
        refold(connection, model)


def refold(connection: Connection, model: Model = CHAIN) -> None:
    """Derive anew what derives from the record, if there is one."""
    if inspect(connection).has_table(entry.name):
        fold(connection, model.make())


def revisions(connection: Connection) -> tuple[str, ...]:
    """Newest revision of each branch that has been applied; none: an empty database."""
    return tuple(sorted(MigrationContext.configure(connection).get_current_heads()))


def script(connection: Connection | None = None, branches: Sequence[str] = ()) -> Config:
    """Where the revisions are, for Alembic's commands on this connection."""
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
    """The last of each branch, as a database that is up to date names them."""


@cache
def _revisions(branches: tuple[str, ...]) -> _Revisions:
    """The revisions of this version; to find them, Alembic runs a file for each."""
    known = ScriptDirectory.from_config(script(None, branches))
    every = frozenset(one.revision for one in known.walk_revisions())
    return _Revisions(every, frozenset(known.get_heads(consider_depends_on=True)))
