"""Brings a database to the current tables, at each start, without a configuration file.

Whatever revisions were missing and the tables that derive from the record, which are then folded
anew, come in one transaction: a crash leaves the old state or the new one.
"""

from collections.abc import Sequence

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.script.revision import ResolutionError
from alembic.util import CommandError
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
    config = script(connection, model.branches)
    before = revisions(connection)
    _known(before, config)
    command.upgrade(config, to)
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
    return _unknown(applied, script(None, model.branches))


def _unknown(applied: Sequence[str], config: Config) -> list[str]:
    known = ScriptDirectory.from_config(config)
    missing = []
    for revision in applied:
        try:
            known.get_revision(revision)
        except (CommandError, ResolutionError):
            missing.append(revision)
    return missing


def _known(applied: Sequence[str], config: Config) -> None:
    if missing := _unknown(applied, config):
        raise DatabaseRefusedError(
            f"database: a newer version has changed its tables ({', '.join(missing)}); install "
            "that version again, or restore the backup made before it"
        )
