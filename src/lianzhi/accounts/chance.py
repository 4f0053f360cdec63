"""Chance: how likely an account is to be where it is, if it cares for nobody else's being there.

An account that acts q of a hundred times is in a burst of s accounts with probability s q / 100, at
most. But accounts come and go, and keep hours: who was there only on one day meets others who were.
So its share is taken of all actions, of those of that day, of those of that very hour, and of those
at that hour of any day, and the largest counts. What it did together with those whom it is
suspected to act with is no measure of how often it acts otherwise, and is left out.
"""

from collections import Counter
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from lianzhi.accounts.kernel import Actions

Floats = NDArray[np.float64]
DAY, HOUR = 86_400_000, 3_600_000
#: A day or an hour in which little happened says little: its share is drawn towards that of all
#: times as if so many more actions had been seen.
_LITTLE = 50


class Habits:
    """When something was done: how often in all, by day, hour of the day, and hour of one day."""

    def __init__(self, times: Iterable[int] = ()) -> None:
        self.acts = 0
        self.days: Counter[int] = Counter()
        self.hours: Counter[int] = Counter()
        self.sessions: Counter[int] = Counter()
        for at in times:
            self.add(at)

    def add(self, at: int) -> None:
        """Once more, at a time (ms)."""
        session = at // HOUR
        self.acts += 1
        self.days[at // DAY] += 1
        self.hours[session % 24] += 1
        self.sessions[session] += 1


class Chance:
    """How often each account acts, and when. `actions` have accounts numbered from 0 on."""

    def __init__(self, actions: Actions) -> None:
        order = np.argsort(actions.account, kind="stable")
        self._time = actions.time[order]
        self._bounds = np.concatenate(([0], np.cumsum(np.bincount(actions.account))))
        self._all = Habits()
        self._all.acts = actions.time.size
        for counter, of in (
            (self._all.days, actions.time // DAY),
            (self._all.hours, actions.time // HOUR % 24),
            (self._all.sessions, actions.time // HOUR),
        ):
            counter.update(
                dict(zip(*map(np.ndarray.tolist, np.unique(of, return_counts=True)), strict=True))
            )
        self._habits: dict[int, Habits] = {}
        self.acts = np.diff(self._bounds).astype(np.float64)
        self.total = float(max(actions.account.size, 1))

    def share(self, account: int, at: int, left_out: Habits, *, here: bool = False) -> float:
        """Which share of what is done at a time (ms) an account does.

        `left_out` are actions of its that do not count; with `here` nor does one at this time.
        """
        mine, day, session = self._of(account), at // DAY, at // HOUR
        hour = session % 24

        def other(acts: int, out: int) -> int:
            return max(acts - out - here, 0)

        always = (other(mine.acts, left_out.acts) + 1) / self.total
        that_day = other(mine.days[day], left_out.days[day]) + _LITTLE * always
        that_day /= self._all.days[day] + _LITTLE
        then = other(mine.sessions[session], left_out.sessions[session]) + _LITTLE * that_day
        that_hour = other(mine.hours[hour], left_out.hours[hour]) + _LITTLE * always
        return max(
            always,
            that_day,
            then / (self._all.sessions[session] + _LITTLE),
            that_hour / (self._all.hours[hour] + _LITTLE),
        )

    def _of(self, account: int) -> Habits:
        found = self._habits.get(account)
        if found is None:
            times = self._time[self._bounds[account] : self._bounds[account + 1]]
            found = self._habits[account] = Habits(times.tolist())
        return found
