"""Letter 函: what one body writes to another and waits for: docking, and supervision.

Between town squads and city departments cases, opinions and support go both ways; a supervisor
writes opinions 监督意见书 and suggestions 监督建议书. Each has a receipt and an answer's clock.
"""

import datetime as dt
from typing import Any, Literal, NamedTuple, get_args

import msgspec

from lianzhi.chain.life import START, Steps, next_status
from lianzhi.chain.noun import Noun, Payload
from lianzhi.record.entry import Entry

Kind = Literal[
    "case_transfer", "opinion_request", "support_request", "joint_inspection",
    "supervision_opinion", "supervision_suggestion",
]  # fmt: skip
KINDS: tuple[Kind, ...] = get_args(Kind)
SUPERVISION: frozenset[str] = frozenset({"supervision_opinion", "supervision_suggestion"})
Status = Literal["sent", "received", "answered", "refused"]

_WAITS = frozenset({"sent", "received"})
STEPS: Steps = {
    "letter.sent": (frozenset({START}), "sent"),
    "letter.received": (frozenset({"sent"}), "received"),
    "letter.answered": (frozenset({"received"}), "answered"),
    "letter.refused": (frozenset({"received"}), "refused"),
    "letter.reminded": (_WAITS, None),
    "letter.overdue": (_WAITS, None),
}


class Body(NamedTuple):
    """What a supervision letter says: texts of the entry that sends it."""

    recipient: str
    facts: str
    """What was found."""
    basis: str
    """On what it is asked."""
    ask: str


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """One letter. What it says, and what is answered, are texts of its entries."""

    id: str
    kind: Kind
    sender: str
    """Body: a department's key, or a squad's."""
    recipient: str
    ref: str = ""
    """The file that it is about."""
    by: str = ""
    status: Status = "sent"
    sent: dt.date | None = None
    due: dt.date | None = None
    """Last day for the answer."""
    overdue: dt.date | None = None
    """When it was told that the answer is late."""
    received: dt.date | None = None
    receipt: str = ""
    """Number under which it was received, of an older entry; of others it is a text."""
    answered: dt.date | None = None
    accepted: bool | None = None
    """Whether what it asks is done."""
    index: int = 0
    """Entry that holds its words."""
    answer_index: int = 0


def _fold(before: Letter | None, entry: Entry, payload: Payload) -> Letter:
    kind, index = entry.kind, entry.index
    status = next_status(STEPS, kind, before.status if before else START)
    if before is None:
        fields = {**payload, "id": payload["letter"], "sent": payload["day"], "index": index}
        return msgspec.convert(fields, Letter)
    day = dt.date.fromisoformat(payload["day"])
    change: dict[str, Any] = {"status": status}
    if kind == "letter.overdue":
        change |= {"overdue": day}
    elif kind == "letter.received":
        change |= {"received": day, "receipt": payload.get("receipt", "")}
    elif kind in ("letter.answered", "letter.refused"):
        change |= {"answered": day, "accepted": kind == "letter.answered", "answer_index": index}
    return msgspec.structs.replace(before, **change)


LETTER = Noun(
    "letter",
    Letter,
    STEPS,
    _fold,
    columns=("kind", "status", "sender", "recipient", "ref", "due", "index"),
    indexes=(("status", "due"), ("ref",)),
)
