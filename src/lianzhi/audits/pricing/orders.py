"""Orders summed by buyer, stratum, group and declared reason, in one pass of DuckDB."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lianzhi.audits.pricing.pricing_map import PricingMap
from lianzhi.stats.clustered_gap import Cells
from lianzhi.tabular.column_map import MapError, check_columns
from lianzhi.tabular.table_source import TableSource, quoted

_MOST_GROUPS = 20


class Orders(NamedTuple):
    """Orders in cells; all arrays are of one length."""

    groups: Sequence[str]
    """Groups of the trait."""
    person: NDArray[np.int64]
    stratum: NDArray[np.int64]
    group: NDArray[np.int64]
    """Place in `groups`."""
    is_excused: NDArray[np.bool_]
    """Whether a declared reason applies."""
    counts: NDArray[np.float64]
    sums: Mapping[str, NDArray[np.float64]]
    """Of `log_price`, `price` and the components of the map."""
    left_out: Mapping[str, int]
    """Orders that are not counted, by the field that cannot be read."""

    def cells(self, name: str, group: int, reference: int, *, excused: bool = True) -> Cells:
        """A sum for a group and the reference; without excused orders where asked."""
        keep = (self.group == group) | (self.group == reference)
        if not excused:
            keep &= ~self.is_excused
        return Cells(
            self.person[keep],
            self.stratum[keep],
            self.group[keep] == group,
            self.counts[keep],
            self.sums[name][keep],
        )


def read_orders(source: TableSource, wanted: PricingMap) -> Orders:
    """The orders of a source. Those without buyer, group or a price above 0, and those without a
    part of the price that the map names, are left out and told. Raises MapError."""
    check_columns(wanted.named(), source.columns)
    numbers = {"price": wanted.price, **wanted.components}
    checks = {
        "user": _text(wanted.user),
        "trait": _text(wanted.trait),
        **{name: _number(column) for name, column in numbers.items()},
    }
    checks["price"] = f"CASE WHEN {_number(wanted.price)} > 0 THEN 1 END"
    if wanted.time:
        checks["time"] = _window(wanted)
    left_out = _left_out(source, checks)
    complete = " AND ".join(f"({check}) IS NOT NULL" for check in checks.values())
    listed = source.rows(
        f"SELECT DISTINCT {_text(wanted.trait)} AS g FROM {source.relation} WHERE {complete} "
        f"ORDER BY g LIMIT {_MOST_GROUPS + 1}"
    )
    groups = [row[0] for row in listed]
    if not 2 <= len(groups) <= _MOST_GROUPS:
        raise MapError("trait", wanted.trait, f"name a column of 2 to {_MOST_GROUPS} groups")
    strata = [f"CAST({quoted(name)} AS VARCHAR)" for name in wanted.strata]
    strata += [_window(wanted)] if wanted.time else []
    excused = " OR ".join(_flag(column) for column in wanted.reasons.values()) or "FALSE"
    sums = "".join(f", sum({_number(column)}) AS {name}" for name, column in numbers.items())
    arrays = source.arrays(
        f"SELECT hash({_text(wanted.user)}) AS person, hash(({', '.join(strata)})) AS stratum, "
        f"list_position(?, {_text(wanted.trait)}) - 1 AS place, {excused} AS excused, "
        f"count(*) AS n, sum(ln({_number(wanted.price)})) AS log_price{sums} "
        f"FROM {source.relation} WHERE {complete} GROUP BY ALL "
        "ORDER BY person, stratum, place, excused",
        groups,
    )
    arrays = {name: np.asarray(values) for name, values in arrays.items()}
    person = np.concatenate([[False], arrays["person"][1:] != arrays["person"][:-1]]).cumsum()
    return Orders(
        groups,
        person.astype(np.int64),
        np.unique(arrays["stratum"], return_inverse=True)[1].astype(np.int64),
        arrays["place"].astype(np.int64),
        arrays["excused"].astype(bool),
        arrays["n"].astype(np.float64),
        {name: arrays[name].astype(np.float64) for name in ("log_price", *numbers)},
        left_out,
    )


def _left_out(source: TableSource, checks: Mapping[str, str]) -> dict[str, int]:
    counted = ", ".join(f"count(*) - count({check})" for check in checks.values())
    (row,) = source.rows(f"SELECT {counted} FROM {source.relation}")
    return {name: rows for name, rows in zip(checks, row, strict=True) if rows}


def _text(column: str) -> str:
    return f"nullif(trim(CAST({quoted(column)} AS VARCHAR)), '')"


def _number(column: str) -> str:
    return f"TRY_CAST({quoted(column)} AS DOUBLE)"


def _flag(column: str) -> str:
    text = f"lower(trim(CAST({quoted(column)} AS VARCHAR)))"
    return f"coalesce({text} IN ('1', '1.0', 'true'), FALSE)"


def _window(wanted: PricingMap) -> str:
    seconds = 60 * float(wanted.window_minutes or 1)
    moment = f"epoch(TRY_CAST({quoted(wanted.time)} AS TIMESTAMP))"
    return f"CAST(floor({moment} / {seconds!r}) AS BIGINT)"
