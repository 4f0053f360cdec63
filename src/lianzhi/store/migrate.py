"""Brings a database to the current tables, at each start, without a configuration file."""

from collections.abc import Sequence

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine

from lianzhi.store.db import writing

RECORD = "lianzhi.store:migrations/versions"


def upgrade(engine: Engine, branches: Sequence[str] = ()) -> None:
    """Apply what is missing, in one transaction; does nothing when all is there.

    `branches` are further folders of revisions, as `package:folder`; each starts a branch of its
    own, labelled with its domain's name, and may depend on a revision of the record's.
    """
    config = Config()
    config.set_main_option("script_location", "lianzhi.store:migrations")
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", "\n".join([RECORD, *branches]))
    with writing(engine) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "heads")
