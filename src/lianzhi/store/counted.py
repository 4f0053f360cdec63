"""Quantities of the scorecard, each defined once for its figure and for the list behind it.

`store.scorecard` counts by it and `store.narrow` lists by it, so that a figure and its list agree.
"""

from collections.abc import Mapping
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, case, func, literal

from lianzhi.chain.protection import DAY_MS
from lianzhi.store.process_tables import OURS, appeal, decision, measure, report, review, strike
from lianzhi.store.score_tables import case_times, revisit
from lianzhi.store.views_tables import case as case_table
from lianzhi.store.views_tables import finding, protection

Column = ColumnElement[Any]


class Counted(msgspec.Struct, frozen=True, kw_only=True):
    """Rows of the read model that are counted, or whose durations are measured."""

    at: Column
    """The time that must lie in the period."""
    also: tuple[Column, ...] = ()
    """Further conditions, which may join other tables."""
    dims: Mapping[str, Column] = {}
    """Dimensions for counting, and filters of the list."""
    added: Column | None = None
    """Column to sum, where it is not one for each row."""
    length: Column | None = None
    """Milliseconds, where durations are measured; null: not yet ended, longer than any."""
    noun: str = ""
    """The list behind it; empty: none, it is only checked."""
    on: str = ""
    """Its name in addresses of the list."""
    names: Column | None = None
    """Id of the list's row to which each belongs; None: they are the rows of the list."""
    acts: bool = False
    """Whether one row of the list may have several of them."""
    each: bool = True
    """Whether each counts by itself; otherwise each row of the list once in each part."""
    due: bool = False
    """Whether `at` is a time limit: those ending after now are left out."""


def _word(condition: Column, yes: str = "yes", no: str = "no") -> Column:
    return case((condition, literal(yes)), else_=literal(no))


_t = case_times.c
_offer = case(
    (_t.protected_at.is_not(None) & _t.offered_at.is_not(None), literal("accepted")),
    (_t.offered_at.is_not(None), literal("offered")),
    else_=literal("none"),
)
_real = measure.c.status.not_in(("shadowed", "suppressed"))
_over = measure.c.ended_at.is_not(None) | (measure.c.status == "undelivered")
#: Lapsing and lifting overwrite the status, but not whether it was applied.
_reached = case(
    (~_real, literal("none")),
    (measure.c.applied_at.is_not(None), literal("yes")),
    (_over, literal("no")),
    else_=literal("waiting"),
)
_not_routed = func.coalesce(report.c.outcome, "") != "routed"
_decided = decision.c.id == appeal.c.decision
_contested = (
    appeal.c.party == "affected",
    measure.c.decision == appeal.c.decision,
    measure.c.subject == appeal.c.person,
    _real,
)


def _of_cases(on: str, at: Column, **more: Any) -> Counted:
    return Counted(noun="cases", on=on, at=at, names=_t.case, **more)


def _contests(on: str, dim: str, column: Column) -> Counted:
    """An appeal may concern several measures: it counts once under each key, and each role."""
    return Counted(
        noun="appeals",
        on=on,
        at=appeal.c.answered_at,
        also=_contested,
        names=appeal.c.id,
        each=False,
        dims={"status": appeal.c.status, dim: column},
    )


def _length(first: Column, last: Column) -> Mapping[str, Any]:
    known = (first.is_not(None), last.is_not(None), last >= first)
    return {"length": last - first, "also": known}


#: The first count of each noun filters its list if an address names none.
COUNTED: dict[str, Counted] = {
    "findings": Counted(
        noun="warnings",
        on="found",
        at=finding.c.at,
        dims={"stage": finding.c.stage, "kind": finding.c.kind},
    ),
    "opened": _of_cases(
        "opened",
        _t.opened_at,
        dims={
            "kind": _t.kind,
            "state": _word(_t.closed_at.is_(None), "waiting", "closed"),
            "offer": _offer,
            "linked": _word(_t.linked),
        },
    ),
    "closed": _of_cases(
        "closed", _t.closed_at, dims={"kind": _t.kind, "outcome": func.coalesce(_t.outcome, "")}
    ),
    "cases": Counted(at=case_table.c.opened_at, dims={"status": case_table.c.status}),
    "decisions": Counted(
        noun="decisions",
        on="made",
        at=decision.c.made_at,
        dims={
            "status": decision.c.status,
            "restricts": _word(decision.c.measures > 0),
            "automated": _word(decision.c.automated_decision),
            "source": decision.c.source,
            "ground": decision.c.ground_kind,
            "rule": decision.c.rule,
        },
    ),
    "orders": Counted(
        at=decision.c.effective_at,
        also=(decision.c.status.not_in(("awaiting", "refused")),),
        added=decision.c.measures,
    ),
    "measures": Counted(
        noun="measures",
        on="ordered",
        at=measure.c.ordered_at,
        dims={
            "key": measure.c.key,
            "role": measure.c.role,
            "mode": measure.c.mode,
            "status": measure.c.status,
            "why": measure.c.why,
            "rule": measure.c.rule,
            "reached": _reached,
        },
    ),
    "strikes": Counted(
        noun="measures",
        on="struck",
        at=strike.c.given_at,
        names=strike.c.id,
        dims={"removed": _word(strike.c.removed_at.is_not(None))},
    ),
    "reports": Counted(
        noun="reports",
        on="received",
        at=report.c.received_at,
        dims={
            "category": report.c.category,
            "channel": report.c.channel,
            "status": report.c.status,
        },
    ),
    "answers": Counted(
        noun="reports",
        on="answered",
        at=report.c.answered_at,
        dims={
            "category": report.c.category,
            "outcome": func.coalesce(report.c.outcome, ""),
        },
    ),
    "reports_due": Counted(
        noun="reports",
        on="due",
        at=report.c.due_at,
        also=(_not_routed,),
        due=True,
        dims={"in_time": _word(report.c.answered_at <= report.c.due_at)},
    ),
    "appeals": Counted(
        noun="appeals",
        on="filed",
        at=appeal.c.filed_at,
        dims={"party": appeal.c.party, "status": appeal.c.status},
    ),
    "appealed": Counted(
        noun="appeals",
        on="answered",
        at=appeal.c.answered_at,
        also=(_decided,),
        dims={
            "party": appeal.c.party,
            "status": appeal.c.status,
            "rule": decision.c.rule,
            "automated": _word(decision.c.automated_decision),
        },
    ),
    "contested_keys": _contests("by_measure", "key", measure.c.key),
    "contested_roles": _contests("by_role", "role", measure.c.role),
    "appeals_due": Counted(
        noun="appeals",
        on="due",
        at=appeal.c.due_at,
        also=(OURS,),
        due=True,
        dims={"in_time": _word(appeal.c.answered_at <= appeal.c.due_at)},
    ),
    "looks": Counted(
        noun="decisions",
        on="looked",
        at=review.c.held_at,
        also=(decision.c.id == review.c.decision,),
        names=review.c.decision,
        acts=True,
        dims={
            "look": review.c.kind,
            "agrees": _word(review.c.agrees),
            "first": _word(decision.c.measures > 0),
            "second": _word(review.c.restricts),
        },
    ),
    "granted": Counted(
        noun="protections",
        on="granted",
        at=protection.c.granted_at,
        dims={"asked": _word(protection.c.case.is_(None), "person", "case")},
    ),
    "revisits_due": Counted(
        noun="cases",
        on="revisit_due",
        at=revisit.c.due_at,
        also=(
            _t.case == revisit.c.case,
            revisit.c.held_at.is_not(None) | _t.closed_at.is_not(None),
        ),
        names=revisit.c.case,
        acts=True,
        due=True,
        dims={"in_time": _word(revisit.c.held_at <= revisit.c.due_at + DAY_MS)},
    ),
    "revisits": Counted(
        noun="cases",
        on="revisited",
        at=revisit.c.held_at,
        names=revisit.c.case,
        acts=True,
        dims={"rebound": _word(revisit.c.rebound)},
    ),
    "warning": _of_cases("warned", _t.opened_at, **_length(_t.since, _t.warned_at)),
    "protection": _of_cases("protected", _t.opened_at, **_length(_t.warned_at, _t.protected_at)),
    "decision": _of_cases("decided", _t.opened_at, **_length(_t.warned_at, _t.decided_at)),
    "applied": Counted(
        noun="measures",
        on="applied",
        at=measure.c.ordered_at,
        also=(_reached.in_(("yes", "no")),),
        length=measure.c.applied_at - measure.c.ordered_at,
    ),
    "report": Counted(
        noun="reports",
        on="told",
        at=report.c.answered_at,
        also=(_not_routed,),
        length=report.c.answered_at - report.c.received_at,
    ),
    "appeal": Counted(
        noun="appeals",
        on="heard",
        at=appeal.c.answered_at,
        length=appeal.c.answered_at - appeal.c.filed_at,
    ),
}

#: Noun -> id of the rows of its list.
LISTED: Mapping[str, Column] = {
    "warnings": finding.c.id,
    "cases": case_table.c.id,
    "decisions": decision.c.id,
    "measures": measure.c.id,
    "reports": report.c.id,
    "appeals": appeal.c.id,
    "protections": protection.c.id,
}


def called(noun: str, on: str) -> Counted | None:
    """The quantity named `on` in addresses of a noun's list; None: unknown."""
    return next(
        (counted for counted in COUNTED.values() if (counted.noun, counted.on) == (noun, on)), None
    )


def usual(noun: str) -> Counted:
    """The default quantity of a noun's list."""
    return next(counted for counted in COUNTED.values() if counted.noun == noun)
