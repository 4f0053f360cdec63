"""Pairs of probes as read from a table."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lianzhi.audits.probes.probe_map import ProbeMap
from lianzhi.tabular.column_map import MapError, check_columns
from lianzhi.tabular.table_source import TableSource, quoted

_MOST_PERSONAS, _MOST_PAIRS = 20, 5_000_000


class Pairs(NamedTuple):
    """Pairs of two prices; arrays are of one length."""

    personas: Sequence[str]
    first: NDArray[np.int64]
    """Place in `personas` of either probe; the lower one stands first."""
    second: NDArray[np.int64]
    gap: NDArray[np.float64]
    """Logarithm of the second price less that of the first."""
    unit: NDArray[np.int64]
    left_out: Mapping[str, int]
    """Rows without a readable value by field, and pairs that are not of two probes."""


def read_pairs(source: TableSource, wanted: ProbeMap) -> Pairs:
    """The pairs of a source. Raises MapError."""
    check_columns(wanted.named(), source.columns)
    pair, persona = _text(wanted.pair), _text(wanted.persona)
    price = f"TRY_CAST({quoted(wanted.price)} AS DOUBLE)"
    checks = {"pair": pair, "persona": persona, "price": f"CASE WHEN {price} > 0 THEN 1 END"}
    counted = ", ".join(f"count(*) - count({check})" for check in checks.values())
    (row,) = source.rows(f"SELECT {counted} FROM {source.relation}")
    left_out = {name: rows for name, rows in zip(checks, row, strict=True) if rows}
    complete = " AND ".join(f"({check}) IS NOT NULL" for check in checks.values())
    names = [
        name
        for (name,) in source.rows(
            f"SELECT DISTINCT {persona} AS p FROM {source.relation} WHERE {complete} ORDER BY p "
            f"LIMIT {_MOST_PERSONAS + 1}"
        )
    ]
    if not 2 <= len(names) <= _MOST_PERSONAS:
        raise MapError("persona", wanted.persona, f"name a column of 2 to {_MOST_PERSONAS} kinds")
    unit = _text(wanted.unit) if wanted.unit else pair
    arrays = source.arrays(
        f"SELECT hash(any_value({unit})) AS unit, count(*) AS n, "
        f"min(list_position(?, {persona})) - 1 AS a, max(list_position(?, {persona})) - 1 AS b, "
        f"arg_min(ln({price}), list_position(?, {persona}) * 2 + row) AS low, "
        f"arg_max(ln({price}), list_position(?, {persona}) * 2 + row) AS high "
        f"FROM (SELECT *, row_number() OVER (PARTITION BY {pair} ORDER BY rowid) - 1 AS row "
        f"FROM (SELECT *, row_number() OVER () AS rowid FROM {source.relation}) WHERE {complete}) "
        f"GROUP BY {pair} ORDER BY {pair} LIMIT {_MOST_PAIRS + 1}",
        *([names] * 4),
    )
    whole = np.asarray(arrays["n"]) == 2
    if len(whole) > _MOST_PAIRS:
        raise MapError("pair", wanted.pair, f"give at most {_MOST_PAIRS:,} pairs")
    if not whole.all():
        left_out["odd_pairs"] = int((~whole).sum())
    kept = {name: np.asarray(values)[whole] for name, values in arrays.items()}
    return Pairs(
        names,
        kept["a"].astype(np.int64),
        kept["b"].astype(np.int64),
        kept["high"].astype(np.float64) - kept["low"].astype(np.float64),
        np.unique(kept["unit"], return_inverse=True)[1].astype(np.int64),
        left_out,
    )


def _text(column: str) -> str:
    return f"nullif(trim(CAST({quoted(column)} AS VARCHAR)), '')"
