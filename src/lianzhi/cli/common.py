"""Shared parts of all commands: the deployment's place, output, exit codes.

Exit codes: 0 done; 1 done, and the answer is no (a verification failed, rows were quarantined); 2
the command was called wrongly; 3 it could not be done (the message says why and what to do).
"""

import datetime as dt
import getpass
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar, cast

import click

from lianzhi.cli.exits import FAILED
from lianzhi.domains.domain import lazily
from lianzhi.kit.options import deployment_options

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from lianzhi.config import Config

#: Imported when they are needed: that takes a second, and every `--help` would wait for it.
_reason = lazily("lianzhi.cli.failures:reason")
_database = lazily("lianzhi.cli.databases:database")
_must_exist = lazily("lianzhi.cli.databases:must_exist")

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
    except (click.ClickException, click.exceptions.Exit, click.Abort):
        raise
    except Exception as error:
        if (reason := _reason(error)) is None:
            raise
        fail(reason)


def must_exist(home: Path) -> "Config":
    """The configuration under `home`; ends the command where there is no deployment."""
    config: Config = _must_exist(home)
    return config


def database(home: Path) -> "AbstractContextManager[Engine]":
    """The database of a deployment that exists; ends the command where there is none."""
    engine: AbstractContextManager[Engine] = _database(home)
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
