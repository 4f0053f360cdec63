"""Reversal of a decision, in whole or in part, with its consequences.

All of it joins an open batch: an answer to an appeal and what it undoes are durable together.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from lianzhi.chain.decision import Decision
from lianzhi.chain.life import IllegalStepError
from lianzhi.chain.measure import RUNNING
from lianzhi.office.actor import Actor
from lianzhi.office.complaints import reopen_reports
from lianzhi.office.effect import notify_party
from lianzhi.office.measures import end
from lianzhi.office.office import Office
from lianzhi.office.ports import Batch
from lianzhi.office.signals import withdraw_undone
from lianzhi.record.entry import Draft


def reverse_alone_in(
    office: Office,
    batch: Batch,
    identity: str,
    reason: str,
    by: Actor,
    at: int,
    *,
    amended: Mapping[str, int] | None = None,
    fields: Mapping[str, Any] | None = None,
) -> None:
    """Take a decision back within a batch without an appeal; see `reverse_in`. KeyError: there
    is no such decision."""
    _, decision = office.decision(batch.connection, identity)
    case = office.case(batch.connection, decision.case)
    office.check_step(batch.connection, "decision.reversed", case, by, at, reason=reason)
    reverse_in(office, batch, decision, (), reason, by, at, amended=amended, fields=fields)


def reverse_in(
    office: Office,
    batch: Batch,
    decision: Decision,
    measures: Sequence[str],
    reason: str,
    by: Actor,
    at: int,
    appeal: str | None = None,
    amended: Mapping[str, int] | None = None,
    fields: Mapping[str, Any] | None = None,
) -> None:
    """Undo a decision within a batch: its measures are lifted, the strikes taken back.

    No measures named: all of them, unless some are `amended`, which stay with another sum
    (whole yuan), beside those that stay as they are. `fields` is what the domain adds. Raises
    IllegalStepError where a measure named is none of the decision's.
    """
    amended = amended or {}
    rows = {
        row["id"]: row for row in office.queries.measures.measures_of(batch.connection, decision.id)
    }
    chosen = list(measures)
    if not chosen and not amended:
        chosen = [measure for measure, row in rows.items() if row["undone_at"] is None]
    if unknown := [measure for measure in (*chosen, *amended) if measure not in rows]:
        raise IllegalStepError("decision.reversed", unknown[0], rule="measure_of_decision")
    standing = office.queries.strikes.standing_strikes(batch.connection, decision.id)
    left = [
        measure
        for measure, row in rows.items()
        if measure not in chosen and row["undone_at"] is None and row["status"] != "shadowed"
    ]
    kind = "decision.partly_reversed" if left else "decision.reversed"
    payload: dict[str, Any] = {
        "decision": decision.id,
        "case": decision.case,
        "by": by.name,
        "appeal": appeal,
        "measures": chosen,
    }
    payload |= {"fields": dict(fields)} if fields else {}
    case = office.case(batch.connection, decision.case)
    people = {rows[measure]["subject"] for measure in chosen} - {None}
    texts = {"reason": (reason, (case.about, *sorted(people)))}
    batch.append([Draft(kind, decision.id, at, payload, texts)])
    why = "appeal" if appeal else "reversal"
    for measure in chosen:
        if measure in standing:
            removal = {
                "strike": measure,
                "decision": decision.id,
                "case": decision.case,
                "why": why,
            }
            batch.append([Draft("strike.removed", measure, at, removal)])
        if rows[measure]["status"] in RUNNING:
            end(office, batch, rows[measure], "measure.lifted", by.name, why, at)
    for measure, amount in amended.items():
        change = {"measure": measure, "case": case.id, "by": by.name, "why": why, "amount": amount}
        batch.append([Draft("measure.amended", measure, at, change)])
    if office.of_party(case, at):
        notify_party(office, batch, decision, case, reason, at)
    reopen_reports(office, batch, case, by.name, at)
    withdraw_undone(office, batch, case.id, by.name, why, at)
