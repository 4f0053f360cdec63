"""Firsts and alarms: what the records amount to, which the desk keeps in step with them."""

import datetime as dt
import hashlib
from typing import Any

import msgspec

from lianzhi.chain.life import START, Steps, next_status
from lianzhi.chain.noun import Noun, Payload
from lianzhi.record.entry import Entry

FIRST_STEPS: Steps = {
    "first.found": (frozenset({START, "revoked"}), "standing"),
    "first.moved": (frozenset({"standing"}), None),
    "first.revoked": (frozenset({"standing"}), "revoked"),
}
ALARM_STEPS: Steps = {
    "alarm.raised": (frozenset({START, "withdrawn"}), "raised"),
    "alarm.changed": (frozenset({"raised"}), None),
    "alarm.withdrawn": (frozenset({"raised"}), "withdrawn"),
}


class RecordedFirst(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A first as its entries tell it."""

    id: str
    scope: str
    place: str
    taxon: str
    interception: str
    day: dt.date
    since: dt.date
    covered: int
    ports: int
    status: str = "standing"
    reason: str = ""
    """Why it was moved or revoked: `earlier`, `reidentified` or `register`."""
    found_index: int = 0
    index: int = 0
    """Entry that last changed it."""
    was: tuple[str, ...] = ()
    """Interceptions on which it rested before."""


class Alarm(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A week with more interceptions than the weeks before let expect."""

    id: str
    taxon: str
    channel: str
    week: dt.date
    """Monday on which the week begins."""
    observed: int
    expected: float
    bound: float
    method: str
    status: str = "raised"
    index: int = 0


def sign_id(*parts: str) -> str:
    """Id of a first or an alarm, from what it is about."""
    return hashlib.blake2b("\x1f".join(parts).encode(), digest_size=8).hexdigest()


def _first(before: RecordedFirst | None, entry: Entry, payload: Payload) -> RecordedFirst:
    status = next_status(FIRST_STEPS, entry.kind, before.status if before else START)
    if entry.kind == "first.revoked" and before is not None:
        return msgspec.structs.replace(
            before, status=status, reason=payload["reason"], index=entry.index
        )
    more: dict[str, Any] = {"status": status, "index": entry.index, "found_index": entry.index}
    if before is not None:
        more["was"] = (*before.was, before.interception)
        if entry.kind == "first.moved":
            more["found_index"] = before.found_index
    return msgspec.convert({**payload, **more}, RecordedFirst)


def _alarm(before: Alarm | None, entry: Entry, payload: Payload) -> Alarm:
    status = next_status(ALARM_STEPS, entry.kind, before.status if before else START)
    if entry.kind == "alarm.withdrawn" and before is not None:
        return msgspec.structs.replace(before, status=status, index=entry.index)
    return msgspec.convert({**payload, "status": status, "index": entry.index}, Alarm)


FIRST = Noun(
    "first",
    RecordedFirst,
    FIRST_STEPS,
    _first,
    columns=("scope", "place", "taxon", "interception", "day", "status"),
    indexes=(("status", "scope", "day"), ("taxon",), ("interception",)),
    identity=lambda payload: payload["id"],
    bulk={"found": "rows", "moved": "rows", "revoked": "rows"},
)
ALARM = Noun(
    "alarm",
    Alarm,
    ALARM_STEPS,
    _alarm,
    columns=("taxon", "channel", "week", "status"),
    indexes=(("status", "week"), ("taxon", "channel")),
    identity=lambda payload: payload["id"],
    bulk={"raised": "rows", "changed": "rows", "withdrawn": "rows"},
)


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """The case that a first or an alarm opened or joined."""

    id: str
    """Of the first or alarm."""
    of: str
    case: str


def _link(before: Link | None, entry: Entry, payload: Payload) -> Link:
    return Link(id=payload["sign"], of=payload["of"], case=payload["case"])


LINK = Noun("sign", Link, {}, _link, columns=("of", "case"), indexes=(("case",),), has_story=False)
