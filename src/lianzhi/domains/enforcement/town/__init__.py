"""Simulator of a town: two years of enforcement from a seed, with planted anomalies.

It shares no code and no constants with the engines and monitors tested on it: its calendar, numbers
and rules of thumb are its own (`baseline/`). See docs/town.md.
"""

import datetime as dt
from collections.abc import Collection

from lianzhi.domains.enforcement.town.anomalies import PLANTS, plant
from lianzhi.domains.enforcement.town.baseline.penalties import penalties
from lianzhi.domains.enforcement.town.baseline.people import observers, squads, staff
from lianzhi.domains.enforcement.town.baseline.permits import permits
from lianzhi.domains.enforcement.town.baseline.places import enterprises, grids, risks
from lianzhi.domains.enforcement.town.baseline.requests import requests
from lianzhi.domains.enforcement.town.baseline.rows import Answer, Town
from lianzhi.domains.enforcement.town.baseline.settings import (
    Frame,
    Settings,
    Size,
    StrengthError,
    load,
    strengths,
)
from lianzhi.domains.enforcement.town.baseline.work import inspections
from lianzhi.domains.enforcement.town.baseline.workdays import month_after

__all__ = [
    "LIMITS", "PLANTS", "Answer", "Settings", "Size", "StrengthError", "Town", "load", "make",
    "strengths",
]  # fmt: skip

#: Smallest and largest value of each size; the files of holidays and names reach no further.
LIMITS = {"enterprises": (20, 5000), "officers": (9, 400), "grids": (4, 200), "months": (1, 24)}


def make(
    seed: int,
    size: Size | None = None,
    *,
    planted: Collection[str] | None = None,
    settings: Settings | None = None,
) -> Town:
    """The town of a seed, identical on every platform.

    `planted` are keys of PLANTS: by default all that the settings switch on, none where it is
    empty. Raises ValueError for a seed, size or key that is out of range.
    """
    size, settings = size or Size(), settings or load()
    if planted is None:
        planted = [key for key, anomaly in settings.anomalies.items() if anomaly.on]
    _check(seed, size, planted)
    last = month_after(settings.first, size.months) - dt.timedelta(1)
    frame = Frame(seed, size, settings, last)
    people = staff(frame)
    all_grids = grids(frame, squads(frame))
    parties = enterprises(frame, all_grids)
    seen = observers(frame, all_grids)
    risk = risks(frame, parties)
    reported = requests(frame, all_grids, parties, risk)
    visits = inspections(frame, parties, all_grids, people, seen, risk, reported.requests)
    clean = Town(
        seed=seed,
        first=frame.first,
        last=last,
        enterprises=parties,
        officers=people.officers,
        observers=seen,
        grids=all_grids,
        requests=reported.requests,
        inspections=visits.inspections,
        penalties=penalties(frame, parties, all_grids, people, visits.inspections),
        permits=permits(frame, parties, all_grids, people),
        duplicates=reported.duplicates,
        chances=visits.chances,
        answers=(),
    )
    return plant(frame, people, clean, planted) if planted else clean


def _check(seed: int, size: Size, planted: Collection[str]) -> None:
    if not 0 <= seed < 2**63:
        raise ValueError(f"seed is {seed}: give a whole number from 0 to 2^63-1")
    for name, (least, most) in LIMITS.items():
        value = getattr(size, name)
        if not least <= value <= most:
            raise ValueError(f"{name} is {value}: give a number from {least} to {most}")
    for key in planted:
        if key not in PLANTS:
            raise ValueError(f"no anomaly is called {key!r}: give one of {', '.join(PLANTS)}")
