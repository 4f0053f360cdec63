"""Every version of a dated policy, and the one of a day, where days and not moments count."""

import datetime as dt
import math
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

from lianzhi.chain.policy import Dated, PolicyError, first_day, load_policy

T = TypeVar("T")


class NoVersionError(PolicyError):
    """A day before the first version of a policy that lies in `place`."""

    def __init__(self, place: object, day: dt.date) -> None:
        self.day = day
        super().__init__(f"{place}: no version is in force on {day}; add an earlier one")


def read(form: type[T], folder: Path) -> Dated[T]:
    """The versions in a folder. Raises PolicyError naming file, field and mend."""
    try:
        return load_policy("", form, folder)
    except OSError as error:
        raise PolicyError(f"{folder}: {error.strerror}; give a folder of dated files") from None


def versions(dated: Dated[T]) -> Iterator[tuple[dt.date, T]]:
    """All versions with the day from which they apply, oldest first."""
    ms: float = 0
    while ms < math.inf:
        version, version_data = dated.at(int(ms))
        yield first_day(version), version_data
        ms = dated.next_start(int(ms))


def on(dated: Dated[T], day: dt.date) -> tuple[dt.date, T] | None:
    """The version that applies on a day; None before the first."""
    midnight = dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC)
    version, version_data = dated.at(int(midnight.timestamp() * 1000))
    start = first_day(version)
    return None if start > day else (start, version_data)
