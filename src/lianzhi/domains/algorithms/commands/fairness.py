"""`lianzhi algorithms fairness`: are people of different groups treated alike?"""

from typing import Unpack

import click

from lianzhi.domains.algorithms.commands.shared import AuditOptions, audit_options, run_audit


@click.command()
@click.option(
    "--seed", type=click.IntRange(0), default=1, show_default=True, help="Of the bootstrap."
)
@audit_options
def fairness(seed: int, **options: Unpack[AuditOptions]) -> None:
    """Compare the rates of groups in FILE (CSV, Parquet, DuckDB) with those of a reference group.

    Rates, differences and ratios have intervals; p-values are adjusted over all tests. Small groups
    and rows that cannot be read are listed.
    """
    run_audit("fairness", {"seed": seed}, **options)
