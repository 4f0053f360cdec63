"""What audit commands share: their options, and how they end where a file cannot be used."""

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click

from lianzhi.domains.algorithms.column_map import MapError
from lianzhi.domains.domain import lazily

F = TypeVar("F", bound=Callable[..., Any])
_load = lazily("lianzhi.domains.algorithms.policy:load")
_midnight = lazily("lianzhi.law.clock:midnight")


def audit_options(command: F) -> F:
    """Gives a command `file`, `map_path`, `out`, `on`, `language` and `as_json`."""
    existing = click.Path(exists=True, dir_okay=False, path_type=Path)
    for decorate in (
        click.option("--json", "as_json", is_flag=True, help="Print JSON."),
        click.option(
            "--language", type=click.Choice(["zh", "en"]), default="en", show_default=True
        ),
        click.option(
            "--on", required=False, type=click.DateTime(["%Y-%m-%d"]),
            help="Day whose policy holds.  [default: the newest]",
        ),
        click.option(
            "--out", type=click.Path(file_okay=False, path_type=Path),
            help="Folder for the report and its figures.",
        ),
        click.option(
            "--map", "map_path", required=True, type=existing, help="YAML map of the columns."
        ),
        click.argument("file", type=existing),
    ):  # fmt: skip
        command = decorate(command)
    return command


def policy_on(day: dt.datetime | None) -> Any:
    """Version and policy in force on a day; the newest for None."""
    return _load().at(_midnight(day.date() if day else dt.date.max - dt.timedelta(366)))


@contextmanager
def mended() -> Iterator[None]:
    """Ends the command with what to mend where a map or a table cannot be used."""
    try:
        yield
    except (MapError, OSError) as error:
        raise click.ClickException(str(error)) from None
