"""Effect of a lesson: how often its cause came up before and after it, beside a control. Pure.

Days before the first that is known, and the day of the lesson, count for neither side. All other
causes in the same days are the control: the ratio of both changes judges, with an exact interval
(`stats.rate_ratio`).
"""

import datetime as dt
from collections.abc import Mapping
from math import inf
from typing import Literal, NamedTuple

from lianzhi.domains.counsel.guidance.policy import EffectPolicy
from lianzhi.stats.rate_ratio import Rate, RateRatio, rate_ratio, ratio_of_rate_ratios

Daily = Mapping[str, Mapping[dt.date, int]]
"""How often each cause came up, by day."""
Verdict = Literal["unknown", "fell", "rose", "alike"]


class Effect(NamedTuple):
    """Counts on days before and after, and the ratio of the rates."""

    before: int
    before_days: int
    after: int
    after_days: int
    ratio: RateRatio
    others: RateRatio
    """The same of all other causes."""
    relative: RateRatio
    """The one divided by the other: what judges."""
    level: float

    @property
    def verdict(self) -> Verdict:
        """Whether it changed against the other causes; `unknown`: nothing is known of one side."""
        lo, hi = self.relative.lo, self.relative.hi
        if lo == 0 and hi == inf:
            return "unknown"
        return "fell" if hi < 1 else "rose" if lo > 1 else "alike"


def effect(
    daily: Daily, cause: str, day_held: dt.date, today: dt.date, policy: EffectPolicy
) -> Effect | None:
    """What changed with a lesson that was held; None: too few days are known on a side."""
    known = [day for days in daily.values() for day in days]
    if not known:
        return None
    length, day = dt.timedelta(policy.days), dt.timedelta(1)
    before = (max(day_held - length, min(known)), day_held - day)
    after = (day_held + day, min(day_held + length, today - day))
    before_days, after_days = ((until - since).days + 1 for since, until in (before, after))
    if min(before_days, after_days) < policy.least_days:
        return None

    def count(period: tuple[dt.date, dt.date], *, is_other: bool) -> int:
        return sum(
            n
            for key, days in daily.items()
            if (key != cause) is is_other
            for day, n in days.items()
            if period[0] <= day <= period[1]
        )

    own, others = (
        [count(period, is_other=is_other) for period in (before, after)]
        for is_other in (False, True)
    )
    ratio, ratio_of_others = (
        rate_ratio(counts[1], counts[0], after_days, before_days, policy.level)
        for counts in (own, others)
    )
    relative = ratio_of_rate_ratios(
        Rate(own[1], after_days),
        Rate(own[0], before_days),
        Rate(others[1], after_days),
        Rate(others[0], before_days),
        policy.level,
    )
    return Effect(
        own[0], before_days, own[1], after_days, ratio, ratio_of_others, relative, policy.level
    )
