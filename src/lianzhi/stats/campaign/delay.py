"""Reporting delay: how complete the latest weeks are, and whether the delay has changed."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri

from lianzhi.stats.campaign.policy import DelayTerms
from lianzhi.stats.campaign.weekly import Floats

#: Cohorts that are compared with those before, to see a change of the delay.
_LATEST = 8
_FEWEST = 4


class Completeness(NamedTuple):
    """What has been reported of each week's events, and how many there will have been."""

    share: Floats
    """Of each week, from 0 to 1; 1 for weeks as old as the longest delay."""
    corrected: Floats
    """Counts divided by it."""
    lo: Floats
    hi: Floats
    """Limits of the corrected counts."""
    changed: bool
    """The latest cohorts were reported faster or slower than those before: corrections mislead."""
    p: float
    """Two-sided p-value that they were not; 1 where there are too few."""


def completeness(reported: ArrayLike, terms: DelayTerms, level: float = 0.95) -> Completeness:
    """Completeness of each week by the chain ladder over the latest cohorts.

    `reported`: weeks x delays, counts by week of the event and by weeks until the report; what is
    not yet known (week + delay beyond the last week) is not looked at. The reverse hazard of a
    delay is the share reported just then of all reported by then: Kalbfleisch and Lawless (1991),
    Stat. Sinica 1, 19-32; Lawless (1994), Can. J. Stat. 22, 15-31. Reports beyond the longest delay
    are not foreseen. Raises ValueError for an array of another shape, and negative counts.
    """
    table = np.asarray(reported, np.float64)
    if table.ndim != 2 or not table.size:
        raise ValueError(f"reported has the shape {table.shape}; give weeks x delays")
    weeks, delays = table.shape
    ages = np.arange(weeks)[::-1]
    known = ages[:, None] >= np.arange(delays)
    if (table[known] < 0).any() or not np.isfinite(table[known]).all():
        raise ValueError("a count is negative or no number; give numbers from 0 on")
    table = np.where(known, table, 0.0)
    by_then = table.cumsum(axis=1)
    share, spread = _reported_by(table, by_then, ages, terms.cohorts)
    age = np.minimum(ages, delays - 1)
    counts, complete = by_then[:, -1], np.maximum(share[age], 1e-6)
    corrected = counts / complete
    deviation = np.sqrt((1 - complete) / np.maximum(counts, 0.5) + spread[age])
    factor = np.exp(float(ndtri((1 + level) / 2)) * deviation)
    p = _change(by_then, ages, share, terms.cohorts)
    return Completeness(
        complete, corrected, corrected / factor, corrected * factor, p < terms.change_alpha, p
    )


def _reported_by(
    table: Floats, by_then: Floats, ages: np.ndarray[tuple[int], np.dtype[np.int64]], cohorts: int
) -> tuple[Floats, Floats]:
    """Share reported by each delay, and the variance of its logarithm."""
    delays = table.shape[1]
    share, spread = np.ones(delays), np.zeros(delays)
    for delay in range(delays - 1, 0, -1):
        used = (ages >= delay) & (ages < delay + cohorts)
        then, total = float(table[used, delay].sum()), float(by_then[used, delay].sum())
        hazard = min(then / total, 1 - 1e-6) if total else 0.0
        share[delay - 1] = share[delay] * (1 - hazard)
        spread[delay - 1] = spread[delay] + (hazard / (1 - hazard) / total if total else 0.0)
    return share, spread


def _change(
    by_then: Floats,
    ages: np.ndarray[tuple[int], np.dtype[np.int64]],
    share: Floats,
    cohorts: int,
) -> float:
    """p-value that the latest cohorts were reported as fast as those before.

    Mann-Whitney on the share of each cohort's early reports, so that cohorts count, not events.
    """
    late = int(np.argmax(share >= 0.9))
    early = int(np.argmax(share >= share[late] / 2))
    if early == late:
        return 1.0
    total = by_then[:, late]
    used = (ages >= late) & (ages < late + cohorts + _LATEST) & (total > 0)
    speed = by_then[used, early] / total[used]
    if len(speed) < _LATEST + _FEWEST:
        return 1.0
    from scipy.stats import mannwhitneyu  # noqa: PLC0415 - takes 1 s to load

    return float(mannwhitneyu(speed[-_LATEST:], speed[:-_LATEST]).pvalue)
