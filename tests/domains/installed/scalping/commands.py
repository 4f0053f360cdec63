"""`lianzhi scalping`: tips from a CSV file and back to one."""

import csv
import sys
from pathlib import Path
from typing import TextIO

import click

from lianzhi.domains.terminal import deployment, deployment_options, print_json


@click.group()
def scalping() -> None:
    """黄牛: tips about ticket scalpers."""


@scalping.command("import")
@click.argument("file", type=click.File(encoding="utf-8-sig"))
@deployment_options
def import_(file: TextIO, home: Path, as_json: bool) -> None:
    """Note the sellers in the column `account` of a CSV file, all of them or none."""
    accounts = [row["account"].strip() for row in csv.DictReader(file)]
    if "" in accounts:
        line = accounts.index("") + 2
        raise click.ClickException(f"{file.name}:{line}: account is empty; fill it in")
    with deployment().desk(home, "scalping") as desk:
        desk.note(accounts, deployment().by())
    print_json({"noted": len(accounts)}) if as_json else click.echo(f"{len(accounts)} noted")


@scalping.command()
@deployment_options
def export(home: Path, as_json: bool) -> None:
    """Write the tips as CSV, or as JSON."""
    with deployment().desk(home, "scalping") as desk:
        tips = desk.tips()
    if as_json:
        print_json([{"at": at, "account": account} for at, account in tips])
    else:
        csv.writer(sys.stdout).writerows([("at", "account"), *tips])
