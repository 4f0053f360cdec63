"""Case 案件: findings that share an incident, on which people work.

A case's status is a fold over its entries in the record: `fold(case, kind, at, payload)`. What may
follow what is data (`TRANSITIONS`); a refused step names the rule that forbids it.
"""

from typing import Any, Literal

import msgspec

from lianzhi.chain.finding import STAGES, Stage

Status = Literal["open", "protected", "closed"]
Outcome = Literal["settled", "subsided", "false_positive"]
OUTCOMES: tuple[Outcome, ...] = ("settled", "subsided", "false_positive")

#: entry kind -> (statuses in which it may happen, status afterwards; None keeps it)
TRANSITIONS: dict[str, tuple[frozenset[str], Status | None]] = {
    "case.joined": (frozenset({"open", "protected"}), None),
    "case.escalated": (frozenset({"open", "protected"}), None),
    "case.assigned": (frozenset({"open", "protected"}), None),
    "case.noted": (frozenset({"open", "protected", "closed"}), None),
    "measure.proposed": (frozenset({"open", "protected"}), None),
    "protection.offered": (frozenset({"open", "protected"}), None),
    "protection.granted": (frozenset({"open", "protected"}), "protected"),
    "protection.lifted": (frozenset({"protected", "closed"}), None),
    "protection.lapsed": (frozenset({"protected", "closed"}), None),
    "revisit.scheduled": (frozenset({"open", "protected", "closed"}), None),
    "revisit.held": (frozenset({"closed"}), None),
    "case.closed": (frozenset({"open", "protected"}), "closed"),
    "case.reopened": (frozenset({"closed"}), "open"),
}


class IllegalStepError(ValueError):
    """A step that the case's status forbids; `step`, `status` and `allowed` say which rule."""

    def __init__(self, step: str, status: str, allowed: frozenset[str]) -> None:
        self.step, self.status, self.allowed = step, status, allowed
        where = ", ".join(sorted(allowed)) or "never"
        super().__init__(f"{step} is not possible on a case that is {status}; only when: {where}")


class ProposedMeasure(msgspec.Struct, frozen=True):
    """A measure that policy proposes, in shadow until a person switches its rule on."""

    key: str
    to: str
    """`about` or the role that it concerns."""
    subjects: tuple[str, ...]
    """Vault tokens of the accounts that it concerns."""
    mode: str
    hours: int
    at: int
    finding: str


class Case(msgspec.Struct, frozen=True):
    """One case as its entries tell it. People appear as vault tokens."""

    id: str
    kind: str
    """Domain and harm, e.g. `bullying.pile_on`."""
    about: str
    opened_at: int
    status: Status = "open"
    stage: Stage = "watch"
    score: float = 0.0
    minor: bool = False
    since: int = 0
    updated_at: int = 0
    findings: tuple[str, ...] = ()
    proposals: tuple[ProposedMeasure, ...] = ()
    protections: tuple[str, ...] = ()
    offered_at: int | None = None
    assignee: str | None = None
    revisit_at: int | None = None
    closed_at: int | None = None
    outcome: Outcome | None = None


def fold(case: Case | None, kind: str, at: int, payload: dict[str, Any]) -> Case:
    """The case after one more entry. Raises IllegalStepError when the entry may not follow."""
    if kind == "case.opened":
        if case is not None:
            raise IllegalStepError(kind, case.status, frozenset())
        return Case(
            id=payload["case"],
            kind=payload["kind"],
            about=payload["about"],
            opened_at=at,
            stage=payload["stage"],
            score=payload["score"],
            minor=payload["minor"],
            since=payload["since"],
            updated_at=at,
            findings=(payload["finding"],),
        )
    allowed, after = TRANSITIONS.get(kind, (frozenset(), None))
    if case is None or case.status not in allowed:
        raise IllegalStepError(kind, case.status if case else "not open", allowed)
    changes = _CHANGES.get(kind, _nothing)(case, at, payload)
    if after is not None:
        changes.setdefault("status", after)
    return msgspec.structs.replace(case, updated_at=max(at, case.updated_at), **changes)


def _nothing(case: Case, at: int, payload: dict[str, Any]) -> dict[str, Any]:
    return {}


def _joined(case: Case, at: int, payload: dict[str, Any]) -> dict[str, Any]:
    return {
        "findings": (*case.findings, payload["finding"]),
        "score": max(case.score, payload["score"]),
    }


def _escalated(case: Case, at: int, payload: dict[str, Any]) -> dict[str, Any]:
    higher = max(case.stage, payload["stage"], key=STAGES.index)
    return {"stage": higher}


def _proposed(case: Case, at: int, payload: dict[str, Any]) -> dict[str, Any]:
    measure = ProposedMeasure(
        key=payload["key"],
        to=payload["to"],
        subjects=tuple(payload["subjects"]),
        mode=payload["mode"],
        hours=payload["hours"],
        at=at,
        finding=payload["finding"],
    )
    kept = tuple(p for p in case.proposals if (p.key, p.to) != (measure.key, measure.to))
    return {"proposals": (*kept, measure)}


def _ended(case: Case, at: int, payload: dict[str, Any]) -> dict[str, Any]:
    left = tuple(p for p in case.protections if p != payload["protection"])
    if case.status == "protected" and not left:
        return {"protections": left, "status": "open"}
    return {"protections": left}


def _closed(case: Case, at: int, payload: dict[str, Any]) -> dict[str, Any]:
    return {"closed_at": at, "outcome": payload["outcome"]}


def _reopened(case: Case, at: int, payload: dict[str, Any]) -> dict[str, Any]:
    status = "protected" if case.protections else "open"
    return {"closed_at": None, "outcome": None, "status": status}


_CHANGES: dict[str, Any] = {
    "case.joined": _joined,
    "case.escalated": _escalated,
    "case.assigned": lambda case, at, payload: {"assignee": payload["assignee"]},
    "measure.proposed": _proposed,
    "protection.offered": lambda case, at, payload: {"offered_at": at},
    "protection.granted": lambda case, at, payload: {
        "protections": (*case.protections, payload["protection"])
    },
    "protection.lifted": _ended,
    "protection.lapsed": _ended,
    "revisit.scheduled": lambda case, at, payload: {"revisit_at": payload["due"]},
    "revisit.held": lambda case, at, payload: {"revisit_at": None},
    "case.closed": _closed,
    "case.reopened": _reopened,
}
