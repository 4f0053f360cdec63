"""Terminal: what commands of domains share that work on a deployment."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click
import msgspec
from rich.console import Console

from lianzhi.domains.domain import Deployment

F = TypeVar("F", bound=Callable[..., Any])
#: Exit code of a command that was done, and whose answer is no: rows were left out.
NO = 1
_HOME = Path(".lianzhi")


def deployment_options(command: F) -> F:
    """Gives a command `home`, where the deployment keeps everything, and `as_json`."""
    home = click.option(
        "--home",
        envvar="LIANZHI_HOME",
        type=click.Path(file_okay=False, path_type=Path),
        default=_HOME,
        show_default=True,
        help="Where the deployment keeps everything; also LIANZHI_HOME.",
    )
    as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
    return home(as_json(command))


def deployment() -> Deployment:
    """What the program lets the running command do with a deployment."""
    found: Deployment = click.get_current_context().obj()
    return found


def stderr() -> Console:
    """Console for progress and messages; what others read goes to standard output."""
    return Console(file=sys.stderr)


def print_json(value: Any) -> None:
    """Print one JSON value on a line of its own."""
    click.echo(msgspec.json.encode(value).decode())
