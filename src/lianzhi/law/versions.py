"""What the law says in successive versions, each with its days of effect; and the one of a day."""

import datetime as dt
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Generic, Protocol, TypeVar


class Dated(Protocol):
    """Something with a key and days of effect, both inclusive; no end while none is known."""

    @property
    def key(self) -> str:
        """The same in every version."""

    @property
    def effective_from(self) -> dt.date:
        """First day of effect."""

    @property
    def effective_until(self) -> dt.date | None:
        """Last day of effect."""


T = TypeVar("T", bound=Dated)


def check_days(item: Dated) -> None:
    """Raises ValueError where something ends before it begins."""
    if item.effective_until is not None and item.effective_until < item.effective_from:
        raise ValueError(
            f"effective_until of {item.key} is {item.effective_until}, before it begins on "
            f"{item.effective_from}; mend either day"
        )


def in_force(one: Dated, day: dt.date) -> bool:
    """Whether it has effect on a day."""
    return one.effective_from <= day and (one.effective_until is None or day <= one.effective_until)


class Versions(Generic[T]):
    """All versions by key, oldest first. Raises ValueError where two of one key overlap."""

    def __init__(self, items: Iterable[T]) -> None:
        self._by_key: dict[str, tuple[T, ...]] = {}
        for item in sorted(items, key=lambda one: (one.key, one.effective_from)):
            self._by_key[item.key] = (*self._by_key.get(item.key, ()), item)
        for one, following in (pair for each in self._by_key.values() for pair in pairwise(each)):
            if in_force(one, following.effective_from):
                raise ValueError(
                    f"{one.key}: effective_until of the version from {one.effective_from} is "
                    f"{one.effective_until or 'open'}, but the next begins on "
                    f"{following.effective_from}; end it before"
                )

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_key)

    def of(self, key: str) -> tuple[T, ...]:
        """Versions of a key, oldest first; none where the key is unknown."""
        return self._by_key.get(key, ())

    def get(self, key: str, day: dt.date) -> T | None:
        """The version in force on a day."""
        return next((one for one in self.of(key) if in_force(one, day)), None)

    def at(self, day: dt.date) -> tuple[T, ...]:
        """Every version in force on a day, by key."""
        found = (self.get(key, day) for key in self._by_key)
        return tuple(one for one in found if one is not None)
