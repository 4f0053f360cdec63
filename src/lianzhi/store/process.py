"""Due process as a fold: decisions, measures, strikes, appeals, reports, rules, second looks.

Handlers by entry kind, for `projections.Chain`. A step that its noun's life forbids raises
IllegalStepError inside the transaction that would have recorded it.
"""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection, Table, bindparam, delete, insert, select, update

from lianzhi.chain import appeal as appeals
from lianzhi.chain import decision as decisions
from lianzhi.chain import measure as measures
from lianzhi.chain import report as reports
from lianzhi.chain.life import START, Steps, next_status
from lianzhi.prepared import Prepared
from lianzhi.record.entry import Entry
from lianzhi.store.process_tables import (
    appeal,
    decision,
    look_due,
    measure,
    report,
    review,
    rule_mode,
    strike,
)

Payload = Mapping[str, Any]
Handler = Callable[[Connection, Entry, Payload], None]

TABLES = (decision, measure, strike, appeal, report, rule_mode, review, look_due)

#: A report that waits this long counts as if its harm had doubled.
_REPORT_DOUBLES_MS = 6 * 3_600_000
#: More than harm and age come to.
_MINORS_FIRST = 10**12


class _Noun:
    """One table whose rows live by a table of steps."""

    def __init__(self, table: Table, steps: Steps) -> None:
        self.steps = steps
        self._status = Prepared(select(table.c.status).where(table.c.id == bindparam("of")))
        self._insert = Prepared(insert(table))
        self._change = Prepared(update(table).where(table.c.id == bindparam("of")))

    def begin(self, connection: Connection, kind: str, row: dict[str, Any]) -> None:
        """Insert what begins its life."""
        before = self._status.scalar(connection, {"of": row["id"]})
        row["status"] = next_status(self.steps, kind, before or START)
        self._insert.run(connection, row)

    def move(self, connection: Connection, kind: str, identity: str, change: Payload) -> None:
        """Change what is there."""
        before = self._status.scalar(connection, {"of": identity})
        status = next_status(self.steps, kind, before or START)
        self._change.run(connection, {"status": status, **change, "of": identity})


_DECISION = _Noun(decision, decisions.STEPS)
_MEASURE = _Noun(measure, measures.STEPS)
_APPEAL = _Noun(appeal, appeals.STEPS)
_REPORT = _Noun(report, reports.STEPS)
_LOOK = Prepared(
    insert(look_due).from_select(
        ["decision", "by", "confirmed_by", "made_at"],
        select(decision.c.id, decision.c.by, decision.c.confirmed_by, decision.c.made_at).where(
            decision.c.id == bindparam("of"), decision.c.sampled
        ),
    )
)
_LOOKED = Prepared(delete(look_due).where(look_due.c.decision == bindparam("of")))
_UNDO = Prepared(
    update(measure).where(measure.c.id == bindparam("of")).values(undone_at=bindparam("at"))
)
_STRIKE = Prepared(insert(strike))
_REMOVE = Prepared(
    update(strike)
    .where(strike.c.id == bindparam("of"), strike.c.removed_at.is_(None))
    .values(removed_at=bindparam("at"))
)
_OUTCOME = Prepared(
    update(appeal).where(appeal.c.id == bindparam("of")).values(status=bindparam("outcome"))
)
_RULE = select(rule_mode.c.rule).where(rule_mode.c.rule == bindparam("of"))
_SWITCH = update(rule_mode).where(rule_mode.c.rule == bindparam("of"))


def _decision(connection: Connection, entry: Entry, payload: Payload) -> None:
    decision = decisions.from_payload(dict(payload))
    row = {
        "id": decision.id,
        "index": entry.index,
        "case": decision.case,
        "by": decision.by,
        "made_at": entry.at,
        "effective_at": entry.at if entry.kind == "decision.made" else None,
        "ground_kind": decision.ground.kind,
        "ground_key": decision.ground.key,
        "ground_version": decision.ground.version,
        "category": decision.category,
        "source": decision.source,
        "automated_detection": decision.automated_detection,
        "automated_decision": decision.automated_decision,
        "rule": decision.rule,
        "persons": decision.persons,
        "measures": sum(len(order.targets()) for order in decision.orders),
        "contest_until": decision.contest_until,
        "sampled": decision.sampled,
        "golden": False,
    }
    _DECISION.begin(connection, entry.kind, row)
    if entry.kind == "decision.made":
        _LOOK.run(connection, {"of": decision.id})


def _decision_step(connection: Connection, entry: Entry, payload: Payload) -> None:
    change: dict[str, Any] = {}
    if entry.kind == "decision.confirmed":
        change = {"confirmed_by": payload["by"], "effective_at": entry.at}
        change["contest_until"] = payload["contest_until"]
    elif entry.kind in ("decision.reversed", "decision.partly_reversed"):
        change = {"reversed_at": entry.at}
        for measure in payload["measures"]:
            _UNDO.run(connection, {"of": measure, "at": entry.at})
    elif entry.kind == "decision.marked":
        change = {"golden": payload["golden"]}
    _DECISION.move(connection, entry.kind, payload["decision"], change)
    if entry.kind == "decision.confirmed":
        _LOOK.run(connection, {"of": payload["decision"]})


def _measure(connection: Connection, entry: Entry, payload: Payload) -> None:
    kept = ("decision", "case", "key", "subject", "item", "mode", "hours", "ends_at")
    row = {name: payload[name] for name in kept}
    row |= {"id": payload["measure"], "role": payload.get("to", ""), "ordered_at": entry.at}
    row |= {name: payload.get(name, "") for name in ("rule", "why", "authority")}
    row |= {name: payload.get(name) for name in ("acted_at", "due_at")}
    row |= {"subject_type": payload.get("subject_type", "account")}
    row |= {"amount": payload.get("amount", 0)}
    _MEASURE.begin(connection, entry.kind, row)


def _measure_step(connection: Connection, entry: Entry, payload: Payload) -> None:
    change: dict[str, Any] = {}
    if entry.kind == "measure.applied":
        change = {"applied_at": entry.at}
    elif entry.kind in ("measure.end_applied", "transfer.answered"):
        change = {"end_applied_at": entry.at}
    elif entry.kind in ("measure.lapsed", "measure.lifted"):
        change = {"ended_at": entry.at, "ended_by": payload.get("by")}
    elif entry.kind == "measure.amended":
        change = {"amount": payload["amount"]}
    _MEASURE.move(connection, entry.kind, payload["measure"], change)


def _strike(connection: Connection, entry: Entry, payload: Payload) -> None:
    row = {name: payload[name] for name in ("subject", "decision", "case", "points")}
    row |= {"id": payload["strike"], "given_at": entry.at, "expires_at": payload["expires_at"]}
    _STRIKE.run(connection, row)


def _strike_removed(connection: Connection, entry: Entry, payload: Payload) -> None:
    _REMOVE.run(connection, {"of": payload["strike"], "at": entry.at})


def _appeal(connection: Connection, entry: Entry, payload: Payload) -> None:
    row = {name: payload[name] for name in ("decision", "case", "party", "person", "due_at")}
    row |= {"route": payload.get("route", "appeal")}
    row |= {"id": payload["appeal"], "index": entry.index, "filed_at": entry.at}
    _APPEAL.begin(connection, entry.kind, row)


def _appeal_answered(connection: Connection, entry: Entry, payload: Payload) -> None:
    change = {
        "answered_at": entry.at,
        "answered_by": payload["by"],
        "answer_index": entry.index,
    }
    _APPEAL.move(connection, entry.kind, payload["appeal"], change)
    _OUTCOME.run(connection, {"of": payload["appeal"], "outcome": payload["outcome"]})


def report_urgency(severity: float, minor: bool, received_at: int) -> int:
    """Place of a report in the queue: the larger, the sooner. Thousandths of a doubling.

    harm x age, and a minor's before all others.
    """
    return round(1000 * (severity - received_at / _REPORT_DOUBLES_MS)) + minor * _MINORS_FIRST


def _report(connection: Connection, entry: Entry, payload: Payload) -> None:
    kept = ("category", "channel", "reporter", "about", "subject", "minor", "due_at")
    row = {name: payload[name] for name in kept}
    row |= {"id": payload["report"], "index": entry.index, "received_at": entry.at}
    row |= {"case": None, "route": payload.get("route", ""), "same": payload.get("same")}
    row["urgency"] = report_urgency(payload.get("severity", 0.0), payload["minor"], entry.at)
    _REPORT.begin(connection, entry.kind, row)


def _report_step(connection: Connection, entry: Entry, payload: Payload) -> None:
    change: dict[str, Any] = {}
    if entry.kind == "report.joined":
        change = {"case": payload["case"]}
    elif entry.kind == "report.answered":
        change = {"outcome": payload["outcome"], "answered_at": entry.at}
        change |= {"answered_by": payload["by"], "answer_index": entry.index}
        if payload.get("route"):
            change["route"] = payload["route"]
    elif entry.kind == "report.contested":
        change = dict.fromkeys(("case", "outcome", "answered_at", "answered_by", "answer_index"))
        change |= {"contested_at": entry.at, "contest_index": entry.index}
        change |= {"first_by": payload["first_by"], "due_at": payload["due_at"]}
    else:
        change = dict.fromkeys(("outcome", "answered_at", "answered_by", "answer_index"))
    _REPORT.move(connection, entry.kind, payload["report"], change)


def _rule(connection: Connection, entry: Entry, payload: Payload) -> None:
    switch = {name: payload[name] for name in ("mode", "terms")}
    switch |= {"switched_at": entry.at, "switched_by": payload["by"]}
    if connection.scalar(_RULE, {"of": payload["rule"]}) is None:
        connection.execute(insert(rule_mode), {"rule": payload["rule"], **switch})
    else:
        connection.execute(_SWITCH, {"of": payload["rule"], **switch})


def _review(connection: Connection, entry: Entry, payload: Payload) -> None:
    row = {
        name: payload[name] for name in ("case", "decision", "by", "kind", "agrees", "restricts")
    }
    connection.execute(insert(review), row | {"index": entry.index, "held_at": entry.at})
    _LOOKED.run(connection, {"of": payload["decision"]})


_BEGIN = {kind for kind, (before, _) in measures.STEPS.items() if START in before}

HANDLERS: dict[str, Handler] = {
    "decision.proposed": _decision,
    "decision.made": _decision,
    **dict.fromkeys(
        decisions.STEPS.keys() - {"decision.proposed", "decision.made"}, _decision_step
    ),
    **dict.fromkeys(_BEGIN, _measure),
    **dict.fromkeys(measures.STEPS.keys() - _BEGIN, _measure_step),
    "strike.given": _strike,
    "strike.removed": _strike_removed,
    "appeal.filed": _appeal,
    "appeal.answered": _appeal_answered,
    "report.received": _report,
    "report.joined": _report_step,
    "report.answered": _report_step,
    "report.reopened": _report_step,
    "report.contested": _report_step,
    "rule.switched": _rule,
    "review.held": _review,
}

#: Entries that are told on a case's page and in its evidence, without changing the case itself.
OF_A_CASE: frozenset[str] = frozenset(
    {
        *(*measures.STEPS, "decision.marked", "strike.given", "strike.removed", "notice.served"),
        *("report.answered", "report.reopened", "report.contested"),
        *("signal.shared", "signal.withdrawn", "signal.matched", "signal.recalled"),
    }
)
