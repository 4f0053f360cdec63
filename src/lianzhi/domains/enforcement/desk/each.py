"""Each: work on many nouns, of which one that fails holds up no other."""

from collections.abc import Callable, Iterable
from typing import TypeVar

T = TypeVar("T")


def each(nouns: Iterable[T], act: Callable[[T], int]) -> int:
    """Act on every one; returns what the acts add up to. Raises ExceptionGroup at the end with all
    that failed, so that whoever runs it tells of them."""
    done, failed = 0, []
    for noun in nouns:
        try:
            done += act(noun)
        except Exception as error:  # told at the end
            failed.append(error)
    if failed:
        raise ExceptionGroup("timed work of enforcement", failed)
    return done
