"""Help lines 求助热线: telephone numbers for people in distress, as dated data."""

from pathlib import Path

import msgspec

from lianzhi.chain.dated import read
from lianzhi.chain.policy import Dated
from lianzhi.chain.statement import is_address
from lianzhi.law.words import Words


class HelpLine(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One number to call."""

    number: str
    name: Words
    """Who answers."""
    when: Words
    """When to call it."""
    minors: bool = False
    """Made for minors: told first where one is concerned."""
    source: str
    """Page on which it was read."""

    def __post_init__(self) -> None:
        if not self.number.isascii() or not self.number.isdigit():
            raise ValueError(f"number is {self.number!r}; write digits only, as they are dialled")
        if not is_address(self.source):
            raise ValueError(f"source of {self.number} is {self.source!r}; give an http(s) address")


class HelpLines(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The lines of one version, in the order in which they are shown."""

    help_line: tuple[HelpLine, ...]

    def ordered(self, minor: bool) -> tuple[HelpLine, ...]:
        """The lines in their order; the first stays first, those for minors follow it."""
        if not minor:
            return self.help_line
        first, *rest = self.help_line
        return (first, *sorted(rest, key=lambda line: not line.minors))

    def __post_init__(self) -> None:
        if not self.help_line:
            raise ValueError("help_line is empty; name at least one number to call")


def load(folder: Path) -> Dated[HelpLines]:
    """The dated lines in a folder. Raises PolicyError."""
    return read(HelpLines, folder)
