"""The database of a deployment that a command works on."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

from sqlalchemy import Engine

from lianzhi.cli.common import fail
from lianzhi.config import Config
from lianzhi.domains.configuration import load
from lianzhi.jobs.mounted import MODEL
from lianzhi.store.db import file_of, open_engine
from lianzhi.store.migrate import is_older, revisions


def must_exist(home: Path) -> Config:
    """The configuration under `home`; ends the command where there is no deployment."""
    config = load(home)
    file = file_of(config.url(home))
    if not home.is_dir() or (file is not None and not file.exists()):
        _none(home)
    return config


def _none(home: Path) -> NoReturn:
    fail(f"there is no deployment under {home}; run `lianzhi watch FILE` first, or set --home")


@contextmanager
def database(home: Path, *, older: bool = False) -> Iterator[Engine]:
    """The database of a deployment that exists; ends the command where there is none.

    `older`: tables of an older version will do.
    """
    engine = open_engine(must_exist(home).url(home))
    try:
        with engine.connect() as connection:
            if not revisions(connection):
                _none(home)
            if not older and is_older(connection, MODEL):
                fail(
                    "the database has the tables of an older version: `lianzhi serve` changes them "
                    "when it starts"
                )
        yield engine
    finally:
        engine.dispose()
