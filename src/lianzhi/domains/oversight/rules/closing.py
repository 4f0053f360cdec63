"""What keeps an instruction from being closed. Pure."""

from collections.abc import Iterable
from typing import NamedTuple

from lianzhi.domains.oversight.nouns.instruction import Instruction
from lianzhi.domains.oversight.nouns.recheck import Method


class Obstacle(NamedTuple):
    """A rule's name, and what the rule is told with."""

    rule: str
    method: Method | None = None


def obstacle(
    instruction: Instruction, methods: Iterable[Method], unfinished: bool
) -> Obstacle | None:
    """What keeps it open; None: the latest re-check by each of these methods passed, and is not
    older than the last reply. `unfinished`: whether a re-check is planned and not finished."""
    if instruction.appeal:
        return Obstacle("instruction_contested")
    if not instruction.replies:
        return Obstacle("instruction_unanswered")
    if unfinished:
        return Obstacle("oversight_recheck_unfinished")
    for method in methods:
        latest = instruction.latest(method)
        if latest is None:
            return Obstacle("oversight_recheck_none", method)
        if latest.since < instruction.replies[-1].index:
            return Obstacle("oversight_recheck_early", method)
        if latest.verdict != "passed":
            return Obstacle(f"oversight_recheck_{latest.verdict}", method)
    return None
