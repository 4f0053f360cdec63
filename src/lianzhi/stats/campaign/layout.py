"""Which weeks of a series are compared, merged how, and in which linear model."""

from enum import StrEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lianzhi.stats.campaign.policy import JudgingPolicy
from lianzhi.stats.campaign.weekly import Floats, Weekly, merged

WEEKS_A_YEAR = 365.25 / 7


class Reason(StrEnum):
    """Why there is no verdict, or how far it goes."""

    CHANGED = "changed"
    """Detector, lexicon or rule changed among the weeks compared."""
    NO_CONTROL = "no_control"
    FEW_WEEKS_BEFORE = "few_weeks_before"
    FEW_WEEKS_DURING = "few_weeks_during"
    FEW_COUNTS = "few_counts"
    TOO_NOISY = "too_noisy"
    """Not even the policy's telling fall would have been found."""
    SEASON_UNKNOWN = "season_unknown"
    """Too few weeks before: a season that the control lacks is only roughly allowed for."""
    INCOMPLETE_LEFT_OUT = "incomplete_left_out"
    """Latest weeks are not yet reported and are not judged."""
    BASELINE_CUT = "baseline_cut"
    """Weeks before an earlier change of the detector are left out."""
    DELAY_CHANGED = "delay_changed"
    """Findings are made faster or later than before: late ones can't be allowed for."""
    NO_AUDIT = "no_audit"
    """No sample was judged blind: nothing is known of the harm itself."""


class Window(NamedTuple):
    """When a campaign was, in weeks of the series from 0."""

    start: int
    end: int | None = None
    """First week after it; None while it lasts."""
    changes: tuple[int, ...] = ()
    """First week under each new detector, lexicon or rule."""


class Layout(NamedTuple):
    """The weeks compared: n blocks of `size` weeks each."""

    series: Weekly
    """Merged, of the blocks alone."""
    blocks: NDArray[np.int64]
    """First week of each block."""
    size: int
    times: NDArray[np.int64]
    """Blocks since the start; negative before it."""
    during: NDArray[np.bool_]
    after: NDArray[np.bool_]
    penalty: Floats
    """Of each column of `design`, see `noise.fit`."""
    limits: tuple[Reason, ...]

    def unit(self) -> Floats:
        """1 at the column of `design` that is the campaign's, 0 elsewhere."""
        vector = np.zeros(len(self.penalty))
        vector[1] = 1.0
        return vector

    def design(self, times: NDArray[np.int64] | None = None) -> Floats:
        """Columns of the model: level, campaign, trend by year, season, weeks after the end.

        `times`: blocks since the start that are all to be as under the campaign, instead of the
        blocks compared.
        """
        at = self.times if times is None else times
        years = at * self.size / WEEKS_A_YEAR
        during = self.during if times is None else np.ones(len(at))
        columns = [np.ones(len(at)), during, years]
        columns += [np.sin(2 * np.pi * years), np.cos(2 * np.pi * years)]
        if self.after.any():
            columns.append(self.after if times is None else np.zeros(len(at)))
        return np.column_stack(columns).astype(np.float64)


def layout(
    series: Weekly, window: Window, policy: JudgingPolicy, complete: Floats | None = None
) -> Layout | Reason:
    """The weeks to compare, or why they can't be compared.

    Left out are the run-up, weeks before an earlier change of the detector, weeks after a change
    that follows the campaign, and the latest weeks of which less than `complete` of the policy has
    been reported (`complete`: the share reported of each week; weeks above it are scaled up).
    Raises ValueError for a window outside the series.
    """
    end = series.weeks if window.end is None else window.end
    if not 0 < window.start < end <= series.weeks:
        raise ValueError(
            f"the campaign is weeks {window.start} to {end} of {series.weeks}; give a start and an "
            "end within the series, with weeks before"
        )
    last_before = window.start - policy.runup_weeks
    limits = []
    last = series.weeks if complete is None else known_until(complete, policy)
    if last < series.weeks:
        limits.append(Reason.INCOMPLETE_LEFT_OUT)
    first = max((week for week in window.changes if week <= last_before), default=0)
    if first > 0:
        limits.append(Reason.BASELINE_CUT)
    later = [week for week in window.changes if week > last_before]
    if any(week < min(end, last) for week in later):
        return Reason.CHANGED
    last = min([last, *later])
    if last_before - first < policy.least_weeks_before:
        return Reason.CHANGED if first > 0 else Reason.FEW_WEEKS_BEFORE
    if min(end, last) - window.start < policy.least_weeks_during:
        return Reason.FEW_WEEKS_DURING
    size = _block(series, slice(first, last_before), policy)
    if size is None:
        return Reason.FEW_COUNTS
    before = np.arange(last_before - size, first - 1, -size)[::-1]
    during = np.arange(window.start, min(end, last) - size + 1, size)
    after = np.arange(end, last - size + 1, size)
    blocks = np.concatenate([before, during, after])
    if len(during) < 2:
        return Reason.FEW_WEEKS_DURING
    season = 0.0
    if last_before - first < policy.season_weeks_before:
        limits.append(Reason.SEASON_UNKNOWN)
        season = 1 / policy.season_spread**2
    penalty = np.array([0, 0, 0, season, season, *([0.0] if len(after) else [])])
    return Layout(
        merged(_scaled(series, complete, last), blocks, size),
        blocks,
        size,
        (blocks - window.start) // size,
        (blocks >= window.start) & (blocks < end),
        blocks >= end,
        penalty,
        tuple(limits),
    )


def known_until(complete: Floats, policy: JudgingPolicy) -> int:
    """First of the latest weeks that are not complete enough."""
    return int(max(np.flatnonzero(complete >= policy.complete_share), default=-1)) + 1


def _scaled(series: Weekly, complete: Floats | None, last: int) -> Weekly:
    if complete is None:
        return series
    share = np.where(np.arange(series.weeks) < last, np.clip(complete, 1e-6, 1), 1.0)
    return Weekly(
        series.outcome / share,
        series.exposure,
        series.control,
        series.control_exposure,
        {name: each / share for name, each in series.neighbours.items()},
    )


def _block(series: Weekly, before: slice, policy: JudgingPolicy) -> int | None:
    """Fewest weeks to merge so that the mean counts before reach the policy's least."""
    counts = [series.outcome] if series.control is None else [series.outcome, series.control]
    least = min(float(each[before].mean()) for each in counts)
    sizes = (1, *range(2, policy.longest_block + 1))
    return next((size for size in sizes if least * size >= policy.least_count), None)
