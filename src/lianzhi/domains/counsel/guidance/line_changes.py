"""What changed between two texts, line by line."""

from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Literal, NamedTuple


class LineChange(NamedTuple):
    """A line that only one of two texts has."""

    sign: Literal["added", "removed"]
    line: str


def line_changes(before: str, after: str) -> Iterator[LineChange]:
    """Lines that were removed and added, in their order; none for texts with the same lines."""
    old, new = before.splitlines(), after.splitlines()
    for tag, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "equal":
            yield from (LineChange("removed", line) for line in old[i:j])
            yield from (LineChange("added", line) for line in new[k:m])
