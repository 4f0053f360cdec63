"""Restriction: maps measures to the restrictions of a statement of reasons.

The mapping is data (`measures` in `statement.toml`). `hide` keeps the content and can be undone: it
disables access and removes nothing. `limit` restricts what others do with the content. `mute` and
`suspend_private_messages` take part of the service away while the account stays. `nudge` and
`transfer` restrict nothing by themselves. docs/statement.md gives the reasons in full.
"""

import datetime as dt
from typing import Any

import msgspec

from lianzhi.chain.statement import Statement
from lianzhi.chain.statement_schema import Restriction, schema


def restriction(measure: str) -> Restriction | None:
    """What a measure restricts; None where it restricts nothing. Raises ValueError if unknown."""
    known = schema().measures
    if measure not in known:
        raise ValueError(f"measure is {measure!r}; choose one of {', '.join(known)}")
    return known[measure] if known[measure].field else None


def restrict(statement: Statement, measure: str, until: dt.date | None) -> Statement:
    """The statement with a measure of its decision added; `until` None: it does not end by itself.

    Of several measures on the same field the end of the longest is stated, and where the field
    holds one value, the heaviest. Raises ValueError for an unknown measure, or an end of one that
    has none.
    """
    imposed = restriction(measure)
    if imposed is None:
        return statement
    if imposed.final and until is not None:
        raise ValueError(f"until is {until}, but {measure} does not end by itself; leave it empty")
    end = next(
        field
        for field, rule in schema().applies.items()
        if field.startswith("end_date_") and rule.to == imposed.field
    )
    before, ends = getattr(statement, imposed.field), getattr(statement, end)
    changes: dict[str, Any]
    if isinstance(before, tuple):
        changes = {imposed.field: before if imposed.value in before else (*before, imposed.value)}
        changes[end] = _longest(ends, until) if before else until
    else:
        order = schema().allowed(imposed.field) or ()
        heavier = order.index(imposed.value) - (order.index(before) if before else -1)
        changes = {imposed.field: imposed.value, end: until} if heavier > 0 else {}
        if heavier == 0:
            changes = {end: _longest(ends, until)}
    return msgspec.structs.replace(statement, **changes)


def _longest(first: dt.date | None, second: dt.date | None) -> dt.date | None:
    return None if first is None or second is None else max(first, second)
