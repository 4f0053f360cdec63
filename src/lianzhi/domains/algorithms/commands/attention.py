"""`lianzhi algorithms attention`: how long are people held, and by what?"""

from typing import Unpack

import click

from lianzhi.domains.algorithms.commands.shared import AuditOptions, audit_options, run_audit


@click.command()
@audit_options
def attention(**options: Unpack[AuditOptions]) -> None:
    """Print sessions, autoplay, minors' nights and breaks in FILE (CSV, Parquet, DuckDB).

    Every figure has an interval with people as the units of chance. There is no verdict: no figure
    alone shows that people are kept from leaving.
    """
    run_audit("attention", {}, **options)
