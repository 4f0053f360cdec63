"""What is wrong with a file, a row or a cell, and how to mend it: a rule with what fills its words.

The words of `rule` stand in the catalogues as `import_mend.RULE`, in Chinese and English.
"""

from collections.abc import Mapping
from typing import NamedTuple

import msgspec

from lianzhi.domains.enforcement.catalogue import words

#: A value is told up to so many characters.
_TOLD = 60
_NONE: Mapping[str, str] = {}


class Mend(NamedTuple):
    """What is wrong and what to do."""

    rule: str
    said: Mapping[str, object] = {}
    """What fills its places: `kind` is a kind of file, `column` a column, the rest stands as is."""

    def say(self, language: str, columns: Mapping[str, str] = _NONE) -> str:
        """In words; `columns`: what readers of the language call the columns."""
        text = words(language).gettext
        said = dict(self.said)
        if language != "en" and "kind" in said:
            said["kind"] = text(f"noun_of.{said['kind']}")
        if "column" in said:
            said["column"] = columns.get(str(said["column"]), said["column"])
        return text(f"import_mend.{self.rule}") % said

    def __str__(self) -> str:
        return self.say("en")


class Problem(msgspec.Struct, frozen=True):
    """One mistake; the row that it stands in is left out, its neighbours are kept."""

    file: str
    line: int
    """Line of the file, the first is 1; the feature, counted from 1, in GeoJSON; 0: the file."""
    column: str
    """Empty where it is about the whole row or file."""
    value: str
    why: Mend

    @property
    def mend(self) -> str:
        """What is wrong and what to do, in English."""
        return str(self.why)

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        said = f"{self.column} is {self.value!r}: " if self.column else ""
        return f"{place}: {said}{self.mend}"


class MendError(ValueError):
    """A value that is not what its column asks for; the message is the mend, in English."""

    def __init__(self, rule: str, **said: object) -> None:
        self.why = Mend(rule, said)
        super().__init__(str(self.why))


def told(value: object) -> str:
    """A value as a problem tells it: short, and nothing that a terminal would obey."""
    text = "" if value is None else str(value)
    text = "".join(char if char.isprintable() else "\ufffd" for char in text[: _TOLD + 1])
    return text if len(text) <= _TOLD else f"{text[:_TOLD]}…"
