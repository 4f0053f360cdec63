"""Dispute 纠纷: from what a party says to an agreement that is kept, or to other routes.

What is said in mediation is no part of it: notes of sessions and offers are sealed texts of their
entries, of which it keeps no more than where they stand. See `sealing`.
"""

import datetime as dt
from collections.abc import Callable
from typing import Any, Literal, get_args

import msgspec

from lianzhi.chain.life import START, Steps, next_status
from lianzhi.chain.noun import Noun, Payload
from lianzhi.domains.mediation.routes import Field
from lianzhi.record.entry import Entry

Status = Literal["received", "mediating", "in_session", "agreed", "closed"]
STATUSES: tuple[Status, ...] = get_args(Status)
Level = Literal["front_line", "centre"]
"""Where it is mediated: 1+N, a front-line room 前沿调解室 or the centre 调解中心."""
LEVELS: tuple[Level, ...] = get_args(Level)
Outcome = Literal["", "settled", "not_settled", "withdrawn"]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
Cause = Literal[
    "classification", "origin", "value", "tax", "penalty", "procedure", "delay", "conduct",
    "contract", "quality", "price", "neighbours", "other",
]  # fmt: skip
CAUSES: tuple[Cause, ...] = get_args(Cause)
Language = Literal["zh", "en", "mn", "bo", "ug", "kk", "ko", "ru", "other"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
Confirmation = Literal["", "asked", "confirmed", "refused"]

_MEDIATED = frozenset({"mediating", "in_session"})
_AGREED, _CLOSED = frozenset({"agreed"}), frozenset({"closed"})
STEPS: Steps = {
    "dispute.received": (frozenset({START}), "received"),
    "dispute.imported": (frozenset({START}), None),
    "dispute.assigned": (frozenset({"received", "mediating"}), "mediating"),
    "dispute.session_opened": (frozenset({"mediating"}), "in_session"),
    "dispute.session_closed": (frozenset({"in_session"}), "mediating"),
    "dispute.noted": (_MEDIATED, None),
    "dispute.offered": (_MEDIATED, None),
    "dispute.stayed": (_MEDIATED, None),
    "dispute.resumed": (_MEDIATED, None),
    "dispute.escalated": (frozenset({"mediating"}), "received"),
    "dispute.agreed": (frozenset({"mediating"}), "agreed"),
    "dispute.kept": (_AGREED, None),
    "dispute.broken": (_AGREED, None),
    "dispute.confirmation_asked": (_AGREED, None),
    "dispute.confirmation_answered": (_AGREED, None),
    "dispute.settled": (_AGREED, "closed"),
    "dispute.failed": (frozenset({"mediating", "agreed"}), "closed"),
    "dispute.withdrawn": (frozenset({"received", *_MEDIATED}), "closed"),
    "dispute.visited": (_AGREED | _CLOSED, None),
    "dispute.reopened": (_CLOSED, "received"),
}


class Session(msgspec.Struct, frozen=True, omit_defaults=True):
    """A session with the parties."""

    number: int
    opened: dt.date
    by: str
    closed: dt.date | None = None


class Sealed(msgspec.Struct, frozen=True):
    """Where a sealed note or offer stands, and for whom."""

    index: int
    """Entry whose text `sealed` holds it."""
    of: Literal["note", "offer"]
    day: dt.date
    by: str
    key: int
    """Entry whose text `key` holds the key."""


class Term(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a party undertakes until a day; its words are text `term_<number>` of the agreement."""

    number: int
    due: dt.date
    status: Literal["open", "kept", "broken"] = "open"
    day: dt.date | None = None
    """When it was kept or broken."""


class Stay(msgspec.Struct, frozen=True, omit_defaults=True):
    """Days on which the reconsideration is stayed for mediation."""

    since: dt.date
    until: dt.date | None = None


class Visit(msgspec.Struct, frozen=True):
    """A follow-up visit; `answers` are points by the key of a question."""

    day: dt.date
    answers: dict[str, int]
    policy: str
    """Version of the questions."""
    index: int


class RecordedDispute(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A dispute as its entries tell it. Words of the party are text `words` of entry `index`."""

    id: str
    party: str
    """Token of the vault, in place of the name."""
    unit: bool = False
    """Whether the party is an enterprise or another organisation."""
    field: Field
    cause: Cause = "other"
    office: str
    """The other side: the office or enterprise that the party disputes with."""
    officer: str = ""
    """User who handled the party's matter there, and so may not mediate."""
    amount: int = 0
    """At issue, in whole yuan."""
    language: Language = "zh"
    warning: str = ""
    """The early warning, by the id of its case."""
    known: dt.date | None = None
    """When the party came to know of the act in dispute."""
    review: dt.date | None = None
    """When a reconsideration of it was accepted; None: none is pending."""
    received: dt.date
    by: str = ""
    level: Level = "front_line"
    status: Status = "received"
    outcome: Outcome = ""
    mediator: str = ""
    """User who mediates; empty: nobody yet."""
    mediators: tuple[str, ...] = ()
    """Everybody who was assigned, in order."""
    assigned: dt.date | None = None
    """When the present, or last, mediator was assigned."""
    first_assigned: dt.date | None = None
    key: int = -1
    """Entry that holds the key of this mediator's notes."""
    case: str = ""
    """Its case on the chain; empty before it is assigned."""
    sessions: tuple[Session, ...] = ()
    sealed: tuple[Sealed, ...] = ()
    stays: tuple[Stay, ...] = ()
    escalated: dt.date | None = None
    settled: dt.date | None = None
    """When the agreement took effect."""
    agreement: int = -1
    """Entry that holds the terms."""
    oral: bool = False
    agreed_sum: int = 0
    """What the agreement comes to, in whole yuan."""
    decision: str = ""
    """The decision of the chain that orders the settlement."""
    terms: tuple[Term, ...] = ()
    confirmation: Confirmation = ""
    confirmation_asked: dt.date | None = None
    confirmation_answered: dt.date | None = None
    closed: dt.date | None = None
    visits: tuple[Visit, ...] = ()
    reopened: int = 0
    reopened_on: dt.date | None = None
    index: int = 0

    @property
    def round_start(self) -> dt.date:
        """From when its present round counts: its receipt, escalation or re-opening."""
        return max(filter(None, (self.received, self.escalated, self.reopened_on)))

    @property
    def unvisited(self) -> bool:
        """Whether it is settled and a visit still has to follow."""
        if self.settled is None or self.outcome not in ("", "settled"):
            return False
        return not self.visits or self.visits[-1].index < self.agreement

    @property
    def satisfaction(self) -> dict[str, int]:
        """Answers of the last visit, points by question; empty without a visit."""
        return self.visits[-1].answers if self.visits else {}


def _imported(payload: Payload, entry: Entry) -> RecordedDispute:
    """A dispute of people's tables: what it came to is told, not how."""
    fields = {**payload, "id": payload["dispute"], "index": entry.index}
    dispute = msgspec.convert(fields, RecordedDispute)
    status: Status = "closed" if dispute.closed else "received"
    return msgspec.structs.replace(dispute, status=status)


_Change = dict[str, Any]


def _assigned(before: RecordedDispute, payload: Payload, index: int, day: dt.date) -> _Change:
    mediator = payload["mediator"]
    return {
        "mediator": mediator,
        "mediators": (*before.mediators, mediator),
        "assigned": day,
        "first_assigned": before.first_assigned or day,
        "key": index,
        "case": payload["case"],
    }


def _session(before: RecordedDispute, payload: Payload, index: int, day: dt.date) -> _Change:
    session = Session(len(before.sessions) + 1, day, payload["by"])
    return {"sessions": (*before.sessions, session)}


def _note(before: RecordedDispute, payload: Payload, index: int, day: dt.date) -> _Change:
    return {"sealed": (*before.sealed, Sealed(index, "note", day, payload["by"], before.key))}


def _offer(before: RecordedDispute, payload: Payload, index: int, day: dt.date) -> _Change:
    return {"sealed": (*before.sealed, Sealed(index, "offer", day, payload["by"], before.key))}


def _stayed(before: RecordedDispute, payload: Payload, index: int, day: dt.date) -> _Change:
    review = dt.date.fromisoformat(payload["review"])
    return {"review": review, "stays": (*before.stays, Stay(day))}


def _agreed(before: RecordedDispute, payload: Payload, index: int, day: dt.date) -> _Change:
    return {
        "settled": day,
        "agreement": index,
        "decision": payload["decision"],
        "oral": payload["oral"],
        "agreed_sum": payload["agreed_sum"],
        "confirmation": "",
        "terms": tuple(msgspec.convert(term, Term) for term in payload["terms"]),
    }


def _judged(status: Literal["kept", "broken"]) -> "_Changing":
    def change(before: RecordedDispute, payload: Payload, index: int, day: dt.date) -> _Change:
        return {
            "terms": tuple(
                msgspec.structs.replace(term, status=status, day=day)
                if term.number == payload["term"]
                else term
                for term in before.terms
            )
        }

    return change


def _closed(outcome: Outcome) -> "_Changing":
    return lambda before, payload, index, day: {"outcome": outcome, "closed": day}


def _visited(before: RecordedDispute, payload: Payload, index: int, day: dt.date) -> _Change:
    visit = Visit(day, payload["answers"], payload["policy"], index)
    return {"visits": (*before.visits, visit)}


def _reopened(before: RecordedDispute, payload: Payload, index: int, day: dt.date) -> _Change:
    again: _Change = {"reopened": before.reopened + 1, "reopened_on": day, "first_assigned": None}
    again |= {"outcome": "", "closed": None, "settled": None, "mediator": ""}
    return again | {"terms": (), "agreement": -1, "decision": "", "agreed_sum": 0, "oral": False}


_Changing = Callable[[RecordedDispute, Payload, int, dt.date], _Change]
_CHANGES: dict[str, _Changing] = {
    "assigned": _assigned,
    "session_opened": _session,
    "noted": _note,
    "offered": _offer,
    "stayed": _stayed,
    "escalated": lambda before, payload, index, day: {
        "level": "centre",
        "escalated": day,
        "mediator": "",
    },
    "agreed": _agreed,
    "kept": _judged("kept"),
    "broken": _judged("broken"),
    "confirmation_asked": lambda before, payload, index, day: {
        "confirmation": "asked",
        "confirmation_asked": day,
    },
    "confirmation_answered": lambda before, payload, index, day: {
        "confirmation": payload["result"],
        "confirmation_answered": day,
    },
    "settled": _closed("settled"),
    "failed": _closed("not_settled"),
    "withdrawn": _closed("withdrawn"),
    "visited": _visited,
    "reopened": _reopened,
}


def _fold(before: RecordedDispute | None, entry: Entry, payload: Payload) -> RecordedDispute:
    status = next_status(STEPS, entry.kind, before.status if before else START)
    if entry.kind == "dispute.imported":
        return _imported(payload, entry)
    if before is None:
        fields = {**payload, "id": payload["dispute"], "received": payload["day"]}
        return msgspec.convert({**fields, "index": entry.index}, RecordedDispute)
    step, day = entry.kind.removeprefix("dispute."), dt.date.fromisoformat(payload["day"])
    change: _Change = {"status": status}
    if step in _CHANGES:
        change |= _CHANGES[step](before, payload, entry.index, day)
    if before.status == "in_session" and status != "in_session":
        ended = msgspec.structs.replace(before.sessions[-1], closed=day)
        change["sessions"] = (*before.sessions[:-1], ended)
    if step == "resumed" or (before.status in _MEDIATED and status not in _MEDIATED):
        change["stays"] = tuple(
            stay if stay.until else msgspec.structs.replace(stay, until=day)
            for stay in before.stays
        )
    return msgspec.structs.replace(before, **change)


DISPUTE = Noun(
    "dispute",
    RecordedDispute,
    STEPS,
    _fold,
    columns=(
        *("status", "outcome", "level", "field", "cause", "office", "mediator", "party"),
        *("received", "settled", "closed", "unvisited"),
    ),
    indexes=(
        ("status", "received"),
        ("mediator", "status"),
        ("office", "received"),
        ("party",),
        ("unvisited",),
    ),
)
