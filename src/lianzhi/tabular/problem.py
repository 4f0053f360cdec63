"""What is wrong with a file, a row or a cell, and how to mend it: a rule with its parameters.

The words of a rule are `table_fault.RULE` in the catalogues, in Chinese and English. Those of the
room are in `tabular/words`; whoever checks more than the room does brings a catalogue along.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import NamedTuple

import msgspec
from babel.support import Translations

from lianzhi.catalogue import read_catalogue
from lianzhi.law.words import Words

#: Characters of a value that a problem shows.
_SHOWN = 60
_NO_PARAMS: Mapping[str, object] = {}

Catalogue = Callable[[str], Translations]
"""The words of a language."""


class Fault(NamedTuple):
    """What is wrong and how to mend it."""

    rule: str
    params: Mapping[str, object] = _NO_PARAMS
    """Fills the places of the text; `Words` are given in its language."""
    catalogue: Catalogue = partial(read_catalogue, "lianzhi.tabular")

    def text(self, language: str) -> str:
        """The fault and its mend in words."""
        template = self.catalogue(language).gettext(f"table_fault.{self.rule}")
        return template % {
            name: value.say(language) if isinstance(value, Words) else value
            for name, value in self.params.items()
        }

    def __str__(self) -> str:
        return self.text("en")


class Problem(msgspec.Struct, frozen=True):
    """One mistake. The row that it is in is left out; its neighbours are kept."""

    file: str
    line: int
    """Line of the file, the first is 1; the object, counted from 1, in JSON; 0: the whole file."""
    column: str
    """Empty where it is about the whole row or file."""
    value: str
    fault: Fault

    @property
    def mend(self) -> str:
        """What is wrong and what to do, in English."""
        return str(self.fault)

    def as_dict(self, language: str) -> dict[str, str | int]:
        """For programs; `mend` in a language."""
        return {
            "file": self.file,
            "line": self.line,
            "column": self.column,
            "value": self.value,
            "rule": self.fault.rule,
            "mend": self.fault.text(language),
        }

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        cell = f"{self.column} is {self.value!r}: " if self.column else ""
        return f"{place}: {cell}{self.mend}"


class TableError(ValueError):
    """A value that its column doesn't take, or a file that can't be read; the message is the mend,
    in English."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        super().__init__(str(fault))


def wrong(rule: str, **params: object) -> TableError:
    """The error for a rule of this room."""
    return TableError(Fault(rule, params))


def excerpt(value: object) -> str:
    """A value as a problem shows it: short, and nothing that a terminal would obey."""
    text = "" if value is None else str(value)
    text = "".join(char if char.isprintable() else "\ufffd" for char in text[: _SHOWN + 1])
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
