"""Typed settings of text families, and of adverts in the stream."""

import msgspec

from lianzhi.domains.astroturf.policy.lookback import Count, LookbackPolicy, Positive, Share


class FamilySettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Limits for text families, set on simulated reviews apart from the reported ones."""

    least_alike: Share
    """Least weighted similarity of two texts' shingles within a family."""
    shortest: Count
    """Least compared characters; shorter texts are common to everyone."""
    accounts: Count
    """Least accounts of a reported family on one target."""
    by_chance: Share
    """Highest expected number of such families by chance, over all that are tested."""
    burst_hours: Positive
    """Window of a burst of accounts."""
    elsewhere: Share
    """Share of a family's accounts on other targets from which on that is noted."""
    short: Count
    """A template with fewer common characters is noted as short."""
    one_target: Share
    """Above this share of all texts, a target leaves nothing to compare with."""


class ReviewPolicy(LookbackPolicy, frozen=True, forbid_unknown_fields=True):
    """Detection of text families in the stream."""

    longest: Count
    """Characters of a text that are kept."""
    by_chance: Share
    """Highest expected number by chance for a family reported in the stream."""
    families: FamilySettings


class AdvertPolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Detection of single adverts; `adverts/roles.toml` defines them."""

    sure: Share
    """Strength from which on an offer with terms of the deal is a warning by itself."""
    deals: tuple[str, ...]
    """Roles of words that state the terms."""
    things: Count
    """Number of objects from which on an author's offers are a warning."""
    organises: tuple[str, ...]
    """Roles of words of someone who hires or sells."""
    again_days: Positive
    """Days in which an author is not reported again under the same object."""
    told: Count
    """Number of the newest pairs of author and object that are kept."""
