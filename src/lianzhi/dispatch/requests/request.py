"""Request 诉求: the life of a report by a citizen, a grid worker, the hotline.

Its status is a fold over its entries: `fold(request, kind, at, payload)`; `STEPS` says which entry
may follow which. Payloads hold no names and no words of citizens: people are vault tokens, and what
they wrote is kept beside, under the id of the request. Payloads (strings unless noted):

| entry                | payload                                                                   |
|----------------------|---------------------------------------------------------------------------|
| request.received     | request, channel, category; grid, lon and lat (numbers), enterprise,      |
|                      | reporter (vault tokens), all four optional                                |
| request.accepted     | by                                                                        |
| request.declined     | by, reason (a key); whom else to turn to lies beside                      |
| request.dispatched   | by, to (squad or department); priority, category, grid: if sorted anew    |
| request.handed_over  | by, to, note (id of a text that lies beside): work passes on ...          |
| request.taken_over   | by: ... once those it goes to say that they have it                       |
| request.handed_back  | by, reason (a key): they will not; it stays where it was                  |
| request.escalated    | step (`dispose.0.8`), tells (list)                                        |
| request.suspended    | by, reason (a key): waiting for the citizen                               |
| request.resumed      | by                                                                        |
| request.disposed     | by, outcome (resolved, unfounded, transferred); to whom lies beside       |
| request.asked        | has it stayed mended? asked weeks after                                   |
| request.confirmed    | reporter or by: it has                                                    |
| request.reopened     | reporter or by, reason (a key)                                            |
| request.merged       | by, into: the request that goes on for both                               |
| request.published    | by: what anybody may read of it lies beside                               |
| request.unpublished  | by: nobody but the bureau reads its words any more                        |

Of old entries `turn_to` stands in the payload of those that declined or disposed of it.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal, get_args

import msgspec

from lianzhi.chain.life import START, Steps, next_status

Channel = Literal["hotline", "grid", "app", "volunteer"]
CHANNELS: tuple[Channel, ...] = get_args(Channel)
Outcome = Literal["resolved", "unfounded", "declined", "transferred"]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
Status = Literal[
    "received", "accepted", "declined", "dispatched", "handing_over", "suspended", "disposed",
    "asked", "closed", "merged",
]  # fmt: skip
STATUSES: tuple[Status, ...] = get_args(Status)

_OPEN = frozenset({"accepted", "dispatched", "handing_over"})
_ENDED = frozenset({"disposed", "asked", "closed", "declined"})

STEPS: Steps = {
    "request.received": (frozenset({START}), "received"),
    "request.accepted": (frozenset({"received"}), "accepted"),
    "request.declined": (frozenset({"received"}), "declined"),
    "request.dispatched": (frozenset({"accepted", "dispatched"}), "dispatched"),
    "request.handed_over": (frozenset({"dispatched"}), "handing_over"),
    "request.taken_over": (frozenset({"handing_over"}), "dispatched"),
    "request.handed_back": (frozenset({"handing_over"}), "dispatched"),
    "request.escalated": (_OPEN | {"received", "suspended"}, None),
    "request.suspended": (frozenset({"accepted", "dispatched"}), "suspended"),
    "request.resumed": (frozenset({"suspended"}), None),
    "request.disposed": (_OPEN, "disposed"),
    "request.asked": (frozenset({"disposed"}), "asked"),
    "request.confirmed": (frozenset({"disposed", "asked"}), "closed"),
    "request.reopened": (_ENDED, "accepted"),
    "request.merged": (_OPEN - {"handing_over"} | {"received"}, "merged"),
    "request.published": (frozenset(STATUSES) - {"merged"}, None),
    "request.unpublished": (frozenset(STATUSES), None),
}


class Request(msgspec.Struct, frozen=True):
    """A request as its entries leave it. Moments are Unix ms; people are vault tokens."""

    id: str
    channel: Channel
    category: str
    received_at: int
    updated_at: int
    status: Status = "received"
    grid: str = ""
    lon: float | None = None
    lat: float | None = None
    enterprise: str = ""
    reporter: str = ""
    priority: str = ""
    """Set by a person; empty: that of the category."""
    accepted_at: int | None = None
    dispatched_at: int | None = None
    """When it last went to a squad or department."""
    holder: str = ""
    """Who has the work."""
    handed_to: str = ""
    """Who has been asked to take it over and has not confirmed yet."""
    note: str = ""
    """Id of the hand-over note, whose text is kept beside."""
    resumes_as: Status = "accepted"
    """Status to which it returns after a suspension."""
    pauses: tuple[tuple[int, int | None], ...] = ()
    """From, to; None while it lasts."""
    escalations: tuple[str, ...] = ()
    """Escalation steps of this round that have an entry."""
    disposed_at: int | None = None
    """When it ended: disposed of, declined or merged."""
    outcome: Outcome | None = None
    reason: str = ""
    """Key of the last reason that was given."""
    turn_to: str = ""
    """Whom else the citizen may turn to, in old entries; newer ones keep it beside."""
    asked_at: int | None = None
    confirmed_at: int | None = None
    reopened_at: int | None = None
    rounds: int = 1
    """1, and one more for each time that it was reopened."""
    merged_into: str = ""
    published: bool = False
    """Whether a text for the public was written."""
    due_at: int | None = None
    """By when it was to be disposed of, where it was imported with that."""
    imported: bool = False
    index: int = 0
    """Entry that began it, which holds its words; 0 while it has none."""

    @property
    def at(self) -> tuple[float, float] | None:
        """Longitude and latitude, or None."""
        return None if self.lon is None or self.lat is None else (self.lon, self.lat)

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to act."""
        return self.status in _OPEN or self.status in ("received", "suspended")


def fold(request: Request | None, kind: str, at: int, payload: Mapping[str, Any]) -> Request:
    """The request after one more entry. Raises IllegalStepError where the entry may not follow."""
    status = next_status(STEPS, kind, START if request is None else request.status)
    if request is None:
        return Request(
            id=payload["request"],
            channel=payload["channel"],
            category=payload["category"],
            received_at=at,
            updated_at=at,
            grid=payload.get("grid", ""),
            lon=payload.get("lon"),
            lat=payload.get("lat"),
            enterprise=payload.get("enterprise", ""),
            reporter=payload.get("reporter", ""),
        )
    changes = {"status": status} | _CHANGES[kind](request, at, payload)
    return msgspec.structs.replace(request, updated_at=max(at, request.updated_at), **changes)


def replay(
    entries: Iterable[tuple[str, int, Mapping[str, Any]]], until: int | None = None
) -> Request | None:
    """The request after entries (kind, at, payload), as it stood at `until` if that is given."""
    request: Request | None = None
    for kind, at, payload in entries:
        if until is None or at <= until:
            request = fold(request, kind, at, payload)
    return request


_Change = Callable[[Request, int, Mapping[str, Any]], dict[str, Any]]


def _accepted(request: Request, at: int, payload: Mapping[str, Any]) -> dict[str, Any]:
    return {"accepted_at": at}


def _declined(request: Request, at: int, payload: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "disposed_at": at,
        "outcome": "declined",
        "reason": payload["reason"],
        "turn_to": payload.get("turn_to", ""),
    }


def _dispatched(request: Request, at: int, payload: Mapping[str, Any]) -> dict[str, Any]:
    changed = {name: payload[name] for name in ("priority", "category", "grid") if name in payload}
    return {"dispatched_at": at, "holder": payload["to"], **changed}


def _handed_over(request: Request, at: int, payload: Mapping[str, Any]) -> dict[str, Any]:
    return {"handed_to": payload["to"], "note": payload["note"]}


def _taken_over(request: Request, at: int, payload: Mapping[str, Any]) -> dict[str, Any]:
    return {"holder": request.handed_to, "handed_to": "", "dispatched_at": at}


def _handed_back(request: Request, at: int, payload: Mapping[str, Any]) -> dict[str, Any]:
    return {"handed_to": "", "reason": payload["reason"]}


def _escalated(request: Request, at: int, payload: Mapping[str, Any]) -> dict[str, Any]:
    return {"escalations": tuple(dict.fromkeys((*request.escalations, payload["step"])))}


def _suspended(request: Request, at: int, payload: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "pauses": (*request.pauses, (at, None)),
        "resumes_as": request.status,
        "reason": payload["reason"],
    }


def _resumed(request: Request, at: int, payload: Mapping[str, Any]) -> dict[str, Any]:
    since, _ = request.pauses[-1]
    return {
        "pauses": (*request.pauses[:-1], (since, max(at, since))),
        "status": request.resumes_as,
    }


def _disposed(request: Request, at: int, payload: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "disposed_at": at,
        "outcome": payload["outcome"],
        "handed_to": "",
        "turn_to": payload.get("turn_to", ""),
    }


def _review_requested(request: Request, at: int, payload: Mapping[str, Any]) -> dict[str, Any]:
    return {"asked_at": at}


def _confirmed(request: Request, at: int, payload: Mapping[str, Any]) -> dict[str, Any]:
    return {"confirmed_at": at}


def _reopened(request: Request, at: int, payload: Mapping[str, Any]) -> dict[str, Any]:
    """A new round with its own clock and its own escalation; the holder stays."""
    return {
        "reopened_at": at,
        "rounds": request.rounds + 1,
        "reason": payload["reason"],
        "escalations": (),
        "disposed_at": None,
        "outcome": None,
        "asked_at": None,
        "confirmed_at": None,
    }


def _merged(request: Request, at: int, payload: Mapping[str, Any]) -> dict[str, Any]:
    return {"disposed_at": at, "merged_into": payload["into"]}


def _published(request: Request, at: int, payload: Mapping[str, Any]) -> dict[str, Any]:
    return {"published": True}


def _unpublished(request: Request, at: int, payload: Mapping[str, Any]) -> dict[str, Any]:
    return {"published": False}


_CHANGES: dict[str, _Change] = {
    "request.accepted": _accepted,
    "request.declined": _declined,
    "request.dispatched": _dispatched,
    "request.handed_over": _handed_over,
    "request.taken_over": _taken_over,
    "request.handed_back": _handed_back,
    "request.escalated": _escalated,
    "request.suspended": _suspended,
    "request.resumed": _resumed,
    "request.disposed": _disposed,
    "request.asked": _review_requested,
    "request.confirmed": _confirmed,
    "request.reopened": _reopened,
    "request.merged": _merged,
    "request.published": _published,
    "request.unpublished": _unpublished,
}
