"""Judged: when each person judged something, whatever it was, so that nobody judges too much.

A decision, its confirmation or refusal or reversal, an answer to an appeal or a report, a second
look, the closing of a case. What one act does at one moment, such as a decision that also answers
ten reports, counts once. A fold over the record, like the other tables of the read model.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import (
    BigInteger,
    BindParameter,
    Column,
    Connection,
    Table,
    Text,
    bindparam,
    exists,
    insert,
    select,
)

from lianzhi.record.entry import Entry
from lianzhi.store.prepared import Prepared
from lianzhi.store.tables import metadata

judged = Table(
    "judged",
    metadata,
    Column("by", Text, primary_key=True),
    Column("at", BigInteger, primary_key=True, autoincrement=False),
)

KINDS: frozenset[str] = frozenset(
    {
        *("decision.made", "decision.proposed", "decision.confirmed", "decision.refused"),
        *("decision.reversed", "decision.partly_reversed", "appeal.answered", "report.answered"),
        *("review.held", "case.closed"),
    }
)

_BY: BindParameter[str] = bindparam("by", type_=Text)
_AT: BindParameter[int] = bindparam("at", type_=BigInteger)
_THERE = exists(select(judged.c.by).where(judged.c.by == _BY, judged.c.at == _AT))
_NOTE = Prepared(insert(judged).from_select(["by", "at"], select(_BY, _AT).where(~_THERE)))


def apply(connection: Connection, entry: Entry, payload: Mapping[str, Any]) -> None:
    """Take one entry into the table: what rules decide and what is routed on at once is no act."""
    by = payload.get("by")
    at_once = payload.get("outcome") == "routed" and not payload.get("route")
    if entry.kind in KINDS and by and not payload.get("automated_decision") and not at_once:
        _NOTE.run(connection, {"by": by, "at": entry.at})
