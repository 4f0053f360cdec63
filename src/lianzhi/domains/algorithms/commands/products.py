"""`lianzhi algorithms products`: products by reach, and the assessments that they owe."""

from pathlib import Path

import click
from rich.table import Table

from lianzhi.domains.algorithms.queries import views
from lianzhi.domains.algorithms.rules.assessing import owed
from lianzhi.kit.options import deployment_options
from lianzhi.kit.terminal import console, deployment, print_json

_MOST = 1000


@click.command("products")
@deployment_options
def list_products(home: Path, as_json: bool) -> None:
    """List products by reach, with the yearly assessment that each owes.

    Exit code 1: an assessment is overdue.
    """
    with deployment().desk(home, "algorithms") as desk:
        policy, today = desk.office.policy()[1].assessment, desk.office.today()
        with desk.office.reading() as connection:
            rows = [
                (product, owed(product, views.assessments_of(connection, product.id), policy))
                for product in views.products(connection, _MOST)
            ]
    table = Table("id", "provider", "product", "people a month", "last assessed", "due")
    for product, due in rows:
        if as_json:
            fields = None if due is None else {
                "last": due.last, "due": due.due, "overdue": due.is_overdue(today)
            }  # fmt: skip
            print_json({"product": product, "owed": fields})
            continue
        cells = ("—", "—") if due is None else (str(due.last or "—"), str(due.due))
        table.add_row(
            product.id, product.provider, product.name, f"{product.users:,}", *cells,
            style="bold" if due and due.is_overdue(today) else "",
        )  # fmt: skip
    if not as_json:
        console().print(table)
    if any(due is not None and due.is_overdue(today) for _, due in rows):
        raise click.exceptions.Exit(1)
