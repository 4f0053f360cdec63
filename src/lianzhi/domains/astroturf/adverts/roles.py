"""Roles of the words and wordings in adverts for paid posters, from `roles.toml`."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from lianzhi.text.grammar import wording
from lianzhi.text.grammar.wording import Lists, Wording
from lianzhi.text.grammar.wording_index import WordingIndex

SIDES = ("trade", "offer", "guard", "honest")
#: Role n is encoded as this code point plus n, from the private use area.
_MARK = 0xE100
#: Largest number of matches of one wording in one text.
_MOST = 8


class Role(NamedTuple):
    """The part that some words play in an offer."""

    name: str
    side: str
    """One of `SIDES`."""
    sense: str
    mark: str
    words: tuple[str, ...]


class Part(NamedTuple):
    """A range [start, end) of a text that plays a role."""

    start: int
    end: int
    role: Role


@dataclass(frozen=True, slots=True)
class Roles:
    """Contents of the roles file."""

    roles: tuple[Role, ...]
    wordings: tuple[tuple[Wording, Role], ...]
    lookup: WordingIndex
    clear: float
    """Strength from which on a text is clearly an advert."""
    one_side: float
    """Reduction of the log-odds where only a trade or only an offer is found."""
    neither: float
    """Reduction of the log-odds where neither is found."""
    least_beside: int
    """A text with words of one side only needs as many other characters to count."""

    def parts(self, line: str) -> list[Part]:
        """The parts of a line, which begins and ends with a separator, in order.

        A match inside another part of its side is dropped. Linear in the length of the line.
        """
        parts = sorted(
            self._matches(line),
            key=lambda part: (part.start, -part.end, SIDES.index(part.role.side)),
        )
        apart: list[Part] = []
        reached = dict.fromkeys(SIDES, 0)
        for part in parts:
            if part.end > reached[part.role.side]:
                reached[part.role.side] = part.end
                apart.append(part)
        return apart

    def _matches(self, line: str) -> Iterator[Part]:
        for number, places in self.lookup.candidates_in_line(line):
            wording, role = self.wordings[number]
            spans = places if wording.plain else [m.span() for m in wording.search.finditer(line)]
            for start, end in spans[:_MOST]:
                yield Part(start, end, role)


@cache
def load() -> Roles:
    """Read the shipped roles."""
    data = tomllib.loads((files(__package__) / "roles.toml").read_text("utf-8"))
    lists = Lists({})
    roles = tuple(_role(place, each) for place, each in enumerate(data["role"]))
    compiled: list[tuple[Wording, Role]] = []
    for role, each in zip(roles, data["role"], strict=True):
        compiled.append((wording.words(role.words), role))
        compiled += ((lists.compiled(wording), role) for wording in each.get("wordings", ()))
    return Roles(
        roles, tuple(compiled), WordingIndex(wording for wording, _ in compiled), **data["policy"]
    )


def _role(place: int, each: dict[str, Any]) -> Role:
    if each["side"] not in SIDES:
        raise ValueError(f"side is {each['side']!r}; choose one of {', '.join(SIDES)}")
    mark = chr(_MARK + place)
    return Role(each["name"], each["side"], each["sense"], mark, tuple(each["words"]))
