"""Note 提示: what an office writes so that a cause of disputes comes up less, and to whom."""

import datetime as dt
from typing import Literal, get_args

import msgspec

from lianzhi.chain.life import START, Steps, next_status
from lianzhi.chain.noun import Noun, Payload
from lianzhi.record.entry import Entry

Kind = Literal["prevention", "explanation", "guidance"]
"""A prevention note, the explanation of a rule or tariff, targeted guidance."""
KINDS: tuple[Kind, ...] = get_args(Kind)
Way = Literal["post", "message", "in_person"]
WAYS: tuple[Way, ...] = get_args(Way)
STEPS: Steps = {
    "note.written": (frozenset({START}), "standing"),
    "note.sent": (frozenset({"standing"}), None),
    "note.withdrawn": (frozenset({"standing"}), "withdrawn"),
}


class Note(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What it says is text `words` of entry `index`."""

    id: str
    kind: Kind
    field: str
    cause: str
    offices: tuple[str, ...] = ()
    """Where it is addressed to; with no enterprises either: to the whole field."""
    enterprises: tuple[str, ...] = ()
    """Vault tokens of the enterprises addressed."""
    start: dt.date
    """Day from which it is in effect."""
    chosen_since: dt.date
    chosen_until: dt.date
    """Days [since, until) that had been seen when the cause was chosen."""
    by: str
    status: Literal["standing", "withdrawn"] = "standing"
    sent: dt.date | None = None
    """When it last went out to the addressed; None: not yet."""
    way: Way | None = None
    withdrawn: dt.date | None = None
    withdrawal: int = -1
    """Entry whose text `words` says why it was withdrawn."""
    index: int = 0

    @property
    def is_partial(self) -> bool:
        """Whether it addresses a part of the field, so that the rest is a control."""
        return bool(self.offices or self.enterprises)


def _fold(before: Note | None, entry: Entry, payload: Payload) -> Note:
    status = next_status(STEPS, entry.kind, before.status if before else START)
    if before is None:
        return msgspec.convert({**payload, "id": payload["note"], "index": entry.index}, Note)
    day = dt.date.fromisoformat(payload["day"])
    if entry.kind == "note.sent":
        return msgspec.structs.replace(before, sent=day, way=payload["way"])
    return msgspec.structs.replace(before, status=status, withdrawn=day, withdrawal=entry.index)


NOTE = Noun("note", Note, STEPS, _fold, columns=("status", "start"), indexes=(("status", "start"),))
