"""`lianzhi algorithms pricing`: do some buyers pay more for the same thing?"""

from typing import Unpack

import click

from lianzhi.domains.algorithms.commands.shared import AuditOptions, audit_options, run_audit


@click.command()
@audit_options
def pricing(**options: Unpack[AuditOptions]) -> None:
    """Compare what groups of buyers pay in FILE (CSV, Parquet, DuckDB) within strata.

    Orders are compared with the same item, time window, region, channel and specification. Buyers
    are the clusters, not orders. Declared reasons are told with and without.
    """
    run_audit("pricing", {}, **options)
