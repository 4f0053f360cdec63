"""Typed settings of text families, and of adverts as they are told of live."""

import msgspec

from lianzhi.domains.astroturf.policy.looking import Count, Looking, Positive, Share


class FamilySettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What counts as a text family. Set on made reviews other than those that are reported."""

    least_alike: Share
    """Share of the weight of their shingles that two texts of one family have in common."""
    shortest: Count
    """Shorter texts, in characters that count, are said by everybody."""
    accounts: Count
    """A family accuses nobody with fewer accounts on one target ..."""
    by_chance: Share
    """... or where so many would be there by chance as often, over all that are looked at."""
    burst_hours: Positive
    """Accounts that write within so many hours are a burst."""
    elsewhere: Share
    """From this share of a family's accounts elsewhere on, that is said beside it."""
    short: Count
    """A template with fewer common characters is called short."""
    one_target: Share
    """One target with more than this share of all texts leaves nothing to compare with."""


class ReviewPolicy(Looking, frozen=True, forbid_unknown_fields=True):
    """Text families, seen while they are written."""

    longest: Count
    """Characters of a text that are remembered."""
    by_chance: Share
    """A family is told of live where so many would be there by chance, at most."""
    families: FamilySettings


class AdvertPolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Adverts of the trade, one by one; which text is one stands in `adverts/roles.toml`."""

    sure: Share
    """Strength from which on an offer is a warning by itself, where it also says how to deal."""
    deals: tuple[str, ...]
    """Roles of words by which it does."""
    things: Count
    """Under so many things an author's offers are a warning, whatever each says."""
    organises: tuple[str, ...]
    """Roles of words of one who hires or sells."""
    again_days: Positive
    """Who has been told of under a thing is not told of there again for so long."""
    told: Count
    """Pairs of author and thing that are remembered, the newest."""
