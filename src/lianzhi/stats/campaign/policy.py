"""What judging a campaign rests on: windows, least numbers, levels; dated data with bounds."""

from typing import Annotated

import msgspec

Share = Annotated[float, msgspec.Meta(gt=0, lt=1)]
Weeks = Annotated[int, msgspec.Meta(ge=1, le=520)]


class NoiseGrid(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Kinds of noise that are thought of, each as likely as any other before the data."""

    correlations: Annotated[
        tuple[Annotated[float, msgspec.Meta(ge=0, lt=1)], ...],
        msgspec.Meta(min_length=1, max_length=40),
    ]
    """Of the lasting part of the noise, from one week to the next."""
    white_shares: Annotated[
        tuple[Annotated[float, msgspec.Meta(ge=0, le=1)], ...],
        msgspec.Meta(min_length=1, max_length=20),
    ]
    """Share of the variance that is fresh each week, such as the noise of counting."""


class ReboundTerms(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a return is watched for after the end."""

    window_weeks: Annotated[int, msgspec.Meta(ge=1, le=26)]
    """Weeks whose mean is compared with the level reached."""
    horizon_weeks: Annotated[int, msgspec.Meta(ge=4, le=104)]
    alpha: Share
    """Chance of any false alarm within the horizon."""
    draws: Annotated[int, msgspec.Meta(ge=200, le=100_000)]


class DelayTerms(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How late reports are allowed for."""

    cohorts: Annotated[int, msgspec.Meta(ge=8, le=260)]
    """Latest weeks from which the delay is learned."""
    change_alpha: Share
    """Below this p-value the delay is said to have changed."""


class JudgingPolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Everything that judging a campaign rests on."""

    level: Share
    """Coverage of every interval."""
    runup_weeks: Annotated[int, msgspec.Meta(ge=0, le=52)]
    """Weeks before the start that are left out, since the start was chosen for what they showed."""
    least_weeks_before: Annotated[int, msgspec.Meta(ge=8, le=520)]
    season_weeks_before: Annotated[int, msgspec.Meta(ge=53, le=520)]
    """From how many weeks before the start on a season is known from the data alone."""
    season_spread: Annotated[float, msgspec.Meta(gt=0, le=100)]
    """Standard deviation of a season before the data, in those of the noise, where there are fewer
    weeks."""
    least_weeks_during: Weeks
    least_count: Annotated[float, msgspec.Meta(ge=1, le=1000)]
    """Mean count of a week below which weeks are merged."""
    longest_block: Annotated[int, msgspec.Meta(ge=1, le=8)]
    """Most weeks that are merged into one."""
    complete_share: Share
    """Weeks less complete than this are not judged."""
    telling_fall: Share
    """Where not even this fall would have been found, nothing is said."""
    noise: NoiseGrid
    rebound: ReboundTerms
    delay: DelayTerms
