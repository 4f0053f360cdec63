"""What commands of domains share: the deployment that they work on, and how they answer."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

import click
import msgspec
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from lianzhi.chain.event import Event
from lianzhi.tabular.problem import Problem

#: Exit code of a command that was done, and whose answer is no: rows were left out.
NO = 1
_PROBLEMS = 20


class Deployment(Protocol):
    """What a command of a domain may do with a deployment.

    What fails, because there is no deployment or the record refuses, ends the command and says why.
    """

    def desk(self, home: Path, domain: str) -> AbstractContextManager[Any]:
        """Opens the desk of a domain; a node may run beside it."""
        ...

    def events(self, home: Path) -> AbstractContextManager[Iterator[list[Event]]]:
        """Stored events in the order of their acceptance, a frame at a time."""
        ...

    def by(self) -> str:
        """Who sits at the shell, as the record names them."""
        ...

    def record_export(self, ledger: Any, subject: str, ref: str, at: int) -> None:
        """Put on the record that personal data is exported, before it is."""
        ...


def deployment() -> Deployment:
    """What the program lets the running command do with a deployment."""
    running: Deployment = click.get_current_context().obj()
    return running


def stderr() -> Console:
    """Console for progress and messages; what others read goes to standard output."""
    return Console(file=sys.stderr)


def print_json(value: Any) -> None:
    """Print one JSON value on a line of its own."""
    click.echo(msgspec.json.encode(value).decode())


def console(width: int = 120) -> Console:
    """Where tables are printed; as wide as the terminal, or `width` characters into a file."""
    return Console(width=None if Console().is_terminal else width, markup=False)


def plain(text: str) -> str:
    """Text as a terminal may show it: no control characters."""
    return "".join(char if char.isprintable() else "\ufffd" for char in text)


def progress() -> Progress:
    """A bar of steps on standard error, gone when it is done."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    return Progress(*columns, TimeElapsedColumn(), console=stderr(), transient=True)


def print_problems(problems: Sequence[Problem], language: str = "en") -> None:
    """Print the first rows that were left out, with what to do about each; nothing for none."""
    if not problems:
        return
    table = Table(title="Rows left out")
    for name in ("where", "column", "value", "what to do"):
        table.add_column(name, overflow="fold")
    for problem in problems[:_PROBLEMS]:
        where = f"{problem.file}:{problem.line}" if problem.line else problem.file
        cells = (where, problem.column, problem.value, problem.fault.text(language))
        table.add_row(*map(Text, cells))
    console().print(table)
    if (more := len(problems) - _PROBLEMS) > 0:
        click.echo(f"{more:,} more; --json tells them all")
