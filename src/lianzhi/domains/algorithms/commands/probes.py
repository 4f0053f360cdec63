"""`lianzhi algorithms probes`: are probes of two kinds shown other prices, beyond noise?"""

from typing import Unpack

import click

from lianzhi.domains.algorithms.commands.shared import AuditOptions, audit_options, run_audit


@click.command()
@audit_options
def probes(**options: Unpack[AuditOptions]) -> None:
    """Compare prices that paired probes in FILE (CSV, Parquet, DuckDB) were shown.

    The two probes of a pair asked for the same thing at the same time. Pairs of probes alike (A/A)
    tell the noise; without them nothing is judged.
    """
    run_audit("probes", {}, **options)
