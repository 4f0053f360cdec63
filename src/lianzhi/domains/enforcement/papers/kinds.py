"""Kinds of papers: what each needs, how it is laid out and numbered, and since which law."""

import datetime as dt
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec

from lianzhi.documents.numbering import Pattern
from lianzhi.documents.paper import Layout, PaperError
from lianzhi.domains.enforcement.papers.fields import fields
from lianzhi.law.words import Words

#: What every paper bears.
ALWAYS = ("agency", "number", "day", "party")


class Kind(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One kind of paper."""

    title: Words
    layout: Layout
    word: str
    """In its number: 罚决."""
    effective_from: dt.date
    """First day of the law that its wording follows."""
    basis: str
    """Where the law asks for the paper or says what must stand in it; empty: practice."""
    needs: tuple[str, ...]
    """Fields beside those that every paper bears."""
    where: dict[str, tuple[str, ...]] = {}
    """Fields asked for only where a flag is set, or, with `not ` before it, where it is not."""

    def every(self) -> tuple[str, ...]:
        """All fields that its templates may print."""
        return (*ALWAYS, *self.needs, *(name for some in self.where.values() for name in some))

    def asked(self, given: Mapping[str, Any]) -> list[str]:
        """The fields asked for, as the flags are given; a flag counts where it is asked for."""
        asked = [*ALWAYS, *self.needs]
        for condition, names in self.where.items():
            flag = condition.removeprefix("not ")
            if flag in asked and given.get(flag) is (flag == condition):
                asked += names
        return asked

    def pattern(self, agency: str) -> Pattern:
        """How an agency numbers it, by its short name."""
        return Pattern(agency=agency, word=self.word)


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    kind: dict[str, Kind]


@cache
def kinds() -> dict[str, Kind]:
    """Every kind by its key. Raises PaperError where one needs a field that there is not."""
    text = files(__package__).joinpath("kinds.toml").read_bytes()
    found = msgspec.toml.decode(text, type=_File).kind
    for key, kind in found.items():
        if unknown := [name for name in kind.every() if name not in fields()]:
            raise PaperError(f"kinds.toml: {key} needs {unknown[0]}, which fields.toml lacks")
    return found


def kind_of(key: str) -> Kind:
    """A kind by its key. Raises PaperError naming those that there are."""
    if key not in kinds():
        raise PaperError(f"kind is {key!r:.60}; choose one of {', '.join(kinds())}")
    return kinds()[key]
