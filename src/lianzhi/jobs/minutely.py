"""Minutely: timed work that is due at most once a minute of the node's own clock."""

from collections.abc import Callable

MINUTE_MS = 60_000


class Minutely:
    """A task for the ticker. What fails is due again a minute later, and raises what it raises."""

    def __init__(self, work: Callable[[], object], clock: Callable[[], int]) -> None:
        """`clock`: Unix milliseconds. A clock that is set back makes it due at once."""
        self._work, self._clock = work, clock
        self._last: int | None = None

    def __call__(self) -> None:
        """Work, where it is due."""
        now = self._clock()
        if self._last is not None and 0 <= now - self._last < MINUTE_MS:
            return
        self._last = now
        self._work()
