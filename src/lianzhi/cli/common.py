"""Shared parts of all commands: the deployment's place, output, exit codes.

Exit codes: 0 done; 1 done, and the answer is no (a verification failed, rows were quarantined); 2
the command was called wrongly; 3 it could not be done (the message says why and what to do).
"""

import datetime as dt
import getpass
import sys
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from lianzhi.cli.exits import FAILED
from lianzhi.domains.domain import lazily
from lianzhi.kit.options import deployment_options

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from lianzhi.config import Config

#: Imported when they are needed: that takes a second, and every `--help` would wait for it.
_database = lazily("lianzhi.cli.databases:database")
_must_exist = lazily("lianzhi.cli.databases:must_exist")
#: Gives a command `home` and `as_json`.
deployment = deployment_options


def must_exist(home: Path) -> "Config":
    """The configuration under `home`; ends the command where there is no deployment."""
    config: Config = _must_exist(home)
    return config


def database(home: Path, *, older: bool = False) -> "AbstractContextManager[Engine]":
    """The database of a deployment that exists; ends the command where there is none.

    `older`: tables of an older version will do.
    """
    engine: AbstractContextManager[Engine] = _database(home, older=older)
    return engine


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
