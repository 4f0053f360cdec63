"""`lianzhi scalping`: tips from a file and back."""

import csv
import sys
from pathlib import Path

import click

from lianzhi.domains.terminal import deployment, deployment_options, print_json


@click.group()
def scalping() -> None:
    """黄牛: tips about ticket scalpers."""


@scalping.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@deployment_options
def import_(file: Path, home: Path, as_json: bool) -> None:
    """Note the sellers in the column `account` of a CSV file, all of them or none."""
    with file.open(encoding="utf-8-sig", newline="") as lines:
        accounts = [row["account"].strip() for row in csv.DictReader(lines)]
    if not all(accounts):
        line = accounts.index("") + 2
        raise click.ClickException(f"{file.name}:{line}: account is empty; fill it in")
    with deployment().desk(home, "scalping") as desk:
        desk.note(accounts, deployment().by())
    print_json({"noted": len(accounts)}) if as_json else click.echo(f"{len(accounts)} noted")


@scalping.command()
@deployment_options
def export(home: Path, as_json: bool) -> None:
    """Write the tips as CSV."""
    with deployment().desk(home, "scalping") as desk:
        rows = desk.tips()
    if as_json:
        print_json([{"at": at, "account": account} for at, account in rows])
    else:
        csv.writer(sys.stdout).writerows([("at", "account"), *rows])
