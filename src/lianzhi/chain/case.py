"""Case 案件: findings that share an incident, on which people work.

A case's status is a fold over its entries in the record: `fold(case, kind, at, payload)`. What may
follow what is data (`TRANSITIONS`); a refused step names the rule that forbids it.
"""

from typing import Any, Literal, get_args

import msgspec

from lianzhi.chain.finding import STAGES, Stage
from lianzhi.chain.life import IllegalStepError, Steps, next_status

__all__ = ["OUTCOMES", "TRANSITIONS", "Case", "IllegalStepError", "ProposedMeasure", "fold"]

Status = Literal["open", "protected", "closed"]
Decided = Literal["", "awaiting", "awaiting_more", "effective"]
Outcome = Literal["settled", "subsided", "transferred", "false_positive"]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)

_WAITING = frozenset({"open", "protected"})
_ANY = _WAITING | {"closed"}
_CLOSED = frozenset({"closed"})

TRANSITIONS: Steps = {
    "case.joined": (_WAITING, None),
    "case.escalated": (_WAITING, None),
    "case.assigned": (_WAITING, None),
    "case.noted": (_ANY, None),
    "case.linked": (_ANY, None),
    "case.looked": (_ANY, None),
    "measure.proposed": (_WAITING, None),
    "protection.offered": (_WAITING, None),
    "protection.granted": (_WAITING, "protected"),
    "protection.lifted": (frozenset({"protected", "closed"}), None),
    "protection.lapsed": (frozenset({"protected", "closed"}), None),
    "report.joined": (_WAITING, None),
    "decision.proposed": (_WAITING, None),
    "decision.made": (_WAITING, None),
    "decision.confirmed": (_WAITING, None),
    "decision.refused": (_WAITING, None),
    "decision.reversed": (_ANY, None),
    "decision.partly_reversed": (_ANY, None),
    "appeal.filed": (_ANY, None),
    "appeal.answered": (_ANY, None),
    "review.held": (_ANY, None),
    "evidence.exported": (_ANY, None),
    "revisit.scheduled": (_ANY, None),
    "revisit.held": (_CLOSED, None),
    "case.closed": (_WAITING, "closed"),
    "case.reopened": (_CLOSED, "open"),
}


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
    ground: str = ""
    """The published rule on which it would rest."""


class Case(msgspec.Struct, frozen=True):
    """State of a case, folded from its entries. People appear as vault tokens."""

    id: str
    kind: str
    """Domain and harm, as in `<domain>.<harm>`."""
    about: str
    opened_at: int
    status: Status = "open"
    stage: Stage = "watch"
    score: float = 0.0
    minor: bool = False
    about_object: bool = False
    """Whether the case is about an object, and no particular person is harmed."""
    since: int = 0
    incidents: tuple[int, ...] = ()
    """When each incident that is part of it began (ms)."""
    updated_at: int = 0
    findings: int = 0
    """How many findings make it up."""
    proposals: tuple[ProposedMeasure, ...] = ()
    protections: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    """Cases that share a person or an event with it."""
    roles: tuple[str, ...] = ()
    """Parts that its findings say were played."""
    found_at: int = 0
    """When its newest finding was made; 0 in a record older than this field."""
    looked: dict[str, bool] = {}
    """Tier of the harm's whole chain -> whether the last look there found something."""
    decisions: int = 0
    """How many decisions were made or proposed."""
    decided: Decided = ""
    """How a person's last decision stands, with nothing new since; empty: it is to be judged."""
    reports: int = 0
    """How many reports joined it."""
    offered_at: int | None = None
    assignee: str | None = None
    revisit_at: int | None = None
    closed_at: int | None = None
    outcome: Outcome | None = None

    @property
    def to_judge(self) -> bool:
        """Whether it waits for somebody to decide it, or to close it."""
        return self.status != "closed" and not self.decided


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
            about_object=payload.get("thing", False),
            since=payload["since"],
            incidents=(payload["since"],),
            updated_at=at,
            findings=1,
            roles=tuple(payload.get("roles", ())),
            found_at=at,
        )
    if case is None:
        raise IllegalStepError(kind, "not open", TRANSITIONS.get(kind, (frozenset(), None))[0])
    changes = {"status": next_status(TRANSITIONS, kind, case.status)}
    changes |= _CHANGES.get(kind, _unchanged)(case, at, payload)
    return msgspec.structs.replace(case, updated_at=max(at, case.updated_at), **changes)


def _unchanged(case: Case, at: int, payload: dict[str, Any]) -> dict[str, Any]:
    return {}


def _joined(case: Case, at: int, payload: dict[str, Any]) -> dict[str, Any]:
    return {
        "findings": case.findings + 1,
        "score": max(case.score, payload["score"]),
        # older entries have no `since`: their incident counts from the start of the case
        "incidents": tuple(dict.fromkeys((*case.incidents, payload.get("since", case.since)))),
        "roles": tuple(dict.fromkeys((*case.roles, *payload.get("roles", ())))),
        "found_at": max(case.found_at, at),
        **_news(case, at, payload),
    }


def _escalated(case: Case, at: int, payload: dict[str, Any]) -> dict[str, Any]:
    higher = max(case.stage, payload["stage"], key=STAGES.index)
    return {"stage": higher, **_news(case, at, payload)}


def _proposed(case: Case, at: int, payload: dict[str, Any]) -> dict[str, Any]:
    measure = ProposedMeasure(
        key=payload["key"],
        to=payload["to"],
        subjects=tuple(payload["subjects"]),
        mode=payload["mode"],
        hours=payload["hours"],
        at=at,
        finding=payload["finding"],
        ground=payload.get("ground", ""),
    )
    kept = tuple(p for p in case.proposals if (p.key, p.to) != (measure.key, measure.to))
    return {"proposals": (*kept, measure), **_news(case, at, payload)}


def _ended(case: Case, at: int, payload: dict[str, Any]) -> dict[str, Any]:
    left = tuple(p for p in case.protections if p != payload["protection"])
    if case.status == "protected" and not left:
        return {"protections": left, "status": "open"}
    return {"protections": left}


def _closed(case: Case, at: int, payload: dict[str, Any]) -> dict[str, Any]:
    return {"closed_at": at, "outcome": payload["outcome"]}


def _reopened(case: Case, at: int, payload: dict[str, Any]) -> dict[str, Any]:
    status = "protected" if case.protections else "open"
    return {"closed_at": None, "outcome": None, "status": status, **_news(case, at, payload)}


def _linked(case: Case, at: int, payload: dict[str, Any]) -> dict[str, Any]:
    return {"links": tuple(dict.fromkeys((*case.links, payload["other"])))}


def _reported(case: Case, at: int, payload: dict[str, Any]) -> dict[str, Any]:
    return {"reports": case.reports + 1, **_news(case, at, payload)}


def _proposed_decision(case: Case, at: int, payload: dict[str, Any]) -> dict[str, Any]:
    return {"decisions": case.decisions + 1, "decided": "awaiting"}


def _decision_made(case: Case, at: int, payload: dict[str, Any]) -> dict[str, Any]:
    """What a rule decides by itself leaves the rest of the case to people."""
    decided = case.decided if payload.get("automated_decision") else "effective"
    return {"decisions": case.decisions + 1, "decided": decided}


def _answered(case: Case, at: int, payload: dict[str, Any]) -> dict[str, Any]:
    return {} if payload.get("outcome") == "upheld" else _news(case, at, payload)


def _news(case: Case, at: int, payload: dict[str, Any]) -> dict[str, Any]:
    """Marks the case for judgement again, once no decision waits for its second person."""
    return {"decided": "awaiting_more" if case.decided.startswith("awaiting") else ""}


def _undecided(case: Case, at: int, payload: dict[str, Any]) -> dict[str, Any]:
    return {"decided": ""}


_CHANGES: dict[str, Any] = {
    "case.linked": _linked,
    "case.looked": lambda case, at, payload: {
        "looked": case.looked | {payload["tier"]: payload["found"]}
    },
    "decision.proposed": _proposed_decision,
    "decision.made": _decision_made,
    "decision.confirmed": lambda case, at, payload: {
        "decided": "" if case.decided == "awaiting_more" else "effective"
    },
    "decision.refused": _undecided,
    "decision.reversed": _undecided,
    "decision.partly_reversed": _undecided,
    "appeal.answered": _answered,
    "report.joined": _reported,
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
