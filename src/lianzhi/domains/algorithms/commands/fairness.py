"""`lianzhi algorithms fairness`: are people of different groups treated alike?"""

import datetime as dt
from pathlib import Path
from typing import Any

import click

from lianzhi.domains.algorithms.commands.shared import audit_options, mended, policy_on
from lianzhi.domains.domain import lazily

#: Imported when it is needed: `--help` need not wait for DuckDB and SciPy.
_audit_file = lazily("lianzhi.domains.algorithms.fairness.run:audit_file")
_fields = lazily("lianzhi.domains.algorithms.fairness.output:audit_fields")
_print = lazily("lianzhi.domains.algorithms.fairness.output:print_audit")
_write = lazily("lianzhi.domains.algorithms.fairness.output:write_audit")
_print_json = lazily("lianzhi.kit.terminal:print_json")


@click.command()
@click.option(
    "--seed", type=click.IntRange(0), default=1, show_default=True, help="Of the bootstrap."
)
@audit_options
def fairness(
    file: Path,
    map_path: Path,
    out: Path | None,
    on: dt.datetime | None,
    seed: int,
    language: str,
    as_json: bool,
) -> None:
    """Compare the rates of groups in FILE (CSV, Parquet, DuckDB) with those of a reference group.

    Rates, differences and ratios have intervals; p-values are adjusted over all tests. Small groups
    and rows that cannot be read are listed.
    """
    version, policy = policy_on(on)
    with mended():
        audit: Any = _audit_file(file, map_path, policy.fairness, seed=seed)
        fields = _fields(audit, version, policy.fairness)
        if out is not None:
            _write(audit, fields, file.name, policy.fairness, out)
    if as_json:
        _print_json(fields)
    else:
        _print(audit, policy.fairness, language)
