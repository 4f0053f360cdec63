"""`lianzhi algorithms ranking`: do entries stand on a list by accounts that act together?"""

from pathlib import Path
from typing import Unpack

import click

from lianzhi.domains.algorithms.commands.shared import AuditOptions, audit_options, run_audit

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.option("--lists", type=_FILE, required=True, help="Table of lists: time, item, rank.")
@click.option(
    "--accounts",
    type=_FILE,
    required=True,
    help="Coordinated accounts: an id a line, or findings of `lianzhi watch --findings`.",
)
@click.option(
    "--seed", type=click.IntRange(0), default=1, show_default=True, help="Of the bootstrap."
)
@audit_options
def ranking(lists: Path, accounts: Path, seed: int, **options: Unpack[AuditOptions]) -> None:
    """Explain entries of lists by organic and coordinated actions in FILE (CSV, Parquet, DuckDB).

    Each list is ranked anew without actions of coordinated accounts. Places gained have intervals
    by bootstrap over accounts. A list that the stated score does not explain is not comparable.
    """
    run_audit("ranking", {"lists": lists, "accounts": accounts, "seed": seed}, **options)
