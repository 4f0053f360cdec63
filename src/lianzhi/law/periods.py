"""Statutory periods 法定期限 as dated data: length, start, obliged side and basis.

`periods.toml` holds those of redress; domains and deployments bring folders of their own, which
`load` reads one over the other (`data_files.py`). The statute determines which days count:
行政处罚法 85 makes periods of 2, 3, 5 and 7 days working days, 行政复议法 88 those of 3, 5, 7 and
10, 行政强制法 69 those of ten days and less; all others are calendar days. So the unit stands in
the data, period by period.
"""

import datetime as dt
import difflib
import functools
import re
from collections.abc import Iterable, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

import msgspec

from lianzhi.law.calendar import MOST
from lianzhi.law.data_files import load as load_files
from lianzhi.law.data_files import overlay
from lianzhi.law.versions import Versions, check_days
from lianzhi.law.words import Words
from lianzhi.typed_toml import convert

Unit = Literal["working_day", "day", "month", "year", "hour"]
#: Lower bound of the days in one unit.
_DAYS: dict[Unit, int] = {"working_day": 1, "day": 1, "month": 28, "year": 365, "hour": 1}
_KEY = re.compile(r"[a-z_]+\.[a-z_]+")
SHIPPED = Path(str(files("lianzhi.law"))) / "periods.toml"
"""File of the periods shipped with `lianzhi.law`."""


class PeriodError(ValueError):
    """A file of periods that cannot be used; the message names file, field, value and mend."""


class UnknownPeriodError(ValueError):
    """No period of this key, or none on this day."""

    def __init__(self, key: str, day: dt.date, message: str) -> None:
        self.key, self.day = key, day
        super().__init__(message)


class Span(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A length of time: `number` of `unit`."""

    number: int
    unit: Unit

    def __post_init__(self) -> None:
        if not 1 <= self.number <= MOST // _DAYS[self.unit]:
            raise ValueError(
                f"number is {self.number}; give 1 to {MOST // _DAYS[self.unit]} of {self.unit}"
            )


class Period(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One period in one version of its statute. Days are those of China and inclusive."""

    key: str
    """Statute and matter: `penalty.decide`."""
    length: Span
    runs: Literal["after", "before"] = "after"
    """`before`: counted back, from a future day (a hearing) to the last day for what precedes."""
    since: Words
    """The event from which it runs; its day is not counted."""
    whose: Literal["authority", "party", "court"]
    """The side that has to act within it."""
    rolls: bool = False
    """Whether a non-working last day gives way to the next working day."""
    extension: Span | None = None
    """Most extension in all; None where it may not be extended."""
    stands_still: tuple[str, ...] = ()
    """Reasons for suspension; empty where the law knows none."""
    warn: Span | None = None
    """Time of the warning before the last day: our choice, not the statute's."""
    basis: str
    """Key of the legal basis."""
    effective_from: dt.date
    effective_until: dt.date | None = None
    title: Words
    note: Words | None = None
    """Our reading, where the text leaves room."""
    verified: bool = False
    """Whether it was checked against the statute."""

    def __post_init__(self) -> None:
        for name, key in (("key", self.key), ("basis", self.basis)):
            if not _KEY.fullmatch(key):
                raise ValueError(f"{name} is {key!r}; write statute.matter in small letters")
        check_days(self)
        hours = self.length.unit == "hour"
        if (hours or self.runs == "before") and (self.extension or self.stands_still or self.rolls):
            raise ValueError(
                f"{self.key} is counted in hours or backwards; leave out rolls, extension and "
                "stands_still"
            )
        for name, span in (("extension", self.extension), ("warn", self.warn)):
            if span is not None and (span.unit == "hour") != hours:
                raise ValueError(f"{name} of {self.key} is in {span.unit}; use the unit of length")


class Periods(Versions[Period]):
    """All versions of all periods. Raises PeriodError where versions of one overlap."""

    def __init__(self, periods: Iterable[Period]) -> None:
        try:
            super().__init__(periods)
        except ValueError as error:
            raise PeriodError(str(error)) from None

    def get(self, key: str, day: dt.date) -> Period:
        """The period in force on a day, the one from which it runs.

        Raises UnknownPeriodError naming similar keys, or the start of effect.
        """
        period = super().get(key, day)
        if period is not None:
            return period
        if versions := self.versions(key):
            spans = ", ".join(
                f"{each.effective_from} to {each.effective_until or 'now'}" for each in versions
            )
            raise UnknownPeriodError(
                key,
                day,
                f"period {key} has no effect on {day}: known from {spans}; for another day give "
                "a file with the text that applied",
            )
        near = difflib.get_close_matches(key, self.keys, 3) or sorted(self.keys)[:3]
        message = f"period is {key!r}: no such key; near it: {', '.join(near)}"
        raise UnknownPeriodError(key, day, message)


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    period: tuple[Period, ...]


def load(folders: Sequence[Path]) -> Periods:
    """The periods in TOML files of folders. Raises PeriodError naming file, field and mend."""

    def read(data: dict[str, Any]) -> _File:
        return convert(data, _File)

    def merge(layers: Sequence[Sequence[_File]]) -> Periods:
        layered = ([period for file in layer for period in file.period] for layer in layers)
        return Periods(overlay(layered))

    return load_files(folders, read, merge, PeriodError)


@functools.cache
def shipped() -> Periods:
    """The periods common to all domains: those of redress."""
    return load([SHIPPED])
