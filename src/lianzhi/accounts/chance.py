"""Probability that an account is present in a burst, if it acts independently of the others.

An account with q of a hundred actions is in a burst of s accounts with probability at most s q /
100. But accounts come and go, and keep hours. So its share is taken of all actions, of those of
that day, of those of that very hour, and of those at that hour of any day, and the largest counts.
Its actions together with suspected partners are left out, since they do not measure how often it
acts otherwise.
"""

from collections import Counter
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from lianzhi.accounts.kernel import Actions

Floats = NDArray[np.float64]
DAY, HOUR = 86_400_000, 3_600_000
#: Prior of the activity by day and by hour: this many additional actions with the overall share.
_LITTLE = 50


class Habits:
    """Number of actions in all, by day, by hour of the day, and by hour of one day."""

    def __init__(self, times: Iterable[int] = ()) -> None:
        self.acts = 0
        self.days: Counter[int] = Counter()
        self.hours: Counter[int] = Counter()
        self.sessions: Counter[int] = Counter()
        for at in times:
            self.add(at)

    def add(self, at: int) -> None:
        """Count one action at a time (ms)."""
        session = at // HOUR
        self.acts += 1
        self.days[at // DAY] += 1
        self.hours[session % 24] += 1
        self.sessions[session] += 1


class Chance:
    """Activity of each account over time; accounts of `actions` are numbered from 0."""

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
        """An account's share of all actions at a time (ms).

        `left_out`: its actions that do not count; with `here`, nor does one at this time.
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
        habits = self._habits.get(account)
        if habits is None:
            times = self._time[self._bounds[account] : self._bounds[account + 1]]
            habits = self._habits[account] = Habits(times.tolist())
        return habits
