"""Lists that the user supplies: sources that may be reprinted, and outlets with their licences."""

import datetime as dt
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Literal, get_args

import msgspec

from lianzhi.domains.dissemination.titles.wording import folded
from lianzhi.tabular.problem import Problem
from lianzhi.tabular.reading import read
from lianzhi.tabular.schema import Schema, schemas

Scope = Literal["gathering", "reprint", "platform"]
ListKind = Literal["sources", "outlets"]
LIST_KINDS: tuple[ListKind, ...] = get_args(ListKind)
SCOPES: tuple[Scope, ...] = get_args(Scope)
NAME_CHARACTERS = 200


class SourceRow(msgspec.Struct, frozen=True):
    """A source of the white list, from a day until the day before another."""

    name: str
    valid_from: dt.date
    valid_until: dt.date | None = None
    """First day on which it is no longer listed."""
    aliases: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """Name and first day: a later row about the same replaces it."""
        return f"{self.name}|{self.valid_from.isoformat()}"


class OutletRow(msgspec.Struct, frozen=True):
    """A licence of an outlet, from a day until the day before another."""

    name: str
    scopes: tuple[Scope, ...]
    valid_from: dt.date
    valid_until: dt.date | None = None
    aliases: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """Name and first day: a later row about the same replaces it."""
        return f"{self.name}|{self.valid_from.isoformat()}"


@cache
def known_schemas() -> dict[str, Schema]:
    """The schema of each list."""
    text = files(__package__).joinpath("tables.toml").read_text("utf-8")
    return schemas(text, {"sources": SourceRow, "outlets": OutletRow})


class ValidRows:
    """Rows of a list by name and alias, looked up at a day."""

    def __init__(self, rows: Iterable[SourceRow | OutletRow]) -> None:
        self._rows: dict[str, list[SourceRow | OutletRow]] = {}
        for row in rows:
            for name in {folded(each).strip() for each in (row.name, *row.aliases)}:
                self._rows.setdefault(name, []).append(row)

    def __bool__(self) -> bool:
        return bool(self._rows)

    def known(self, name: str) -> bool:
        """Whether the list has a name on any day."""
        return folded(name).strip() in self._rows

    def at(self, name: str, day: dt.date) -> SourceRow | OutletRow | None:
        """The row of a name that is valid on a day; None: there is none."""
        for row in self._rows.get(folded(name).strip(), ()):
            if row.valid_from <= day and (row.valid_until is None or day < row.valid_until):
                return row
        return None

    def scopes(self, name: str, day: dt.date) -> frozenset[str]:
        """Scopes of the licences of an outlet on a day."""
        rows = self._rows.get(folded(name).strip(), ())
        valid = (r for r in rows if r.valid_from <= day)
        valid = (r for r in valid if r.valid_until is None or day < r.valid_until)
        return frozenset(s for r in valid if isinstance(r, OutletRow) for s in r.scopes)


def read_list(kind: ListKind, path: Path) -> tuple[ValidRows, list[Problem]]:
    """The rows of a list's file, and what is wrong with the others."""
    table = read(path, known_schemas()[kind])
    return ValidRows(table.rows), [*table.errors]
