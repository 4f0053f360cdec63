"""Shared parts of the commands on discretion tables: naming, reading and showing a table."""

import tomllib
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeVar, get_args

import click
import msgspec
from rich.text import Text

from lianzhi.cli.case_words import language
from lianzhi.cli.common import fail
from lianzhi.domains.legal_data import folders
from lianzhi.kit.terminal import plain
from lianzhi.law import basis, periods
from lianzhi.law.basis import Bases, BasisError
from lianzhi.law.discretion.reading import Form
from lianzhi.law.discretion.table import Result
from lianzhi.law.periods import PeriodError, Periods
from lianzhi.law.words import Words

F = TypeVar("F", bound=Callable[..., Any])
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
TABLES = click.Path(exists=True, path_type=Path)


def table_options(command: F) -> F:
    """Adds `paths`, `form`, `decision`, `bases` and `as_json` to a command."""
    for option in (
        click.option("--json", "as_json", is_flag=True, help="Print JSON."),
        click.option("--bases", "bases", type=TABLES, help="Legal bases of your own, as TOML."),
        click.option("--decision", default="", help="The decision of a DMN file, by id or name."),
        click.option(
            "--format", "form", type=click.Choice(get_args(Form)), help="By default as the name."
        ),
        click.argument("paths", metavar="TABLE...", type=TABLES, nargs=-1, required=True),
    ):
        command = option(command)
    return command


def legal_bases(own: Path | None = None) -> Bases:
    """The shipped bases of all domains, and those of a file or folder over them.

    Ends the command where they cannot be used.
    """
    try:
        return basis.load([basis.SHIPPED, *folders("bases"), *([own] if own else [])])
    except BasisError as error:
        fail(str(error))


def statutory_periods(own: Path | None = None) -> Periods:
    """The shipped periods of all domains, and those of a file or folder over them.

    Ends the command where they cannot be used.
    """
    try:
        return periods.load([periods.SHIPPED, *folders("periods"), *([own] if own else [])])
    except PeriodError as error:
        fail(str(error))


def term(key: str) -> str:
    """A word in the terminal's language; an unknown key is returned as it is."""
    text = _words().get(key)
    return key if text is None else text.say(language())


@cache
def _words() -> dict[str, Words]:
    text = files("lianzhi.cli").joinpath("law_words.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), dict[str, Words])


def safe(text: object) -> Text:
    """Text from a file as a terminal may show it: no markup, no control characters."""
    return Text(plain(str(text)))


def fine(result: Result) -> str:
    """The range of a fine in yuan; empty where there is none."""
    low, high = result.fine_from, result.fine_to
    if low is None and high is None:
        return ""
    return f"{low:,}" if low == high else f"{low or 0:,}-{'' if high is None else f'{high:,}'}"


def result_line(result: Result) -> str:
    """A result in one line: list, fine, other outputs."""
    others = [f"{name} = {text}" for name, text in result.outputs if text]
    return ", ".join(part for part in (term(result.list or ""), fine(result), *others) if part)
