"""Naive methods that a campaign is often judged by: each sees the outcome alone."""

import numpy as np
from scipy.special import stdtrit

from bench.campaign_world import World
from lianzhi.stats.cusum import count_step, reference_value
from lianzhi.stats.rate_ratio import rate_ratio


def rate_ratio_fell(made: World) -> bool:
    """The exact rate ratio of the campaign's weeks to as many before, 95 %."""
    during = slice(made.start, made.end)
    before = slice(2 * made.start - made.end, made.start)
    counts = [int(made.outcome[part].sum()) for part in (during, before)]
    volumes = [float(made.exposure[part].sum()) for part in (during, before)]
    return rate_ratio(counts[0], counts[1], *volumes).hi < 1


def least_squares_fell(made: World) -> bool:
    """An interrupted time series by least squares: level, trend, step of the log rate, 95 %."""
    weeks = np.arange(made.end)
    values = np.log((made.outcome[: made.end] + 0.5) / made.exposure[: made.end])
    design = np.column_stack([np.ones(made.end), weeks / made.end, weeks >= made.start])
    inverse = np.linalg.inv(design.T @ design)
    beta = inverse @ design.T @ values
    df = made.end - design.shape[1]
    spread = np.sqrt(((values - design @ beta) ** 2).sum() / df * inverse[2, 2])
    return bool(beta[2] + stdtrit(df, 0.975) * spread < 0)


def cusum_alarm(made: World) -> bool:
    """A Poisson CUSUM for a rise by half, h = 5, over the year after the end."""
    level = float(made.outcome[made.start : made.end].mean())
    k, statistic = reference_value(level, 1.5 * level), 0.0
    for count in made.outcome[made.end : made.end + 52]:
        statistic = count_step(statistic, int(count), k)
        if statistic > 5:
            return True
    return False
