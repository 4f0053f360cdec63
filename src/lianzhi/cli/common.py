"""Shared parts of all commands: the deployment's place, output, exit codes.

Exit codes: 0 done; 1 done, and the answer is no (a verification failed, rows were quarantined); 2
the command was called wrongly; 3 it could not be done (the message says why and what to do).
"""

import datetime as dt
import getpass
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Any, NoReturn, TypeVar, cast

import click
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from lianzhi.cli.exits import FAILED
from lianzhi.config import Config, ConfigError
from lianzhi.domains.configuration import load
from lianzhi.kit.terminal import deployment_options
from lianzhi.store.db import (
    DatabaseRefusedError,
    DatabaseUrlError,
    file_of,
    open_engine,
    outage,
)
from lianzhi.store.migrate import revisions
from lianzhi.text.lexicon.lexicons import LexiconError

F = TypeVar("F", bound=Callable[..., Any])


def deployment(command: F) -> F:
    """Gives a command `home` and `as_json`; it ends where configuration or database fail it."""
    return deployment_options(_configured(command))


def _configured(command: F) -> F:
    @wraps(command)
    def run(*args: Any, **named: Any) -> Any:
        with refusals():
            return command(*args, **named)

    return cast(F, run)


@contextmanager
def refusals() -> Iterator[None]:
    """Ends the command with the reason on errors of configuration, lexicon or database."""
    try:
        yield
    except (ConfigError, LexiconError, DatabaseUrlError, DatabaseRefusedError) as error:
        fail(str(error))
    except SQLAlchemyError as error:
        wrong = outage(error)
        if wrong is None and isinstance(error, DBAPIError) and error.statement is None:
            why = str(error.orig).strip()
            fail(f"database: {why}; mend LIANZHI_DATABASE_URL, or `database` in config.toml")
        if wrong is None:
            raise
        fail(f"{wrong}: {getattr(error, 'orig', error)}; try again when it is mended")


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
def database(home: Path) -> Iterator[Engine]:
    """The database of a deployment that exists; ends the command where there is none."""
    engine = open_engine(must_exist(home).url(home))
    try:
        with engine.connect() as connection:
            if not revisions(connection):
                _none(home)
        yield engine
    finally:
        engine.dispose()


def by() -> str:
    """The shell's user, as named on the record."""
    try:
        return f"cli:{getpass.getuser()}"
    except (OSError, KeyError):  # a container's user id may have no name
        return "cli"


def fail(message: str) -> NoReturn:
    """End the command with exit code 3."""
    click.echo(f"Error: {message}", err=True)
    sys.exit(FAILED)


def when(ms: int | None) -> str:
    """A time in UTC as text, `-` for None."""
    if ms is None:
        return "-"
    return dt.datetime.fromtimestamp(ms / 1000, dt.UTC).strftime("%Y-%m-%d %H:%M:%S")
