"""Sample of files to review 抽样评查: stratified by department, and anybody can draw it again.

The seed is the root of the record's checkpoint that follows the entry in which the sample was asked
for, once for each quarter: nobody knows it before, and a second try would be seen. Files then stand
in the order of BLAKE2b(seed; department, file), and the first ones of each department are taken.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable
from hashlib import blake2b
from math import ceil
from typing import NamedTuple

from lianzhi.domains.enforcement.supervision.sheets import Sampling
from lianzhi.kit.periods import calendar_days, calendar_named


class File(NamedTuple):
    """A file that may be drawn."""

    id: str
    department: str


def quarter(day: dt.date) -> str:
    """The quarter of a day, as 2026-Q1."""
    return calendar_days("quarter", day).name


def days_of(name: str) -> tuple[dt.date, dt.date]:
    """First and last day of a quarter. Raises ValueError."""
    days = calendar_named(name) if name.startswith("20") and "-Q" in name else None
    if days is None or days.since is None:
        raise ValueError(f"quarter is {name!r}; write 2026-Q1")
    return days.since, days.last


def pick(files: Iterable[File], seed: bytes, terms: Sampling) -> tuple[str, ...]:
    """The files to review, department by department, each in the order of the draw."""
    strata: dict[str, list[str]] = defaultdict(list)
    for one in files:
        strata[one.department].append(one.id)
    taken: list[str] = []
    for department, ids in sorted(strata.items()):
        count = min(len(ids), max(terms.least, ceil(terms.share * len(ids))))
        taken += sorted(ids, key=lambda one: (_lot(seed, department, one), one))[:count]
    return tuple(taken)


def _lot(seed: bytes, department: str, file: str) -> bytes:
    said = f"{len(department)}:{department}{file}".encode()
    return blake2b(said, key=seed[:64], digest_size=16).digest()


def may_review(user: str, hands: Collection[str]) -> bool:
    """Whether somebody had no hand in a file, and so may review it."""
    return user not in hands
