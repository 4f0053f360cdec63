"""Watch after a campaign: has the rate come back up from the level that was reached?"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lianzhi.stats.campaign.change import posterior
from lianzhi.stats.campaign.layout import Layout, Reason, Window, known_until, layout
from lianzhi.stats.campaign.noise import Noises, Posterior, grid
from lianzhi.stats.campaign.policy import JudgingPolicy
from lianzhi.stats.campaign.weekly import Floats, Weekly, merged

_SEED = 20261203
#: A smaller rise than this (log scale) is not watched for.
_LEAST_RETURN = 0.1


class ReboundWatch(NamedTuple):
    """A value for each block of weeks since the end."""

    blocks: NDArray[np.int64]
    """First week of each block."""
    rate: Floats
    """As a multiple of the level that was to be expected if nothing changed after the end."""
    evidence: Floats
    """For a full return that began in the latest weeks: log likelihood ratio, in nats."""
    bound: float
    """Most evidence that is no alarm."""
    alarm: int | None
    """The week in which the evidence first exceeds the bound."""
    weeks: int
    """How many weeks have been watched."""
    power: float
    """Chance that a full return is found within `window_weeks`, by simulation; the fall itself as
    uncertain as it is."""


def watch(
    series: Weekly, window: Window, policy: JudgingPolicy, complete: Floats | None = None
) -> ReboundWatch | Reason:
    """Compare the weeks since the end with the level that was reached under the campaign.

    Trend and season go on as they were. Each week, the evidence is the greatest likelihood ratio of
    a full return that began in one of the latest `window_weeks`; weeks since the end before it make
    the level better known. The bound is set at the end from simulated futures in
    which nothing changes, with noise, level and all parameters as uncertain as they are: within
    the policy's horizon, any alarm at all has the chance `alpha`. Lai (1995), J. R. Stat. Soc. B
    57, 613-658 (window-limited scheme). A reason where the weeks bear no watch. Raises ValueError
    for a campaign that has not ended.
    """
    if window.end is None:
        raise ValueError("the campaign has no end; give the first week after it")
    terms = policy.rebound
    until = merged(series, np.arange(window.end), 1)
    seen = None if complete is None else complete[: window.end]
    before = tuple(week for week in window.changes if week < window.end)
    plan = layout(until, Window(window.start, None, before), policy, seen)
    if isinstance(plan, Reason):
        return plan
    last = min([series.weeks, *(week for week in window.changes if week >= window.end)])
    if complete is not None:
        last = min(last, known_until(complete, policy))
    last = min(last, window.end + terms.horizon_weeks)
    blocks = np.arange(window.end, last - plan.size + 1, plan.size)
    ahead = (window.end - window.start) // plan.size + np.arange(terms.horizon_weeks // plan.size)
    known = posterior(plan, policy)
    futures, steps = _all_futures(plan, known, ahead, policy)
    size = max(-known.contrast(plan.unit()).mean, _LEAST_RETURN)
    width = max(1, round(terms.window_weeks / plan.size))
    weights, costs = _ratio_terms(np.cov(futures.T), width, size)
    bound = float(np.quantile(_evidence(futures, weights, costs).max(axis=1), 1 - terms.alpha))
    level = plan.design(ahead[: len(blocks)]) @ (known.weights @ known.centres)
    rate = merged(series, blocks, plan.size).log_ratio() - level
    n = len(rate)
    evidence = _evidence(rate[None], weights[:n, :, :n], costs[:n])[0]
    above = np.flatnonzero(evidence > bound)
    alarm = int(blocks[above[0]]) + plan.size - 1 if above.size else None
    middle = (len(ahead) - width) // 2
    returned = futures - steps[:, None] * (np.arange(len(ahead)) >= middle)
    within = slice(middle, middle + width)
    hits = _evidence(returned, weights[within], costs[within]) > bound
    power = float(hits.any(axis=1).mean())
    return ReboundWatch(blocks, np.exp(rate), evidence, bound, alarm, n * plan.size, power)


def _ratio_terms(covariance: Floats, width: int, size: float) -> tuple[Floats, Floats]:
    """Log likelihood ratio of a step of `size` that began 0 to `width` - 1 weeks ago, by week.

    Weights (weeks x onsets x weeks) of the deviations, and what is taken off (weeks x onsets).
    Onsets before the first week are the same as in it.
    """
    weeks = len(covariance)
    weights, costs = np.zeros((weeks, width, weeks)), np.zeros((weeks, width))
    for week in range(weeks):
        onsets = np.maximum(week - np.arange(width), 0)
        steps = size * (np.arange(week + 1)[:, None] >= onsets)
        solved = np.linalg.solve(covariance[: week + 1, : week + 1], steps)
        weights[week, :, : week + 1] = solved.T
        costs[week] = (steps * solved).sum(axis=0) / 2
    return weights, costs


def _evidence(deviations: Floats, weights: Floats, costs: Floats) -> Floats:
    """Greatest log likelihood ratio over the onsets: rows of `deviations` x weeks."""
    ratios = np.tensordot(deviations, weights, axes=(1, 2)) - costs
    best: Floats = ratios.max(axis=2)
    return best


def _all_futures(
    plan: Layout, known: Posterior, ahead: NDArray[np.int64], policy: JudgingPolicy
) -> tuple[Floats, Floats]:
    """Deviations from the expected level in futures in which nothing changes (draws x weeks), and
    the campaign's step in each (draws)."""
    dice = np.random.default_rng(_SEED)
    noise = grid(plan.times, policy.noise)
    counts = dice.multinomial(policy.rebound.draws, known.weights)
    parts = [
        _futures(plan, known, noise, ahead, int(g), int(counts[g]), dice)
        for g in np.flatnonzero(counts)
    ]
    paths, steps = zip(*parts, strict=True)
    return np.concatenate(paths), np.concatenate(steps)


def _futures(
    plan: Layout,
    known: Posterior,
    noise: Noises,
    ahead: NDArray[np.int64],
    g: int,
    draws: int,
    dice: np.random.Generator,
) -> tuple[Floats, Floats]:
    """Deviations from the expected level under one noise (draws x weeks ahead), and the step.

    The lasting part is carried on from the residuals: Gaussian conditioning (Rasmussen and Williams
    2006, Gaussian Processes for Machine Learning, section 2.2).
    """
    rho, white, basis = noise.correlations[g], noise.white[g], noise.vectors[noise.which[g]]
    lasting = (1 - white) * rho ** np.abs(np.subtract.outer(ahead, plan.times))
    carried = (lasting @ basis / noise.variances[g]) @ basis.T
    own = (1 - white) * rho ** np.abs(np.subtract.outer(ahead, ahead)) + white * np.eye(len(ahead))
    root = np.linalg.cholesky(own - carried @ lasting.T + 1e-10 * np.eye(len(ahead)))
    scale = np.sqrt(known.df / dice.chisquare(known.df, draws))[:, None]
    steps = np.linalg.cholesky(known.covariances[g] + 1e-14 * np.eye(known.centres.shape[1]))
    shape = (draws, known.centres.shape[1])
    beta = known.centres[g] + scale * (dice.standard_normal(shape) @ steps.T)
    residuals = plan.series.log_ratio() - beta @ plan.design().T
    fresh = np.sqrt(known.variances[g]) * scale * (dice.standard_normal((draws, len(ahead))))
    expected = known.weights @ known.centres
    path: Floats = (beta - expected) @ plan.design(ahead).T + residuals @ carried.T + fresh @ root.T
    return path, beta @ plan.unit()
