"""Sample of files for review 抽样评查: stratified by department and reproducible by anyone.

The seed is the root of the record's checkpoint that follows the entry in which the sample was
requested, once per quarter: it is unknown beforehand, and a second attempt would be visible. Files
are ordered by BLAKE2b(seed; department, file), and the first ones of each department are taken.
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
    """The quarter of a day, such as 2026-Q1."""
    return calendar_days("quarter", day).name


def days_of(name: str) -> tuple[dt.date, dt.date]:
    """First and last day of a quarter. Raises ValueError."""
    days = calendar_named(name) if name.startswith("20") and "-Q" in name else None
    if days is None or days.since is None:
        raise ValueError(f"quarter is {name!r}; write 2026-Q1")
    return days.since, days.last


def pick(files: Iterable[File], seed: bytes, terms: Sampling) -> tuple[str, ...]:
    """Ids of the files to review, by department, each in the order of the draw."""
    strata: dict[str, list[str]] = defaultdict(list)
    for file in files:
        strata[file.department].append(file.id)
    chosen: list[str] = []
    for department, ids in sorted(strata.items()):
        count = min(len(ids), max(terms.least, ceil(terms.share * len(ids))))
        chosen += sorted(ids, key=lambda id_: (_lot(seed, department, id_), id_))[:count]
    return tuple(chosen)


def _lot(seed: bytes, department: str, file: str) -> bytes:
    label = f"{len(department)}:{department}{file}".encode()
    return blake2b(label, key=seed[:64], digest_size=16).digest()


def may_review(user: str, hands: Collection[str]) -> bool:
    """Whether a user took no part in a file, and so may review it."""
    return user not in hands
