"""Roles: the words and wordings of which adverts for water armies are made, from `roles.toml`."""

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
#: Role n is this code point and n on: nothing that anybody writes.
_MARK = 0xE100
#: So often at most is one wording looked for in one text.
_MOST = 8


class Role(NamedTuple):
    """A part that words play."""

    name: str
    side: str
    """One of `SIDES`."""
    sense: str
    mark: str
    words: tuple[str, ...]


class Part(NamedTuple):
    """A stretch [start, end) of a text that plays a role."""

    start: int
    end: int
    role: Role


@dataclass(frozen=True, slots=True)
class Roles:
    """All that the file says."""

    roles: tuple[Role, ...]
    wordings: tuple[tuple[Wording, Role], ...]
    lookup: WordingIndex
    clear: float
    """From this strength on, a text is clearly an advert."""
    one_side: float
    """Taken off the log-odds where a trade is seen and no offer, or an offer and no trade ..."""
    neither: float
    """... or neither."""
    least_beside: int
    """A text with words of one side only, and fewer characters beside them, says nothing."""

    def parts(self, line: str) -> list[Part]:
        """The parts of a line, which begins and ends with a separator, in order.

        What lies inside another part of its side plays none. Linear in the line.
        """
        found = sorted(
            self._found(line), key=lambda part: (part.start, -part.end, SIDES.index(part.role.side))
        )
        apart: list[Part] = []
        reached = dict.fromkeys(SIDES, 0)
        for part in found:
            if part.end > reached[part.role.side]:
                reached[part.role.side] = part.end
                apart.append(part)
        return apart

    def _found(self, line: str) -> Iterator[Part]:
        for number, places in self.lookup.candidates_in_line(line):
            one, role = self.wordings[number]
            spans = places if one.plain else [m.span() for m in one.search.finditer(line)]
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
        compiled += ((lists.compiled(one), role) for one in each.get("wordings", ()))
    return Roles(
        roles,
        tuple(compiled),
        WordingIndex(one for one, _ in compiled),
        **data["policy"],
    )


def _role(place: int, each: dict[str, Any]) -> Role:
    if each["side"] not in SIDES:
        raise ValueError(f"side is {each['side']!r}; choose one of {', '.join(SIDES)}")
    mark = chr(_MARK + place)
    return Role(each["name"], each["side"], each["sense"], mark, tuple(each["words"]))
