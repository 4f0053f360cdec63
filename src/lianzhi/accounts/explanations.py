"""Explanations other than coordination for accounts that act together.

- `interest`: given that these accounts act on these objects at all, acting at the same time is no
  surprise: fans, readers of one source.
- `own_objects`: hardly any others act on them, or at other times, so the cause cannot be
  determined: sister pages, a small community, or links made for the purpose.
- `one_day`: all joint actions lie within a day, as at an event.
- `schedule`: always at the same hour of the day, as with programs, offices and organised fans.
"""

from typing import NamedTuple

import numpy as np

from lianzhi.accounts.groups import Group
from lianzhi.accounts.kernel import Actions
from lianzhi.stats.poisson import upper_tail

DAY, HOUR = 86_400_000, 3_600_000
#: Probability above which shared interests alone explain the joint actions.
_USUAL = 0.01
#: An object is no evidence if more than this share of all its accounts took part.
_NOBODY_ELSE = 0.5
#: Fewest days from which a schedule is estimated.
_DAYS = 3


class Explained(NamedTuple):
    """A group's returns compared with those expected from shared interests."""

    returns: int
    """Number of times members met again, on objects where others act as well."""
    by_interest: float
    """Expected number, if they acted on these objects at times of their own."""
    since: tuple[int, ...]
    """Start of each joint action, Unix milliseconds."""
    until: tuple[int, ...]
    """End of each joint action, Unix milliseconds."""
    reasons: tuple[str, ...]
    """Names of the explanations that are not ruled out."""


class Explainer:
    """Compares groups with the actions in which they were found."""

    def __init__(self, actions: Actions) -> None:
        order = np.lexsort((actions.time, actions.object))
        self._sorted = actions.where(order)
        self._bounds = np.searchsorted(
            self._sorted.object, np.arange(int(actions.object.max(initial=-1)) + 2)
        )

    def explain(self, group: Group) -> Explained:
        """Explanations of a group other than coordination."""
        there: set[int] = set()
        telling, returns, expected = 0, 0, 0.0
        since, until = [], []
        for joint in group.joint:
            begin, end = self._bounds[joint.object : joint.object + 2]
            account, time = self._sorted.account[begin:end], self._sorted.time[begin:end]
            actors = set(account.tolist())
            if joint.size <= _NOBODY_ELSE * len(actors):
                telling += 1
                returns += len(there.intersection(joint.members))
                expected += len(there & actors) * joint.size / len(actors)
            there.update(joint.members)
            near = np.isin(account, joint.members) & (time >= joint.since)
            near &= time < joint.since + 2 * joint.window
            since.append(int(time[near].min()))
            until.append(int(time[near].max()))
        reasons = (
            ("interest", telling > 1 and upper_tail(returns, expected) > _USUAL),
            ("own_objects", telling < 2),
            ("one_day", max(until) - min(since) < DAY),
            ("schedule", _regular(np.array(since))),
        )
        matching = tuple(name for name, holds in reasons if holds)
        return Explained(returns, expected, tuple(since), tuple(until), matching)


def _regular(since: np.ndarray[tuple[int], np.dtype[np.int64]]) -> bool:
    """Whether times lie within one hour of the day, over several days."""
    if len(set((since // DAY).tolist())) < _DAYS:
        return False
    hours = np.sort(since % DAY)
    gaps = np.diff(np.append(hours, hours[0] + DAY))
    return bool(DAY - gaps.max() <= HOUR)
