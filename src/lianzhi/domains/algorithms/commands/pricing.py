"""`lianzhi algorithms pricing`: do some buyers pay more for the same thing?"""

import datetime as dt
from pathlib import Path
from typing import Any

import click

from lianzhi.domains.algorithms.commands.shared import audit_options, mended, policy_on
from lianzhi.domains.domain import lazily

#: Imported when it is needed: `--help` need not wait for DuckDB and SciPy.
_audit_file = lazily("lianzhi.domains.algorithms.pricing.run:audit_file")
_fields = lazily("lianzhi.domains.algorithms.pricing.output:audit_fields")
_print = lazily("lianzhi.domains.algorithms.pricing.output:print_audit")
_write = lazily("lianzhi.domains.algorithms.pricing.output:write_audit")
_print_json = lazily("lianzhi.kit.terminal:print_json")


@click.command()
@audit_options
def pricing(
    file: Path,
    map_path: Path,
    out: Path | None,
    on: dt.datetime | None,
    language: str,
    as_json: bool,
) -> None:
    """Compare what groups of buyers pay in FILE (CSV, Parquet, DuckDB) within strata.

    Orders are compared with the same item, time window, region, channel and specification. Buyers
    are the clusters, not orders. Declared reasons are told with and without.
    """
    version, policy = policy_on(on)
    with mended():
        audit: Any = _audit_file(file, map_path, policy.pricing)
        fields = _fields(audit, version, policy.pricing)
        if out is not None:
            _write(audit, fields, file.name, policy.pricing, out)
    if as_json:
        _print_json(fields)
    else:
        _print(audit, policy.pricing, language)
