"""Filing 申请: what a party sent in plain words without an account, until it is taken in as a
dispute or referred to the right forum. Its id is the number by which the party follows it."""

import datetime as dt
from typing import Literal, get_args

import msgspec

from lianzhi.chain.life import START, Steps, next_status
from lianzhi.chain.noun import Noun, Payload
from lianzhi.record.entry import Entry

Status = Literal["waiting", "taken_in", "referred"]
STATUSES: tuple[Status, ...] = get_args(Status)
STEPS: Steps = {
    "filing.sent": (frozenset({START}), "waiting"),
    "filing.taken_in": (frozenset({"waiting"}), "taken_in"),
    "filing.referred": (frozenset({"waiting"}), "referred"),
}


class Filing(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Texts of entry `index`: `words`, `other` (the other side), `contact`."""

    id: str
    party: str
    """Token of the vault, in place of the name."""
    unit: bool = False
    minor: bool = False
    """Whether the party, or who is concerned, is under 18."""
    field: str = ""
    """What the party thinks it is about; empty: they do not know."""
    known: dt.date | None = None
    """When they came to know of what they complain about."""
    language: str = "zh"
    sent: dt.date
    status: Status = "waiting"
    dispute: str = ""
    """The dispute that it became."""
    remedy: str = ""
    """Where it was referred to: remedy and forum, the last day where there is one."""
    forum: str = ""
    last_day: dt.date | None = None
    answer: int = -1
    """Entry whose text `words` is what the party is told of the referral."""
    index: int = 0


def _fold(before: Filing | None, entry: Entry, payload: Payload) -> Filing:
    status = next_status(STEPS, entry.kind, before.status if before else START)
    if before is None:
        fields = {**payload, "id": payload["filing"], "sent": payload["day"]}
        return msgspec.convert({**fields, "index": entry.index}, Filing)
    if status == "taken_in":
        return msgspec.structs.replace(before, status=status, dispute=payload["dispute"])
    last = payload["last_day"] and dt.date.fromisoformat(payload["last_day"])
    return msgspec.structs.replace(
        before,
        status=status,
        remedy=payload["remedy"],
        forum=payload["forum"],
        last_day=last,
        answer=entry.index,
    )


FILING = Noun(
    "filing",
    Filing,
    STEPS,
    _fold,
    columns=("status", "sent", "party"),
    indexes=(("status", "sent"), ("party",)),
)
