"""A kind of audit run for the record: its figures and the pages of its report.

Each kind has one runner; the statistics are those of the commands that audit files.
"""

import datetime as dt
import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from lianzhi.domains.algorithms.nouns.audit import BASE, Figure, Kind
from lianzhi.domains.algorithms.policy import Policy
from lianzhi.domains.domain import lazily
from lianzhi.stats.verdict import Verdict
from lianzhi.tabular.column_map import MapError

_AUDITS = "lianzhi.audits"
#: Audits are imported when a file is audited: pages need not wait for DuckDB and SciPy.
_days_of_file = lazily("lianzhi.tabular.table_source:days_in")
#: Seed of the bootstrap: a rerun of the same file gives the same bytes.
_SEED = 1


class Request(NamedTuple):
    """What is audited, and how."""

    path: Path
    map_path: Path
    source: str
    """Name of the file, as the report prints it."""
    version: str
    policy: Policy
    margin: float
    """In place of the policy's."""
    out: Path
    """New folder for the report."""


Fields = Mapping[str, Any]


def run(kind: Kind, request: Request) -> Fields:
    """The figures of an audit as plain data, its report written. Raises MapError."""
    terms: Any = getattr(request.policy, kind)
    policy = msgspec.structs.replace(terms, margin=request.margin)
    output = f"{_AUDITS}.{kind}.output"
    seeded = {"seed": _SEED} if kind in ("fairness", "diversity") else {}
    audit = lazily(f"{_AUDITS}.{kind}.run:audit_file")(
        request.path, request.map_path, policy, **seeded
    )
    fields: Fields = lazily(f"{output}:audit_fields")(audit, request.version, policy)
    lazily(f"{output}:write_audit")(audit, fields, request.source, policy, request.out)
    return fields


def usual_margin(kind: str, policy: Policy) -> float:
    """The margin of equivalence that policy sets for a kind."""
    margin: float = getattr(policy, kind).margin
    return margin


def figures(fields: Fields) -> tuple[Figure, ...]:
    """The gaps that an audit judged, each with its interval and verdict."""
    if "comparisons" in fields:
        return tuple(
            _figure(
                f"{row['attribute']}: {row['group']} · {row['metric']}",
                *(row["difference"], row["difference_lo"], row["difference_hi"], row["verdict"]),
            )
            for row in fields["comparisons"]
        )
    if "measures" in fields:
        return tuple(
            _figure(
                f"{BASE}{row['baseline']} · {row['measure']}",
                *(row["difference"], row["lo"], row["hi"], row["verdict"]),
            )
            for row in fields["measures"]
        )
    if "noise" in fields:
        return tuple(
            _figure(
                f"{row['persona']} / {row['reference']}",
                *(row["log_gap"], row["log_gap_lo"], row["log_gap_hi"], row["verdict"]),
            )
            for row in fields["gaps"]
        )
    return tuple(
        _figure(
            f"{row['group']} / {row['reference']}"
            + (" · reasons" if row["with_declared_reasons"] else ""),
            *(row["log_gap"], row["log_gap_lo"], row["log_gap_hi"], row["verdict"]),
        )
        for row in fields["gaps"]
    )


def _figure(
    name: str, value: float | None, lo: float | None, hi: float | None, verdict: str
) -> Figure:
    return Figure(name, value, lo, hi, Verdict(verdict))


def data_days(path: Path, column: str) -> tuple[dt.date, dt.date]:
    """First and last day in a column of a file. Raises MapError for a cell that is no day."""
    first, last, others = _days_of_file(path, column)
    if others or first is None:
        raise MapError("time", column, f"name a column of days or times; {others} are none")
    return first, last


def digest(body: bytes) -> str:
    """SHA-256 of some bytes, hex."""
    return hashlib.sha256(body).hexdigest()


def file_digest(path: Path) -> str:
    """SHA-256 of a file, hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
