"""Rulebook: law and policy in force on a day."""

import datetime as dt
from collections.abc import Mapping
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, NamedTuple

from lianzhi.chain import dated
from lianzhi.chain.policy import PolicyError
from lianzhi.domains.enforcement.law import power
from lianzhi.domains.enforcement.law.discretion import Discretion
from lianzhi.domains.enforcement.law.power import Item, Power, PowerList
from lianzhi.domains.enforcement.law.procedure import Procedure, Procedures
from lianzhi.domains.enforcement.law.statutes import own_part, statutes
from lianzhi.domains.enforcement.lists.merge import Checklist
from lianzhi.domains.enforcement.lists.policy import Merging
from lianzhi.domains.enforcement.lists.shelf import Shelf
from lianzhi.domains.enforcement.rulebook import visit_rules
from lianzhi.law import basis, clock
from lianzhi.nearest import did_you_mean

LOOK_AHEAD = dt.timedelta(days=90)
"""How long before a year its holidays should be known: the longest common period."""


class Range(NamedTuple):
    """Fines that the statute allows a party for an item; whole yuan."""

    least: int
    most: int


_PARTS = (
    *("power_list", "procedure", "discretion", "visits", "checklists", "merging", "supervision"),
    *("bases", "periods", "gates", "sheets", "departments.toml", "holidays.toml"),
)


def _check_names(folder: Path) -> None:
    """Refuse a misspelled part, which nothing would read. Raises PolicyError.

    The folder holds more than policy: other names are not ours to judge.
    """
    if not folder.is_dir():
        return
    for name in sorted({each.name for each in folder.iterdir()} - {*_PARTS}):
        if near := did_you_mean(name, _PARTS, cutoff=0.8):
            fault = f"nothing reads {name!r}{near}"
            raise PolicyError(f"policy {folder}: {fault}; rename it and start again")


class Rulebook:
    """Shipped law and policy, or an operator's own under `folder`.

    There `power_list/`, `procedure/`, `discretion/`, `visits/`, `checklists/` and `merging/` take
    the place of the shipped folders, `departments.toml` that of the shipped file; `bases/`,
    `periods/` and `gates/` add keys to the shipped law or replace them, and `holidays.toml` adds
    years to the calendar. Raises PolicyError naming file, field and mend.
    """

    def __init__(self, folder: Path | None = None) -> None:
        own = partial(own_part, folder)
        if folder is not None:
            _check_names(folder)
        self.gates, self.bases, self.periods, self.calendar = statutes(folder)
        self.procedures = Procedures(own("procedure"))
        self.discretion = Discretion(own("discretion"), self.bases)
        self._parts = own("departments.toml")
        self._power_folder = own("power_list")
        self._first = power.first_day(self._power_folder)
        self._powers = lru_cache(maxsize=64)(self._load)
        self.shelf = Shelf(own("checklists"), own("merging"))
        self._has_own_lists = own("checklists") is not None
        visits_folder = own("visits")
        self._visits = lru_cache(maxsize=64)(lambda day: visit_rules.policy(day, visits_folder))
        # Own files are read now, so that a fault in them ends the start and not a day's work.
        if self._parts is not None:
            power.departments(self._parts)
        if self._power_folder is not None:
            for day, _ in dated.versions(dated.read(PowerList, self._power_folder)):
                self._load(day)
        if visits_folder is not None:
            dated.read(visit_rules.VisitPolicy, visits_folder)
        if (merging := own("merging")) is not None:
            dated.read(Merging, merging)

    def _load(self, day: dt.date) -> Power:
        if day < self._first:
            return Power(day, PowerList(()), power.departments(self._parts))
        return power.load(day, self._power_folder, self._parts, self.bases)

    def power(self, day: dt.date) -> Power:
        """The power list of a day; empty before the first version."""
        return self._powers(day)

    @property
    def keys(self) -> frozenset[str]:
        """Keys of the items of all versions of the list, to which old rows may refer."""
        return power.keys(self._power_folder)

    def named(self, key: str, day: dt.date) -> Item | None:
        """An item for display, from the list of a day or, before the first, from the first."""
        return self.power(max(day, self._first)).get(key)

    def item(self, key: str, day: dt.date) -> Item | None:
        """An enforceable item of the list of a day; None if unknown or its basis is unread."""
        try:
            return self.power(day).enforceable(key)
        except ValueError:
            return None

    def check_lists(self, day: dt.date) -> None:
        """Read an operator's own checklists as of a day. Raises PolicyError where one is wrong."""
        if self._has_own_lists:
            self.shelf.lists(day, self.power(day))

    def checklist(self, enterprise_type: str, day: dt.date) -> Checklist:
        """The merged checklist of an enterprise type. Raises PolicyError if there is none."""
        return self.shelf.checklist(enterprise_type, day, self.power(day))

    def visits(self, day: dt.date) -> visit_rules.VisitPolicy:
        """Rules of visits to enterprises. Raises PolicyError before the first version."""
        return self._visits(day)

    def procedure(self, day: dt.date) -> Procedure:
        """Local rules of procedure of a day."""
        return self.procedures.at(day)

    def last_day(self, key: str, start: dt.date, on: dt.date | None = None) -> dt.date:
        """Last day of a statutory period that runs from `start`, by the law of the day `on`."""
        period = self.periods.get(key, on or start)
        return clock.deadline(start, period, self.calendar).last_day

    def working(self, start: dt.date, days: int) -> dt.date:
        """The day a number of working days after `start`."""
        return self.calendar.add_working(start, days)

    def unknown_year(self, today: dt.date) -> int | None:
        """The first year within LOOK_AHEAD without known holidays; None if all are known."""
        known = self.calendar.known_years
        years = (today.year, (today + LOOK_AHEAD).year)
        return next((year for year in years if year not in known), None)

    def basis_fault(self, item: Item | None, acted: dt.date) -> str:
        """Why the bases of an item can't be cited for an act of a day; empty if they can."""
        if item is None:
            return "the power list has no such item"
        for cited in filter(None, (item.violated, item.penal)):
            try:
                self.bases.citable(cited.basis, acted)
            except basis.NotCitableError as error:
                return str(error)
        return ""

    def range_of(self, key: str, acted: dt.date, facts: Mapping[str, Any]) -> Range | None:
        """Range of fines of an item for an act of a day; None if no citable list gives one."""
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
        """Last day of the limitation period (行政处罚法 36) of an act, by the law of day `on`."""
        fields = self.procedure(on).limitation.grave_fields
        harmed = facts.get("harm") not in (None, "none") and item.partition(".")[0] in fields
        key = "penalty.limitation_grave" if harmed else "penalty.limitation"
        return self.last_day(key, acted, on)
