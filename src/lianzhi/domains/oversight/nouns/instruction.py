"""Instruction 督促函、约谈、责令整改: what a supervisor asks of a platform, until a re-check.

One person drafts it and another issues it. A letter and a talk ask; only an order obliges, and it
is a decision of the chain with a measure, which the platform may contest.
"""

import datetime as dt
from typing import Any, Literal, get_args

import msgspec

from lianzhi.chain.life import START, Steps, next_status
from lianzhi.chain.noun import Noun, Payload
from lianzhi.domains.oversight.nouns.recheck import Method, Verdict
from lianzhi.record.entry import Entry

Kind = Literal["letter", "talk", "order"]
"""督促函, 约谈, 责令整改: mildest first."""
KINDS: tuple[Kind, ...] = get_args(Kind)

_RUNNING = frozenset({"issued", "replied"})
STEPS: Steps = {
    "instruction.drafted": (frozenset({START}), "drafted"),
    "instruction.withdrawn": (frozenset({"drafted"}), "withdrawn"),
    "instruction.issued": (frozenset({"drafted"}), "issued"),
    "instruction.overdue": (frozenset({"issued"}), None),
    "instruction.replied": (_RUNNING, "replied"),
    "instruction.rechecked": (_RUNNING, None),
    "instruction.contested": (_RUNNING, None),
    "instruction.upheld": (_RUNNING, None),
    "instruction.overturned": (_RUNNING, "overturned"),
    "instruction.closed": (frozenset({"replied"}), "closed"),
}
#: Statuses in which it waits for something.
OPEN = frozenset({"drafted"}) | _RUNNING


class Reply(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the platform answered; what it says is a text of its entry."""

    day: dt.date
    file: str = ""
    """Id of the kept file."""
    index: int = 0


class Recheck(msgspec.Struct, frozen=True):
    """A finished re-check."""

    id: str
    method: Method
    verdict: Verdict
    day: dt.date
    """On which it began."""
    since: int
    """Entry of the record that began it: what it tried was so then or later."""


class Instruction(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An instruction as its entries tell it. What was found and is asked is a text of the first."""

    id: str
    platform: str
    kind: Kind
    duties: tuple[str, ...]
    """Keys of the policy's duties that it is about."""
    due: dt.date
    """Last day to reply."""
    tolerance: float
    """Share of items in breach up to which a re-check by draw passes."""
    drafter: str
    policy: str
    """Version of the policy by which it was drafted."""
    case: str = ""
    decision: str = ""
    """Of an order."""
    issued: dt.date | None = None
    overdue: dt.date | None = None
    """The day on which it was noted that the time had run out."""
    replies: tuple[Reply, ...] = ()
    rechecks: tuple[Recheck, ...] = ()
    appeal: str = ""
    """A reconsideration that waits for its answer."""
    closed: dt.date | None = None
    status: str = "drafted"
    index: int = 0

    @property
    def replied(self) -> dt.date | None:
        """Day of the last reply."""
        return self.replies[-1].day if self.replies else None

    def latest(self, method: Method) -> Recheck | None:
        """The last re-check that was finished by a method."""
        return next((each for each in self.rechecks[::-1] if each.method == method), None)

    def has_failed(self, method: Method) -> bool:
        """Whether the last re-check by a method failed, and the platform has not replied since."""
        latest, replied = self.latest(method), self.replies[-1].index if self.replies else 0
        return latest is not None and latest.verdict == "failed" and latest.since > replied


def _fold(before: Instruction | None, entry: Entry, payload: Payload) -> Instruction:
    status = next_status(STEPS, entry.kind, before.status if before else START)
    if before is None:
        more = {"id": payload["instruction"], "drafter": payload["by"], "index": entry.index}
        return msgspec.convert({**payload, **more}, Instruction)
    changed: dict[str, Any] = {"status": status}
    match entry.kind.partition(".")[2]:
        case "issued":
            changed |= {name: payload[name] for name in ("case", "decision")}
            changed["issued"] = _day(payload)
        case "overdue":
            changed["overdue"] = _day(payload)
        case "replied":
            reply = Reply(_day(payload), payload["kept"], entry.index)
            changed["replies"] = (*before.replies, reply)
        case "rechecked":
            since = payload["since"] or entry.index
            finished = {**payload, "id": payload["recheck"], "since": since}
            changed["rechecks"] = (*before.rechecks, msgspec.convert(finished, Recheck))
        case "contested":
            changed["appeal"] = payload["appeal"]
        case "upheld" | "overturned":
            changed["appeal"] = ""
        case "closed" | "withdrawn":
            changed["closed"] = _day(payload)
    return msgspec.structs.replace(before, **changed)


def _day(payload: Payload) -> dt.date:
    return dt.date.fromisoformat(payload["day"])


INSTRUCTION = Noun(
    *("instruction", Instruction, STEPS, _fold),
    columns=("platform", "kind", "status", "due", "case", "index"),
    indexes=(("status", "due"), ("platform", "index"), ("case",)),
)
