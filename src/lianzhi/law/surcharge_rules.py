"""Rules on late fines as dated data: when a fine is due, what each late day adds, and the cap."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec

from lianzhi.law.calendar import Calendar
from lianzhi.law.citation import Citation
from lianzhi.law.clock import deadline
from lianzhi.law.data_files import load as load_files
from lianzhi.law.data_files import overlay
from lianzhi.law.periods import Periods
from lianzhi.law.versions import Versions, check_days, in_force
from lianzhi.law.words import Words
from lianzhi.typed_toml import convert


class SurchargeError(ValueError):
    """A surcharge that cannot be computed; the message names field, value and mend."""


class NoRuleError(SurchargeError):
    """A day on which no rule on late fines is known."""

    def __init__(self, day: dt.date, first: dt.date | None) -> None:
        self.day = day
        known = f"the first begins on {first}" if first else "there are none"
        super().__init__(
            f"day is {day}: no rule on late fines is known for it ({known}); "
            "add the law of that day to the folder of rules"
        )


class Rule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The law on late fines in one version. Days are those of China and inclusive."""

    effective_from: dt.date
    effective_until: dt.date | None = None
    pay_within_days: int
    """Calendar days after the day of receipt."""
    pay_period: str
    """Key of the statutory period that says the same, by which the last day is counted."""
    daily_rate: Decimal
    """Part of the fine that each late day adds."""
    cap: Decimal
    """Most that can be added, as a multiple of the fine."""
    statute: Words
    articles: dict[str, dict[str, int]]
    """Article, paragraph and item of each figure, and of `suspension` and `instalments`."""

    def __post_init__(self) -> None:
        check_days(self)

    @property
    def key(self) -> str:
        """Key that all versions share."""
        return "rule"

    def cite(self, figure: str) -> Citation:
        """Citation of a figure. Raises KeyError for an unknown figure."""
        return msgspec.convert({"statute": self.statute, **self.articles[figure]}, Citation)

    def in_force(self, day: dt.date) -> bool:
        """Whether it is in force on a day."""
        return in_force(self, day)

    def due(self, received: dt.date) -> dt.date:
        """The end of the period in calendar days; `last_day` moves it on from a holiday."""
        return received + dt.timedelta(days=self.pay_within_days)

    def last_day(self, received: dt.date, periods: Periods, calendar: Calendar) -> dt.date:
        """Last day on which a fine can be paid without surcharge.

        Raises UnknownPeriodError where `periods` lacks `pay_period`, UnknownYearError where the
        calendar does not know the holidays of a year.
        """
        return deadline(received, periods.get(self.pay_period, received), calendar).last_day


class Rules:
    """All versions, oldest first. Raises SurchargeError where two overlap."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        try:
            self._versions = Versions(rules).versions("rule")
        except ValueError as error:
            raise SurchargeError(str(error)) from None

    def __iter__(self) -> Iterator[Rule]:
        return iter(self._versions)

    def on(self, day: dt.date) -> Rule:
        """The version in force on a day, that of receipt. Raises NoRuleError."""
        for rule in self._versions:
            if rule.in_force(day):
                return rule
        raise NoRuleError(day, self._versions[0].effective_from if self._versions else None)


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    rule: tuple[Rule, ...]


def load(folders: Sequence[Path]) -> Rules:
    """The rules in TOML files of folders. Raises SurchargeError naming file, field and mend."""

    def read(data: dict[str, Any]) -> _File:
        return convert(data, _File)

    def merge(layers: Sequence[Sequence[_File]]) -> Rules:
        return Rules(overlay([each for file in layer for each in file.rule] for layer in layers))

    return load_files(folders, read, merge, SurchargeError)
