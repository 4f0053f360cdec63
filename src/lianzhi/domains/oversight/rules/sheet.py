"""Assessment sheet 考核表: where a platform stands, duty by duty. Pure.

A duty that nobody has looked at is neither met nor in breach, and is shown as such. A re-check
covers the duties of its instruction together, each by the methods that show it.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from lianzhi.domains.oversight.nouns.instruction import Instruction, Recheck
from lianzhi.domains.oversight.policy import Duty

State = Literal["failed", "open", "shown", "unseen"]
"""A re-check failed and none has passed since; an instruction runs; the last one was closed on its
re-check; nothing was ever asked."""


class Row(NamedTuple):
    """A duty of a platform."""

    duty: Duty
    state: State
    day: dt.date | None
    """Since when it is so, or for `shown` when that was closed: it says nothing of later days."""
    instruction: str
    """Id of the instruction that tells it; empty: there is none."""
    history: tuple[Instruction, ...]
    """All that were issued about it, newest first, those overturned among them."""


def sheet(duties: Iterable[Duty], instructions: Sequence[Instruction]) -> list[Row]:
    """A row for each duty, in their order. `instructions`: all of one platform, newest first."""
    return [
        _row(duty, [each for each in instructions if duty.key in each.duties]) for duty in duties
    ]


def _row(duty: Duty, instructions: Sequence[Instruction]) -> Row:
    about = (each for each in instructions if duty.key in each.duties)
    history = tuple(each for each in about if each.issued is not None)
    running = [each for each in history if each.status in ("issued", "replied")]
    for each in running:
        if failed := _failed(duty, each):
            return Row(duty, "failed", failed.day, each.id, history)
    if running:
        return Row(duty, "open", running[0].issued, running[0].id, history)
    for each in history:
        if each.status == "closed":
            return Row(duty, "shown", each.closed, each.id, history)
    return Row(duty, "unseen", None, "", history)


def _failed(duty: Duty, instruction: Instruction) -> Recheck | None:
    """The last re-check by a method of the duty, where it failed."""
    latest = filter(None, map(instruction.latest, duty.methods))
    return next((each for each in latest if each.verdict == "failed"), None)
