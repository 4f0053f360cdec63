"""Folders of a domain's law and policy: the shipped ones, and those of a deployment."""

from collections.abc import Collection
from pathlib import Path
from typing import NamedTuple, TypeVar

from lianzhi.chain import dated
from lianzhi.chain.policy import Dated, PolicyError
from lianzhi.law import basis, holidays, periods
from lianzhi.law.basis import Bases, BasisError
from lianzhi.law.calendar import Calendar
from lianzhi.law.holidays import HolidaysError
from lianzhi.law.periods import PeriodError, Periods
from lianzhi.nearest import did_you_mean

T = TypeVar("T")


class Law(NamedTuple):
    """What clocks are read with."""

    bases: Bases
    periods: Periods
    calendar: Calendar


class PolicyFolders(NamedTuple):
    """Where law and policy of a domain lie."""

    shipped: Path
    own: Path | None = None
    """Of the deployment; it may hold some parts, or not be there."""

    def layers(self, name: str, *before: Path) -> list[Path]:
        """Folders of a part whose keys add up; those of a later folder replace earlier ones."""
        own = self._own(name)
        return [*before, self.shipped / name, *([own] if own is not None else ())]

    def dated(self, form: type[T], name: str) -> Dated[T]:
        """Versions of a part, of which the deployment's take the place of the shipped ones.

        Raises PolicyError naming file, field and mend.
        """
        return dated.read(form, self._own(name) or self.shipped / name)

    def law(self) -> Law:
        """Bases and periods of `bases/` and `periods/`, and years of `holidays.toml` beside those
        that every deployment knows. Raises PolicyError naming file, field and mend."""
        try:
            bases = basis.load(self.layers("bases", basis.SHIPPED))
            known = periods.load(self.layers("periods", periods.SHIPPED))
            calendar = holidays.shipped()
            if self.own is not None and (marked := self.own / "holidays.toml").exists():
                calendar = holidays.load(marked, calendar)
        except (BasisError, PeriodError, HolidaysError) as error:
            raise PolicyError(f"policy {error}") from None
        return Law(bases, known, calendar)

    def check_names(self, parts: Collection[str]) -> None:
        """Raise PolicyError for a misspelled part, which nothing would read. Names that are like
        none of `parts` are left alone."""
        if self.own is None or not self.own.is_dir():
            return
        for name in sorted({each.name for each in self.own.iterdir()} - {*parts}):
            if near := did_you_mean(name, parts, cutoff=0.8):
                raise PolicyError(f"policy {self.own}: nothing reads {name!r}{near}; rename it")

    def _own(self, name: str) -> Path | None:
        own = None if self.own is None else self.own / name
        return own if own is not None and own.is_dir() else None
