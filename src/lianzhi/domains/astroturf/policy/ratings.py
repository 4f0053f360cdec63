"""Typed settings of ratings and rankings, fitted on simulated platforms that are not reported."""

from typing import Annotated

import msgspec

from lianzhi.domains.astroturf.policy.looking import Count, Looking, Positive, Share

HOUR_MS, MINUTE_MS = 3_600_000, 60_000
Chance = Annotated[float, msgspec.Meta(gt=0, le=0.5)]


class BurstSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What counts as a burst."""

    windows_hours: tuple[Positive, ...]
    """Each four times the one before, so that any burst nearly fills one."""
    by_chance: Chance
    """How many bursts so striking chance would show in an item, at most."""
    share: Share
    """Part of a burst that is too many, at least: a change of mind that people share moves all
    levels, and leaves more of the others."""
    crowd: Chance
    """Below this probability more came outside the tail than usually do: people came on their own,
    and some of them think otherwise. Who attacks adds ratings of one kind only."""
    times: Positive
    """How many times as many of the tail as usual come in a burst, at least."""
    around: Count
    """As many windows before and after a burst tell how many ratings come otherwise."""
    rounds: Count
    """Bursts of one item that are looked for, at most."""

    @property
    def windows(self) -> tuple[int, ...]:
        """Milliseconds."""
        return tuple(round(one * HOUR_MS) for one in self.windows_hours)


class ThrowawaySettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What counts as throw-away accounts."""

    history: Annotated[int, msgspec.Meta(ge=0)]
    """Other items that an account has rated, at most."""
    by_chance: Chance
    """How many items so striking chance would show, over all items, at most."""
    share: Share
    """Part of these accounts that is too many, at least."""


class CoratingSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What counts as a co-rating group."""

    windows_hours: tuple[Positive, ...]
    """Within what time joint ratings are looked for."""
    false: Chance
    """Part of the groups told that chance may have made, at most."""
    pull: Positive
    """By how many standard deviations of its item a rating is off, beyond its account's leaning, at
    least, to be looked at; and by how many a group is on average, its sides against each other: who
    shares a taste is off to both."""
    sure: Positive
    """By how many of its standard errors that is."""

    @property
    def windows(self) -> tuple[int, ...]:
        """Milliseconds."""
        return tuple(round(one * HOUR_MS) for one in self.windows_hours)


class RatingPolicy(Looking, frozen=True, forbid_unknown_fields=True):
    """Ratings: what is looked for, and when the detector tells of an item."""

    least: Count
    """Ratings of an item that count less, at least: fewer are nothing to trouble a person with."""
    moved: Share
    """By what part of the scale they moved the mean, at least, to be a warning."""
    young_days: Positive
    """An item that has been rated for less has little to compare with."""
    bursts: BurstSettings
    throwaway: ThrowawaySettings
    corating: CoratingSettings


class RankingPolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Lists: what is looked for, beside the bursts of ratings."""

    history: Annotated[int, msgspec.Meta(ge=0)]
    """Other items that a throw-away account has acted on, at most."""
    windows_minutes: tuple[Positive, ...]
    """Within what time groups act together."""
    false: Chance
    """Part of the groups told that chance may have made, at most."""
    usual: Share
    """So many of all items have a smaller share of throw-away accounts than one that is told."""
    by_chance: Chance
    """How many items with so many throw-away accounts chance would show, at most."""
    share: Share
    """Part of an item's actions by which throw-away accounts are too many, at least: news brings
    newcomers too, but hardly ever so many."""
    least: Count
    """Accounts of a group that act on an item together, at least: a few people who are often there
    at the same time meet as well, and move no ranking."""

    @property
    def windows(self) -> tuple[int, ...]:
        """Milliseconds."""
        return tuple(round(one * MINUTE_MS) for one in self.windows_minutes)
