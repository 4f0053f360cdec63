"""Lesson 普法: asked for by an enterprise 点菜式, or aimed at a cause that comes back 靶向式."""

import datetime as dt
from typing import Literal, get_args

import msgspec

from lianzhi.chain.life import START, Steps, next_status
from lianzhi.chain.noun import Noun, Payload
from lianzhi.record.entry import Entry

Kind = Literal["on_demand", "targeted"]
KINDS: tuple[Kind, ...] = get_args(Kind)
STATUSES = ("requested", "planned", "held", "declined")
_COMING = frozenset({"requested", "planned"})
STEPS: Steps = {
    "lesson.requested": (frozenset({START}), "requested"),
    "lesson.planned": (_COMING, "planned"),
    "lesson.held": (frozenset({"planned"}), "held"),
    "lesson.rated": (frozenset({"held"}), None),
    "lesson.declined": (_COMING, "declined"),
}


class Lesson(msgspec.Struct, frozen=True, kw_only=True):
    """One lesson. Topic and words are texts of its entries."""

    id: str
    kind: Kind
    field: str
    cause: str = ""
    requester: str = ""
    """Token of the vault: the enterprise or unit that asked."""
    status: str
    planned: dt.date | None = None
    speaker: str = ""
    day_held: dt.date | None = None
    attendance: int = 0
    answers: int = 0
    """How many who were there said whether it was of use."""
    useful: int = 0
    first: int
    """Entry with the text `topic`."""
    index: int
    """Index of the newest entry about it."""


def _fold(before: Lesson | None, entry: Entry, payload: Payload) -> Lesson:
    status = next_status(STEPS, entry.kind, before.status if before else START)
    step = {"status": status, "index": entry.index}
    if before is None:
        return msgspec.convert(
            {**payload, **step, "id": payload["lesson"], "first": entry.index}, Lesson
        )
    names = {
        "lesson.planned": ("planned", "speaker"),
        "lesson.held": ("day_held", "attendance"),
        "lesson.rated": ("answers", "useful"),
    }.get(entry.kind, ())
    known = msgspec.to_builtins(before)
    return msgspec.convert({**known, **{name: payload[name] for name in names}, **step}, Lesson)


LESSON = Noun(
    "lesson",
    Lesson,
    STEPS,
    _fold,
    columns=("status", "kind", "cause", "index"),
    indexes=(("status", "index"),),
)
