"""`lianzhi algorithms inspections`: what came back of those who were drawn, and who can be."""

from pathlib import Path

import click
from rich.table import Table

from lianzhi.domains.algorithms.queries import tables, views
from lianzhi.domains.algorithms.rules.inspecting import Unit, roster
from lianzhi.kit.options import deployment_options
from lianzhi.kit.terminal import console, deployment, print_json


@click.command()
@click.argument("plan", required=False, default="")
@click.option(
    "--roster", "unit", type=click.Choice(["provider", "algorithm"]),
    help="Print the roster for `lianzhi campaign draw plan --roster` instead.",
)  # fmt: skip
@deployment_options
def inspections(plan: str, unit: Unit | None, home: Path, as_json: bool) -> None:
    """Print what came back in the campaign PLAN by provider, those that are late first.

    With `--roster`, providers or algorithms of the registry that can be drawn, one a line.
    """
    if not (plan or unit):
        raise click.UsageError("give the id of a campaign, or --roster")
    with deployment().desk(home, "algorithms") as desk, desk.office.reading() as connection:
        if unit:
            click.echo(roster(tables.algorithm.every(connection), unit))
            return
        try:
            campaigns = desk.office.chain.queries.campaigns
            shown = views.inspection(connection, campaigns, plan)
        except KeyError:
            raise click.ClickException(f"{plan}: there is no such campaign") from None
    if as_json:
        print_json(shown.rows)
        return
    table = Table("name", "state", "due", "urged", "audits", "rectifications")
    for row in shown.rows:
        verdicts = ", ".join(f"{verdict} {n}" for verdict, n in row.verdicts.items())
        task = row.task
        table.add_row(
            *(task.name, task.status, task.due.isoformat(), str(len(task.urged))),
            *(verdicts or "-", str(len(row.rectifications))),
        )
    console().print(table)
