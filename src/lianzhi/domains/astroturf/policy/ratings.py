"""Typed settings of ratings and rankings, fitted on simulated platforms apart from the reported
ones.
"""

from typing import Annotated

import msgspec

from lianzhi.domains.astroturf.policy.lookback import Count, LookbackPolicy, Positive, Share

HOUR_MS, MINUTE_MS = 3_600_000, 60_000
Chance = Annotated[float, msgspec.Meta(gt=0, le=0.5)]


class BurstSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Limits for bursts of ratings."""

    windows_hours: tuple[Positive, ...]
    """Each four times the one before, so that any burst nearly fills one."""
    by_chance: Chance
    """Highest expected number of such bursts in an item by chance."""
    share: Share
    """Least excess as a share of the burst: a genuine change of opinion moves all levels, and
    leaves a smaller excess."""
    crowd: Chance
    """Below this probability, ratings outside the tail are unusually many too: an organic crowd
    with differing opinions. An attack adds ratings of one kind only."""
    times: Positive
    """Least ratio of the tail's ratings in a burst to the usual number."""
    around: Count
    """Windows before and after a burst that determine the usual number."""
    rounds: Count
    """Most bursts searched for in one item."""

    @property
    def windows(self) -> tuple[int, ...]:
        """Windows in milliseconds."""
        return tuple(round(hours * HOUR_MS) for hours in self.windows_hours)


class ThrowawaySettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Limits for throw-away accounts."""

    history: Annotated[int, msgspec.Meta(ge=0)]
    """Most other items that such an account has rated."""
    by_chance: Chance
    """Highest expected number of such items by chance, over all items."""
    share: Share
    """Least excess as a share of these accounts."""


class CoratingSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Limits for co-rating groups."""

    windows_hours: tuple[Positive, ...]
    """Windows in which joint ratings are searched."""
    false: Chance
    """Highest false discovery rate of the reported groups."""
    pull: Positive
    """Least deviation of a rating from its item's mean in standard deviations, beyond its account's
    leaning; and least mean deviation of a group, its sides against each other: a shared taste
    deviates to both."""
    sure: Positive
    """Least ratio of that mean to its standard error."""

    @property
    def windows(self) -> tuple[int, ...]:
        """Windows in milliseconds."""
        return tuple(round(hours * HOUR_MS) for hours in self.windows_hours)


class RatingPolicy(LookbackPolicy, frozen=True, forbid_unknown_fields=True):
    """Detection of manipulated ratings, and when an item is reported."""

    least: Count
    """Least number of an item's ratings that count less."""
    moved: Share
    """Least shift of the mean, as a share of the scale, for a warning."""
    young_days: Positive
    """Items rated for a shorter time have little to compare with."""
    bursts: BurstSettings
    throwaway: ThrowawaySettings
    corating: CoratingSettings


class RankingPolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Detection of manipulated lists, beside the bursts of ratings."""

    history: Annotated[int, msgspec.Meta(ge=0)]
    """Most other items on which a throw-away account has acted."""
    windows_minutes: tuple[Positive, ...]
    """Windows in which groups act together."""
    false: Chance
    """Highest false discovery rate of the reported groups."""
    usual: Share
    """Quantile of all items' shares of throw-away accounts above which one is reported."""
    by_chance: Chance
    """Highest expected number of items with so many throw-away accounts by chance."""
    share: Share
    """Least excess of throw-away accounts as a share of an item's actions: news brings newcomers
    too, but hardly ever so many."""
    least: Count
    """Least accounts of a group acting together on an item: a few active people meet by chance as
    well, and move no ranking."""

    @property
    def windows(self) -> tuple[int, ...]:
        """Windows in milliseconds."""
        return tuple(round(windows_minute * MINUTE_MS) for windows_minute in self.windows_minutes)
