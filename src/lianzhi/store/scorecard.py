"""Data of a period for the figures of `chain.scorecard`.

One SQL text for each quantity of `store.counted`, the same on SQLite and PostgreSQL; all are read
in one transaction. Events of the period are counted: cases opened and closed, decisions made,
measures ordered, reports received, appeals filed and answered, visits held; where there is a time
limit, those whose limit fell into it. Chains of harm are counted whole, by their state now.
"""

from collections import Counter
from math import inf
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Select, bindparam, func, select

from lianzhi.chain.policy import CasePolicy
from lianzhi.chain.scorecard import Counts, Cube
from lianzhi.store.counted import COUNTED, Column, Counted
from lianzhi.store.db import snapshot
from lianzhi.store.harm_chains import chains
from lianzhi.store.views_tables import finding

_SINCE: Column = bindparam("since")
_UNTIL: Column = bindparam("until")
#: End of the range for overdue rows: the period's end, or now.
_OVER: Column = bindparam("over")


def _conditions(of: Counted) -> tuple[Column, ...]:
    return (of.at >= _SINCE, of.at < (_OVER if of.due else _UNTIL), *of.also)


def _cube(of: Counted, *more: Column) -> Select[Any]:
    """Counts by the dimensions: of rows, of rows of the list behind, or the sum of `added`."""
    columns: dict[str, ColumnElement[Any]] = {f"d_{name}": dim for name, dim in of.dims.items()}
    labelled = [column.label(name) for name, column in columns.items()]
    value: Column = of.at if of.added is None else of.added
    if not of.each and of.names is not None:
        value = of.names
    # Labelled in a subquery: PostgreSQL treats two parameters as two different expressions.
    rows = select(*labelled, value.label("of")).where(*_conditions(of), *more).subquery()
    number: Column = func.count()
    if not of.each:
        number = func.count(rows.c["of"].distinct())
    elif of.added is not None:
        number = func.coalesce(func.sum(rows.c["of"]), 0)
    by = [rows.c[name] for name in columns]
    return select(*by, number.label("number")).select_from(rows).group_by(*by)


CUBES: dict[str, tuple[Select[Any], ...]] = {
    name: (_cube(of),) for name, of in COUNTED.items() if of.length is None
}
#: One query per stage, each a range of an index.
CUBES["findings"] = tuple(
    _cube(COUNTED["findings"], finding.c.stage == stage) for stage in ("watch", "warn", "act")
)
SPANS: dict[str, Select[Any]] = {
    name: select(of.length).where(*_conditions(of))
    for name, of in COUNTED.items()
    if of.length is not None
}


def read(engine: Engine, since: int, until: int, at: int, policy: CasePolicy) -> Counts:
    """Counts of [since, until), as of `at`, the present time. `policy`: tiers of chains of harm.

    Raises ValueError where the period ends before it begins.
    """
    if since >= until:
        raise ValueError(
            f"until is {until}, since {since}; give a period that ends after it begins"
        )
    params = {"since": since, "until": until, "over": min(until, at)}
    with snapshot(engine) as connection:
        cubes = {name: _read(connection, queries, params) for name, queries in CUBES.items()}
        by_state = Counter[tuple[str, ...]](
            (chain.state,) for chain in chains(connection, since, until, policy)
        )
        spans = {name: _lengths(connection, query, params) for name, query in SPANS.items()}
    cubes["chains"] = Cube(("state",), by_state)
    return Counts(since=since, until=until, at=at, cubes=cubes, spans=spans)


def _read(connection: Connection, queries: tuple[Select[Any], ...], params: dict[str, int]) -> Cube:
    dims = tuple(column.name.removeprefix("d_") for column in queries[0].selected_columns)[:-1]
    cells: dict[tuple[str, ...], int] = {}
    for query in queries:
        for *part, number in connection.execute(query, params):
            cells[tuple(part)] = int(number)
    return Cube(dims, cells)


def _lengths(connection: Connection, query: Select[Any], params: dict[str, int]) -> list[float]:
    """Durations; open ones are infinite."""
    return sorted(inf if ms is None else ms for ms in connection.scalars(query, params))
