"""Faults of a table, each with a case that shows it."""

import datetime as dt
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any, Literal

import msgspec

from lianzhi.law.discretion.space import DAY
from lianzhi.law.words import Words

Kind = Literal["gap", "overlap", "contradiction", "unreachable", "unfinished"]
Why = Literal["", "empty", "outside", "part", "masked", "never", "budget", "more"]


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """Something that is wrong with the rows of one item.

    `gap`: facts for which no row applies. `overlap`: rows that apply at once and say the same,
    `contradiction`: and do not. `unreachable`: a row that never decides, as its condition is
    `empty`, lies `outside` the domain (or names one value there: `part`), its days of effect
    `never` come, or rows before it leave it nothing (`masked`). `unfinished`: not fully checked, as
    steps ran out (`budget`), or there are `more` faults of a kind than are told.
    """

    kind: Kind
    item: str | None
    why: Why = ""
    rows: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    """Where the rows stand in the file."""
    region: dict[str, Words] = {}
    """All facts concerned: for each input that matters a test; the days under `@day`."""
    witness: dict[str, Any] | None = None
    """Facts that show it; None where no facts can."""
    day: dt.date | None = None
    """The day of the witness, where the table has days of effect."""
    happens: str = ""
    """What deciding the witness answers."""

    def say(self, language: str) -> str:
        """The fault in one sentence. Raises ValueError for a language that we do not speak."""
        said = _words()[f"{self.kind}_{self.why}" if self.why else self.kind].say(language)
        day = _words()["day"].say(language)
        where = "; ".join(
            f"{day if name == DAY else name}: {test.say(language)}"
            for name, test in self.region.items()
        )
        anything = _words()["anything"].say(language)
        return said.format(rows=", ".join(self.rows), region=where or anything)

    def answer(self, language: str) -> str:
        """What the table answers to the witness, in a few words; empty where there is no witness.

        Raises ValueError for a language that we do not speak.
        """
        return "" if self.witness is None else _words()[f"happens_{self.kind}"].say(language)


@cache
def _words() -> dict[str, Words]:
    text = files("lianzhi.law.discretion").joinpath("words.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), dict[str, Words])
