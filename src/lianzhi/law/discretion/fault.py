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
    """A fault of the rows of one item.

    `gap`: facts for which no row applies. `overlap`: rows that apply at once and agree,
    `contradiction`: and do not agree. `unreachable`: a row that never decides, since its condition
    is `empty`, lies `outside` the domain (or names one value there: `part`), its days of effect
    `never` come, or earlier rows cover it (`masked`). `unfinished`: not fully checked, since steps
    ran out (`budget`), or there are `more` faults of a kind than reported.
    """

    kind: Kind
    item: str | None
    why: Why = ""
    rows: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    """Location of the rows in the file."""
    region: dict[str, Words] = {}
    """All facts concerned: a test for each input that matters; the days under `@day`."""
    witness: dict[str, Any] | None = None
    """Facts that show the fault; None where no facts can."""
    day: dt.date | None = None
    """The day of the witness, where the table has days of effect."""
    happens: str = ""
    """The table's answer for the witness."""

    def say(self, language: str) -> str:
        """The fault in one sentence. Raises ValueError for an unsupported language."""
        text = _words()[f"{self.kind}_{self.why}" if self.why else self.kind].say(language)
        day = _words()["day"].say(language)
        where = "; ".join(
            f"{day if name == DAY else name}: {test.say(language)}"
            for name, test in self.region.items()
        )
        any_value = _words()["anything"].say(language)
        return text.format(rows=", ".join(self.rows), region=where or any_value)

    def answer(self, language: str) -> str:
        """The table's answer for the witness in a few words; empty without a witness.

        Raises ValueError for an unsupported language.
        """
        return "" if self.witness is None else _words()[f"happens_{self.kind}"].say(language)


@cache
def _words() -> dict[str, Words]:
    text = files("lianzhi.law.discretion").joinpath("words.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), dict[str, Words])
