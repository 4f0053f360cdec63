"""The read model as folds over the record's entries.

`Chain` updates the tables of the chain with every entry, inside the transaction that appends it:
findings, cases and protections here, due process in `process`, the scorecard's data in
`score_tables`. A step that a noun's status forbids raises IllegalStepError, so that no illegal
entry reaches the record.
"""

from collections.abc import Callable, Mapping
from math import log2
from typing import Any

import msgspec
from sqlalchemy import BindParameter, Connection, bindparam, delete, insert, select, update

from lianzhi.chain.case import TRANSITIONS, Case, fold
from lianzhi.chain.finding import STAGES
from lianzhi.prepared import Prepared
from lianzhi.record.entry import Entry
from lianzhi.store import judgements, process, score_tables
from lianzhi.store.views_tables import case, case_step, finding, protection

Payload = Mapping[str, Any]
#: Dots in the kind of a domain's own entry, `domain.noun.step`; it is shown on its case's page.
_OF_A_DOMAIN = 2

#: Waiting time after which a case ranks as if its harm had doubled.
DOUBLES_AFTER_MS = 6 * 3_600_000
#: Head start of a case about a person over one about an object.
PEOPLE_FIRST_MS = 4 * 24 * 3_600_000


class Chain:
    """Projection of findings, cases, protections and due process."""

    tables = (
        *(finding, case, case_step, protection, judgements.judged),
        *process.TABLES,
        *score_tables.TABLES,
    )

    def apply(self, connection: Connection, entry: Entry, payload: Payload) -> None:
        """Apply one entry to the tables; raises IllegalStepError when it may not follow."""
        handle = _HANDLERS.get(entry.kind)
        if handle is not None:
            handle(connection, entry, payload)
        judgements.apply(connection, entry, payload)
        if not payload.get("case"):
            return
        if entry.kind == "case.opened" or entry.kind in TRANSITIONS:
            _step(connection, entry, payload)
            score_tables.apply(connection, entry, payload)
        elif entry.kind in process.OF_A_CASE or entry.kind.count(".") == _OF_A_DOMAIN:
            _link(connection, entry, payload)

    def clear(self, connection: Connection) -> None:
        """Empty the tables before a rebuild."""
        for table in self.tables:
            connection.execute(delete(table))


def urgency(
    stage: str, score: float, reach: int, minor: bool, opened_at: int, about_object: bool = False
) -> int:
    """Rank of a case in the queue: the larger, the sooner. Thousandths of a doubling.

    harm x reach x age, on a logarithmic scale so that the order does not change while everything
    ages alike: a stage counts four times the one below, a minor's case twice. The score of a case
    about an object measures certainty, not harm to a person, and does not count.
    """
    harm = 2.0 * STAGES.index(stage) + (1 if minor else 0)
    harm += -PEOPLE_FIRST_MS / DOUBLES_AFTER_MS if about_object else log2(1 + max(0.0, score))
    return round(1000 * (harm + log2(1 + reach) - opened_at / DOUBLES_AFTER_MS))


_OF: BindParameter[str] = bindparam("of")
_REACH = Prepared(select(finding.c.reach).where(finding.c.id == _OF))
_STATE = Prepared(select(case.c.state, case.c.reach).where(case.c.id == _OF))
_FIND = Prepared(insert(finding))
_JOIN = Prepared(update(finding).where(finding.c.id == _OF))
_OPEN = Prepared(insert(case))
_CHANGE = Prepared(update(case).where(case.c.id == _OF))
_LINK = Prepared(insert(case_step))
_GRANT = Prepared(insert(protection))
_END = Prepared(
    update(protection).where((protection.c.id == _OF) & protection.c.ended_at.is_(None))
)


def _finding(connection: Connection, entry: Entry, payload: Payload) -> None:
    if _REACH.scalar(connection, {"of": payload["id"]}) is not None:
        return  # found again by a replay: equal, as its id is derived from its content
    counts = payload.get("counts", {})
    kept = ("id", "kind", "stage", "about", "at", "since", "score")
    row = {name: payload[name] for name in kept}
    row |= {"minor": payload.get("minor", False), "rule": payload.get("rule", "")}
    row |= {"index": entry.index, "case": None}
    row["reach"] = counts.get("actors", len(payload.get("subjects", ())))
    _FIND.run(connection, row)
    score_tables.count_finding(connection, row["kind"], row["since"], row["at"])


def _granted(connection: Connection, entry: Entry, payload: Payload) -> None:
    terms = payload["terms"]
    row = {
        "id": payload["protection"],
        "person": payload["person"],
        "case": payload.get("case"),
        "channels": " ".join(terms["channels"]),
        "strangers": terms.get("strangers", True),
        "younger_than_days": terms.get("younger_than_days", 0),
        "granted_at": entry.at,
        "granted_by": payload["by"],
        "expires_at": terms["expires_at"],
    }
    _GRANT.run(connection, row)


def _ended(connection: Connection, entry: Entry, payload: Payload) -> None:
    change = {
        "of": payload["protection"],
        "ended_at": entry.at,
        "ended": entry.kind.removeprefix("protection."),
        "ended_by": payload.get("by"),
    }
    _END.run(connection, change)


def _step(connection: Connection, entry: Entry, payload: Payload) -> None:
    state, reach = _STATE.first(connection, {"of": payload["case"]}) or (None, 0)
    before = _CASE.decode(state) if state else None
    after = fold(before, entry.kind, entry.at, dict(payload))
    if entry.kind in ("case.opened", "case.joined"):
        params = {"of": payload["finding"]}
        _JOIN.run(connection, params | {"case": after.id})
        reach = max(reach, _REACH.scalar(connection, params) or 0)
    row = _row(after, reach)
    if before is None:
        _OPEN.run(connection, row)
    else:
        _CHANGE.run(connection, row | {"of": after.id})
    _link(connection, entry, payload)


def _link(connection: Connection, entry: Entry, payload: Payload) -> None:
    row = {"case": payload["case"], "index": entry.index, "kind": entry.kind}
    _LINK.run(connection, row)


_CASE = msgspec.json.Decoder(Case)
_COLUMNS = (
    *("id", "kind", "about", "status", "stage", "minor", "assignee", "outcome", "opened_at"),
    *("updated_at", "offered_at", "closed_at", "revisit_at"),
)


def _row(now: Case, reach: int) -> dict[str, Any]:
    row = {name: getattr(now, name) for name in _COLUMNS}
    row |= {"to_judge": now.to_judge}
    row |= {"reach": reach, "state": msgspec.json.encode(now), "waiting": now.status != "closed"}
    row["urgency"] = urgency(
        now.stage, now.score, reach, now.minor, now.opened_at, now.about_object
    )
    return row


_HANDLERS: dict[str, Callable[[Connection, Entry, Payload], None]] = {
    "finding.made": _finding,
    "protection.granted": _granted,
    "protection.lifted": _ended,
    "protection.lapsed": _ended,
    **process.HANDLERS,
}
