"""Options that commands share. Imports little: every `--help` pays for it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from lianzhi.config import DEFAULT_HOME

F = TypeVar("F", bound=Callable[..., Any])


def deployment_options(command: F) -> F:
    """Gives a command `home`, where the deployment keeps everything, and `as_json`."""
    home = click.option(
        "--home",
        envvar="LIANZHI_HOME",
        type=click.Path(file_okay=False, path_type=Path),
        default=DEFAULT_HOME,
        show_default=True,
        help="Where the deployment keeps everything; also LIANZHI_HOME.",
    )
    as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
    return home(as_json(command))
