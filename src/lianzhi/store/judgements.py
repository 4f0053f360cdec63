"""Times at which each person judged something, to limit anyone's amount of work.

A decision, its confirmation, refusal or reversal, an answer to an appeal or a report, a second
review, the closing of a case. Everything done by one act at one moment, such as a decision that
also answers ten reports, counts once. A fold over the record, like the other tables of the read
model.
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

from lianzhi.prepared import Prepared
from lianzhi.record.entry import Entry
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
    """Apply one entry to the table; automated decisions and forwarding are not judgements."""
    by = payload.get("by")
    at_once = payload.get("outcome") == "routed" and not payload.get("route")
    if entry.kind in KINDS and by and not payload.get("automated_decision") and not at_once:
        _NOTE.run(connection, {"by": by, "at": entry.at})
