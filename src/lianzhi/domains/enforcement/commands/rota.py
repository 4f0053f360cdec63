"""`lianzhi enforcement rota`: faults of a rota before it is submitted."""

import datetime as dt
from pathlib import Path

import click
from rich.table import Table
from rich.text import Text

from lianzhi.dispatch.moments import CHINA
from lianzhi.dispatch.rota import rota as rules
from lianzhi.dispatch.rota.faults import Fault, check, merge_repeats
from lianzhi.kit.terminal import console, plain, print_json

_SHOWN = 40
_YEARS = (1950, 2199)
_DAY = dt.timedelta(days=1)


@click.command()
@click.argument(
    "path", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option(
    "--since", required=True, type=click.DateTime(["%Y-%m-%d"]), metavar="YYYY-MM-DD",
    help="First day that is looked at.",
)  # fmt: skip
@click.option(
    "--days", default=28, show_default=True, type=click.IntRange(1, rules.MOST_DAYS - 1),
    help="How many days.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def rota(*, path: Path, since: dt.datetime, days: int, as_json: bool) -> None:
    """值班表: look for faults in FILE, a rota in TOML or JSON.

    Tells when a squad has too few people, somebody is on duty twice at once, has no valid
    certificate or is not among the officers, and swaps that nobody can take. Exit code 1: there
    are faults.
    """
    first = since.date()
    if not _YEARS[0] <= first.year <= _YEARS[1]:
        raise click.BadParameter(f"{first}: give a year from {_YEARS[0]} to {_YEARS[1]}")
    try:
        with path.open("rb") as file:
            kept = rules.read(file.read(rules.MOST_BYTES + 1))
        faults = check(kept, first, first + _DAY * (days - 1))
    except rules.RotaError as error:
        raise click.ClickException(f"{path}: {error}") from None
    if as_json:
        summary = {"officers": len(kept.officers), "faults": [fault._asdict() for fault in faults]}
        print_json(summary)
    else:
        click.echo(f"{len(kept.officers):,} officers; {len(faults):,} faults in {days} days")
        _show(faults)
    if faults:
        raise SystemExit(1)


def _show(faults: tuple[Fault, ...]) -> None:
    if not faults:
        return
    table = Table("from", "until", "times", "kind", "what and how to mend it")
    repeated_faults = merge_repeats(faults)
    for first, until, count in repeated_faults[:_SHOWN]:
        table.add_row(
            _at(first.begins), _at(until), f"{count:,}", first.kind, Text(plain(first.said))
        )
    console().print(table)
    if len(repeated_faults) > _SHOWN:
        click.echo(f"and {len(repeated_faults) - _SHOWN:,} more: --json tells all")


def _at(ms: int) -> str:
    return f"{dt.datetime.fromtimestamp(ms / 1000, CHINA):%Y-%m-%d %H:%M}"
