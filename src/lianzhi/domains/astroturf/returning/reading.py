"""Reads a file of actions with texts, sources and account dates as traces."""

from typing import NamedTuple

import numpy as np

from lianzhi.accounts.engine import DuckDB
from lianzhi.accounts.kernel import Ints
from lianzhi.accounts.memory.traces import Traces
from lianzhi.accounts.numbered import Numbered
from lianzhi.accounts.source import UNITS, Source
from lianzhi.domains.astroturf.returning.traits import Coded, traces


class TraitColumns(NamedTuple):
    """Optional columns of a file that hold traits."""

    text: str | None = None
    """Text of a content."""
    place: str | None = None
    """Source of an object: shop, site, film."""
    created: str | None = None
    """Creation time of the account."""

    @property
    def named(self) -> list[str]:
        """Names of the columns that are given."""
        return [name for name in self if name]


def traced(engine: DuckDB, source: Source, columns: TraitColumns) -> Traces:
    """Traces of the actions that the engine has read."""
    text, place, created = columns
    numbered = Numbered.of(engine.actions())
    actions = numbered.actions
    accounts, objects = (
        numbered.names(engine, kind, set(range(size)))
        for kind, size in (("account", numbered.account.size), ("object", numbered.object.size))
    )
    return traces(
        actions,
        [accounts[n] for n in range(numbered.account.size)],
        [objects[n] for n in range(numbered.object.size)],
        _coded(engine, source, text, actions.content) if text else None,
        _coded(engine, source, place, actions.content) if place else None,
        _dates(engine, source, created, numbered) if created else None,
    )


def _coded(engine: DuckDB, source: Source, name: str, content: Ints) -> Coded:
    """A column by content; the least value where a content has several."""
    columns = engine.connection.execute(
        f"SELECT content, MIN(value) AS value FROM {source.column(name)} "
        "GROUP BY content ORDER BY content"
    ).fetchnumpy()
    codes, values = np.asarray(columns["content"]), columns["value"].tolist()
    known = {value: number for number, value in enumerate(dict.fromkeys(values))}
    number = np.array([*(known[value] for value in values), -1], np.int64)
    at = np.searchsorted(codes, content)
    absent = np.append(codes, -1)[at] != content
    return Coded(np.where(absent, -1, number[at]), list(known))


def _dates(engine: DuckDB, source: Source, name: str, numbered: Numbered) -> Ints:
    """Creation time of each account, Unix milliseconds; -1 where unknown."""
    column = _coded(engine, source, name, numbered.actions.content)
    moment = (
        f"COALESCE(TRY_CAST(round(TRY_CAST(value AS DOUBLE) * {UNITS[source.unit]}) AS BIGINT), "
        "CASE WHEN regexp_matches(value, '(Z|z|[+-]\\d\\d(:?\\d\\d)?)$') "
        "THEN epoch_ms(TRY_CAST(value AS TIMESTAMPTZ)) END, -1)"
    )
    engine.connection.execute(
        "CREATE OR REPLACE TABLE dates AS SELECT unnest($1::VARCHAR[]) AS value",
        [list(column.names)],
    )
    times = engine.connection.execute(f"SELECT {moment} FROM dates ORDER BY rowid").fetchall()
    known = np.array([*(time for (time,) in times), -1], np.int64)
    out = np.full(numbered.account.size, -1, np.int64)
    np.maximum.at(out, numbered.actions.account, known[column.number])
    return out
