"""`lianzhi algorithms diversity`: are feeds narrower than what there is to see?"""

from typing import Unpack

import click

from lianzhi.domains.algorithms.commands.shared import AuditOptions, audit_options, run_audit


@click.command()
@click.option(
    "--seed", type=click.IntRange(0), default=1, show_default=True, help="Of the drawn lists."
)
@audit_options
def diversity(seed: int, **options: Unpack[AuditOptions]) -> None:
    """Compare personal feeds in FILE (CSV, Parquet, DuckDB) with baselines.

    Baselines are an unfiltered feed, the feed with personalisation off, lists drawn from the
    catalogue, and the earlier half of the feed. Differences are within people and have intervals.
    The verdict says whether feeds are narrower, not why.
    """
    run_audit("diversity", {"seed": seed}, **options)
