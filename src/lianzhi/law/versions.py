"""Successive versions of legal data with their days of effect."""

import datetime as dt
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Generic, Protocol, TypeVar


class Dated(Protocol):
    """Item with a key and days of effect, both inclusive; no end while none is known."""

    @property
    def key(self) -> str:
        """Key that all versions share."""

    @property
    def effective_from(self) -> dt.date:
        """First day of effect."""

    @property
    def effective_until(self) -> dt.date | None:
        """Last day of effect."""


T = TypeVar("T", bound=Dated)


def check_days(item: Dated) -> None:
    """Raises ValueError where an item ends before it begins."""
    if item.effective_until is not None and item.effective_until < item.effective_from:
        raise ValueError(
            f"effective_until of {item.key} is {item.effective_until}, before it begins on "
            f"{item.effective_from}; mend either day"
        )


def in_force(item: Dated, day: dt.date) -> bool:
    """Whether an item is in force on a day."""
    until = item.effective_until
    return item.effective_from <= day and (until is None or day <= until)


class Versions(Generic[T]):
    """All versions by key, oldest first. Raises ValueError where two of one key overlap."""

    def __init__(self, items: Iterable[T]) -> None:
        self._by_key: dict[str, tuple[T, ...]] = {}
        for item in sorted(items, key=lambda each: (each.key, each.effective_from)):
            self._by_key[item.key] = (*self._by_key.get(item.key, ()), item)
        for version, following in (
            pair for each in self._by_key.values() for pair in pairwise(each)
        ):
            if in_force(version, following.effective_from):
                raise ValueError(
                    f"{version.key}: effective_until of the version from {version.effective_from} "
                    f"is {version.effective_until or 'open'}, but the next begins on "
                    f"{following.effective_from}; end it before"
                )

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_key)

    @property
    def keys(self) -> tuple[str, ...]:
        """All keys, in order."""
        return tuple(self._by_key)

    def versions(self, key: str) -> tuple[T, ...]:
        """Versions of a key, oldest first; none where the key is unknown."""
        return self._by_key.get(key, ())

    def get(self, key: str, day: dt.date) -> T | None:
        """The version in force on a day."""
        return next((each for each in self.versions(key) if in_force(each, day)), None)

    def at(self, day: dt.date) -> tuple[T, ...]:
        """Every version in force on a day, by key."""
        return tuple(
            each for versions in self._by_key.values() for each in versions if in_force(each, day)
        )
