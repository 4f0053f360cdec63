"""Runs an action on many items; a failure of one does not stop the others."""

from collections.abc import Callable, Iterable
from typing import TypeVar

T = TypeVar("T")


def run_all(items: Iterable[T], action: Callable[[T], int]) -> int:
    """Sum of what the action returns for each item. Raises ExceptionGroup of all failures, after
    every item was tried."""
    total, errors = 0, []
    for item in items:
        try:
            total += action(item)
        except Exception as error:  # raised at the end
            errors.append(error)
    if errors:
        raise ExceptionGroup("timed work of enforcement", errors)
    return total
