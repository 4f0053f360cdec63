"""Rulebook: law and policy of a day, in one place, for whoever draws facts or computes clocks."""

import datetime as dt
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from lianzhi.chain.policy import PolicyError
from lianzhi.domains.enforcement.law import power, statutes
from lianzhi.domains.enforcement.law.discretion import Discretion
from lianzhi.domains.enforcement.law.power import Item, Power, PowerList
from lianzhi.domains.enforcement.law.procedure import Procedure, Procedures
from lianzhi.domains.enforcement.lists.merge import Checklist
from lianzhi.domains.enforcement.lists.shelf import Shelf
from lianzhi.domains.enforcement.rulebook import visit_rules
from lianzhi.law import basis, clock, holidays
from lianzhi.law.calendar import Calendar
from lianzhi.law.gates import GatesError
from lianzhi.law.holidays import HolidaysError
from lianzhi.law.periods import PeriodError

LOOK_AHEAD = dt.timedelta(days=90)
"""How long before a year its holidays are asked for: the longest period that often runs."""


class Range(NamedTuple):
    """Fines that the statute allows a party for an item; whole yuan."""

    least: int
    most: int


class Rulebook:
    """Shipped law and policy, or an operator's own under `folder`.

    There `power_list/`, `procedure/`, `discretion/`, `visits/`, `checklists/` and `merging/` take
    the place of the shipped folders, `departments.toml` that of the shipped file; `bases/`,
    `periods/` and `gates/` add keys to the shipped law or replace them, and `holidays.toml` adds
    years to the calendar. Raises PolicyError naming file, field and mend.
    """

    def __init__(self, folder: Path | None = None) -> None:
        def own(name: str) -> Path | None:
            return folder / name if folder is not None and (folder / name).exists() else None

        marked = own("holidays.toml")
        known = holidays.shipped()
        try:
            self.gates = statutes.penalty_gates(own("gates"))
            self.bases = statutes.bases(own("bases"))
            self.periods = statutes.statutory_periods(own("periods"))
            self.calendar: Calendar = known if marked is None else holidays.load(marked, known)
        except (GatesError, basis.BasisError, PeriodError, HolidaysError) as error:
            raise PolicyError(f"{folder}: {error}") from None
        self.procedures = Procedures(own("procedure"))
        self.discretion = Discretion(own("discretion"), self.bases)
        parts = folder / "departments.toml" if folder is not None else None
        self._parts = parts if parts is not None and parts.exists() else None
        self._power_folder = own("power_list")
        self._first = power.first_day(self._power_folder)
        self._powers = lru_cache(maxsize=64)(self._load)
        self.shelf = Shelf(own("checklists"), own("merging"))
        visits_folder = own("visits")
        self._visits = lru_cache(maxsize=64)(lambda day: visit_rules.policy(day, visits_folder))

    def _load(self, day: dt.date) -> Power:
        if day < self._first:
            return Power(day, PowerList(()), power.departments(self._parts))
        return power.load(day, self._power_folder, self._parts, self.bases)

    def power(self, day: dt.date) -> Power:
        """The power list of a day; before the first of them nothing may be done."""
        return self._powers(day)

    @property
    def keys(self) -> frozenset[str]:
        """Keys of the items of every version of the list: what an old row may name."""
        return power.keys(self._power_folder)

    def named(self, key: str, day: dt.date) -> Item | None:
        """An item for reading: as the list of a day has it, else as the first list does."""
        return self.power(max(day, self._first)).get(key)

    def item(self, key: str, day: dt.date) -> Item | None:
        """An item as the list of a day has it; None: there is none, or its basis was not read."""
        try:
            return self.power(day).enforceable(key)
        except ValueError:
            return None

    def checklist(self, enterprise_type: str, day: dt.date) -> Checklist:
        """The one checklist of an enterprise type. Raises PolicyError where there is none."""
        return self.shelf.checklist(enterprise_type, day, self.power(day))

    def visits(self, day: dt.date) -> visit_rules.VisitPolicy:
        """Rules of visits to enterprises. Raises PolicyError before the first version."""
        return self._visits(day)

    def procedure(self, day: dt.date) -> Procedure:
        """What the place settles for itself."""
        return self.procedures.at(day)

    def last_day(self, key: str, start: dt.date, on: dt.date | None = None) -> dt.date:
        """Last day of a statutory period that runs from `start`, by the law of the day `on`."""
        period = self.periods.get(key, on or start)
        return clock.deadline(start, period, self.calendar).last_day

    def working(self, start: dt.date, days: int) -> dt.date:
        """So many working days after a day."""
        return self.calendar.add_working(start, days)

    def unknown_year(self, today: dt.date) -> int | None:
        """The first year within LOOK_AHEAD whose holidays are not known; None: all are."""
        known = self.calendar.known_years
        years = (today.year, (today + LOOK_AHEAD).year)
        return next((year for year in years if year not in known), None)

    def basis_fault(self, item: Item | None, acted: dt.date) -> str:
        """Why the bases of an item can't be cited for an act of a day; empty: they can."""
        if item is None:
            return "the power list has no such item"
        for cited in filter(None, (item.violated, item.penal)):
            try:
                self.bases.citable(cited.basis, acted)
            except basis.NotCitableError as error:
                return str(error)
        return ""

    def range_of(self, key: str, acted: dt.date, facts: Mapping[str, Any]) -> Range | None:
        """What an item lets one fine a party for an act of a day; None: no list kept here tells."""
        item = self.named(key, acted)
        if item is None or self.basis_fault(item, acted):
            return None
        subject = "person" if facts.get("subject") == "person" else "unit"
        limbs = [fine for fine in item.fines if fine.subject == subject]
        grave = facts.get("harm") == "grave"
        fits = [fine for fine in limbs if fine.grave == grave] or limbs
        if not fits:
            return None
        return Range(min(fine.fine_from for fine in fits), max(fine.fine_to for fine in fits))

    def limit_day(
        self, item: str, acted: dt.date, facts: Mapping[str, Any], on: dt.date
    ) -> dt.date:
        """Last day on which finding an act out still allows a penalty (行政处罚法 36), by the law
        of the day `on`."""
        fields = self.procedure(on).limitation.grave_fields
        harmed = facts.get("harm") not in (None, "none") and item.partition(".")[0] in fields
        key = "penalty.limitation_grave" if harmed else "penalty.limitation"
        return self.last_day(key, acted, on)
