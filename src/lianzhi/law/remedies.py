"""Remedies 救济途径: which ones a dispute has, before whom, in which order and until when.

All of it is data, by field of dispute, with days of effect; what fields and remedies there are is
the caller's. The law of the day on which the remedy is asked for decides, since it is procedure;
clocks run from when the act became known.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple

import msgspec

from lianzhi.law import clock, data_files
from lianzhi.law.basis import Bases, Basis
from lianzhi.law.calendar import Calendar, UnknownYearError
from lianzhi.law.periods import Period, Periods
from lianzhi.law.versions import Versions, check_days
from lianzhi.law.words import Words
from lianzhi.typed_toml import convert


class RouteError(ValueError):
    """A file of routes that cannot be used; the message names file, field and mend."""


class Route(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One remedy of a field in one version of the law; the TOML file explains the fields."""

    key: str
    order: int
    forum: str
    bases: tuple[str, ...]
    period: str = ""
    after: str = ""
    after_period: str = ""
    first: bool = False
    pay_first: bool = False
    untold: str = ""
    longest: str = ""
    longest_real_estate: str = ""
    effective_from: dt.date
    effective_until: dt.date | None = None
    note: Words | None = None
    source: Words

    def __post_init__(self) -> None:
        if (self.first or self.after_period) and not self.after:
            raise ValueError(f"after of {self.key} is empty; name the remedy before it")
        check_days(self)

    @property
    def field(self) -> str:
        """The field of the dispute."""
        return self.key.partition(".")[0]

    @property
    def remedy(self) -> str:
        """The kind of remedy."""
        return self.key.partition(".")[2]


class Law(NamedTuple):
    """What routes are read with."""

    routes: Versions[Route]
    bases: Bases
    periods: Periods
    calendar: Calendar


class Dispute(NamedTuple):
    """The facts on which remedies and their clocks depend. Days are those of China."""

    field: str
    known: dt.date
    """When the act, its content too, became known."""
    day: dt.date
    """The day on which the remedy is, or would be, asked for."""
    informed: bool = True
    """Whether the right, the authority and the time limit were told."""
    acted: dt.date | None = None
    """The day of the act; None: it is not known, and the very longest period is not counted."""
    real_estate: bool = False
    answers: Sequence[tuple[str, dt.date]] = ()
    """Remedies that were answered, with the day on which the answer was received."""
    paid: bool = True
    """Whether the tax is paid."""


Obstacle = Literal["first", "pay_first", "late"]
"""Why a remedy is not open: another comes first, the tax comes first, its time is over."""


class Way(NamedTuple):
    """A remedy as it stands for a dispute."""

    route: Route
    bases: tuple[Basis, ...]
    period: Period | None
    """None: the law sets no time, or it has not begun to run."""
    last_day: dt.date | None
    obstacles: tuple[Obstacle, ...] = ()
    """Why it is not open on the day."""
    unknown_year: int | None = None
    """The year without known holidays into which its last day falls, which can't be told then."""


class Fault(NamedTuple):
    """Why a filing goes wrong, and where it belongs."""

    key: Literal["no_remedy", "wrong_forum"] | Obstacle
    right: Way | None
    """The way to take instead; None: there is none."""


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    route: tuple[Route, ...]


def load(
    folders: Sequence[Path],
    bases: Bases,
    periods: Periods,
    fields: Collection[str],
    remedies: Collection[str],
) -> Versions[Route]:
    """The routes of TOML files in folders; keys of a later folder replace those before it.

    Raises RouteError naming file and mend, also where a basis or period is not known or is not in
    force when the route begins.
    """

    def read(data: dict[str, Any]) -> _File:
        file = convert(data, _File)
        for route in file.route:
            if route.field not in fields or route.remedy not in remedies:
                raise ValueError(
                    f"key is {route.key!r}; write one of the fields, a dot and a remedy"
                )
            if route.after and route.after not in remedies:
                raise ValueError(f"after of {route.key} is {route.after!r}; name a remedy")
            for problem in _unknown(route, bases, periods):
                raise ValueError(f"{route.key} from {route.effective_from}: {problem}")
        return file

    def merge(layers: Sequence[Sequence[_File]]) -> Versions[Route]:
        kept = data_files.overlay(
            [each for file in layer for each in file.route] for layer in layers
        )
        return Versions(kept)

    return data_files.load(folders, read, merge, RouteError)


def _unknown(route: Route, bases: Bases, periods: Periods) -> Iterator[str]:
    """Bases and periods of a route that are not in force on its first day."""
    day = route.effective_from
    for key in route.bases:
        basis = bases.get(key, day)
        if basis is None or not basis.verified:
            yield f"basis {key} is not in force, or was not read"
    names = ("period", "after_period", "untold", "longest", "longest_real_estate")
    for key in filter(None, (getattr(route, name) for name in names)):
        periods.get(key, day)


def ways(dispute: Dispute, law: Law) -> tuple[Way, ...]:
    """The remedies of a dispute in the order of the law. Empty: none is known on that day."""
    routes = (r for r in law.routes.at(dispute.day) if r.field == dispute.field)
    return tuple(_way(route, dispute, law) for route in sorted(routes, key=lambda r: r.order))


def _way(route: Route, dispute: Dispute, law: Law) -> Way:
    day, answered = dispute.day, dict(dispute.answers).get(route.after)
    unknown_year = None
    try:
        period, last = _clock(route, dispute, answered, law)
    except UnknownYearError as error:
        # Its first day of doubt lies ahead: the remedy is open. Later, whether it is can't be told.
        if day.year >= error.year:
            raise
        period, last, unknown_year = None, None, error.year
    obstacles: list[Obstacle] = []
    if route.first and answered is None:
        obstacles.append("first")
    if route.pay_first and not dispute.paid:
        obstacles.append("pay_first")
    if last is not None and day > last:
        obstacles.append("late")
    bases = tuple(basis for key in route.bases if (basis := law.bases.get(key, day)))
    return Way(route, bases, period, last, tuple(obstacles), unknown_year)


def _clock(
    route: Route, dispute: Dispute, answered: dt.date | None, law: Law
) -> tuple[Period | None, dt.date | None]:
    """The period that runs, and its last day."""
    if answered is not None and route.after_period:
        period = law.periods.get(route.after_period, dispute.day)
        return period, clock.deadline(answered, period, law.calendar).last_day
    key = route.untold if route.untold and not dispute.informed else route.period
    if not key:
        return None, None
    period = law.periods.get(key, dispute.day)
    last = clock.deadline(dispute.known, period, law.calendar).last_day
    longest = route.longest_real_estate if dispute.real_estate else route.longest
    if longest and dispute.acted is not None:
        limit = law.periods.get(longest, dispute.day)
        end = clock.deadline(dispute.acted, limit, law.calendar).last_day
        if end < last:
            return limit, end
    return period, last


def filing_faults(remedy: str, forum: str, dispute: Dispute, law: Law) -> tuple[Fault, ...]:
    """What is wrong with asking for a remedy before a forum; empty: nothing.

    A wrong forum or remedy is told with the way that is open first.
    """
    known = ways(dispute, law)
    way = next((each for each in known if each.route.remedy == remedy), None)
    if way is None:
        return (Fault("no_remedy", _open(known)),)
    faults = []
    if forum and forum not in forums(way.route):
        faults.append(Fault("wrong_forum", way))
    for obstacle in way.obstacles:
        before = next((each for each in known if each.route.remedy == way.route.after), None)
        right = {"first": before, "pay_first": way}.get(obstacle, _open(known))
        faults.append(Fault(obstacle, right))
    return tuple(faults)


def forums(route: Route) -> Collection[str]:
    """The forums that a route leads to, where the applicant has a choice."""
    return _CHOICES.get(route.forum, (route.forum,))


_CHOICES = {
    "government_or_upper_department": (
        "government_or_upper_department",
        "local_government",
        "upper_department",
    )
}


def _open(known: Iterable[Way]) -> Way | None:
    return next((way for way in known if not way.obstacles), None)
