"""Has the harm moved to neighbours: how much of the fall, and to which?"""

from typing import NamedTuple

import numpy as np
from scipy.special import stdtrit

from lianzhi.stats.campaign.change import Change, estimate
from lianzhi.stats.campaign.layout import Layout
from lianzhi.stats.campaign.mixture import TMixture
from lianzhi.stats.campaign.policy import JudgingPolicy
from lianzhi.stats.campaign.weekly import Floats
from lianzhi.stats.multiplicity import holm

_SEED, _DRAWS, _POWER = 20261203, 4000, 0.8


class Displacement(NamedTuple):
    """Excess of the neighbours during the campaign beside the fall of the outcome."""

    shown: bool
    """Whether neighbours rose beyond chance."""
    named: tuple[str, ...]
    """Those that rose beyond chance each by itself."""
    excess: float
    """Counts of all neighbours beyond what was to be expected."""
    share: float
    """Excess as a share of the outcome's fall in counts; NaN where it did not fall."""
    lo: float
    hi: float
    """Limits of the share; infinite where the fall may be none."""
    detectable_share: float
    """Least share of the fall that would have been found, had it moved, with a chance of 80 %."""
    changes: dict[str, Change]
    together: Change
    """Of all neighbours as one."""


def displacement(plan: Layout, change: Change, policy: JudgingPolicy) -> Displacement | None:
    """Judge the neighbours of the outcome in the same weeks by the same model; None without any.

    All neighbours as one are tested against a rise at half of 1 - level, and only if they rose each
    by itself with Holm's correction, so that any false word is at most so likely (fixed sequence:
    Maurer, Hothorn and Lehmacher 1995). Excess and fall are counterfactual: count
    less count divided by the change (weighted displacement quotient: Bowers and Johnson 2003, J.
    Quant. Criminol. 19, 275-301, here with the model in place of a ratio of ratios).
    """
    counts = plan.series.neighbours
    if not counts:
        return None
    total: Floats = np.sum(list(counts.values()), axis=0)
    together = estimate(plan, policy, total)
    changes = {name: estimate(plan, policy, each) for name, each in counts.items()}
    alpha = (1 - policy.level) / 2
    shown = together.p_rise <= alpha
    each_p = holm([change.p_rise for change in changes.values()])
    named = tuple(name for name, p in zip(changes, each_p, strict=True) if shown and p <= alpha)
    during = plan.during
    moved, fell = float(total[during].sum()), float(plan.series.outcome[during].sum())
    excess = moved * (1 - 1 / together.value)
    fall = fell * (1 / change.value - 1)
    lo, hi = _limits(plan, change.step, together.step, (fell, moved), total, policy.level)
    least = stdtrit(together.step.df, 1 - alpha) + stdtrit(together.step.df, _POWER)
    rise = float(np.expm1(least * together.step.scale)) * moved / together.value
    return Displacement(
        bool(shown),
        named,
        excess,
        excess / fall if fall > 0 else float("nan"),
        lo,
        hi,
        rise / fall if fall > 0 else float("inf"),
        changes,
        together,
    )


def _limits(
    plan: Layout,
    own: TMixture,
    other: TMixture,
    counts: tuple[float, float],
    total: Floats,
    level: float,
) -> tuple[float, float]:
    """Limits of the share by draws of both changes, correlated as the residuals are: they share the
    control."""
    first_left = _residual(plan, plan.series.log_ratio())
    second_left = _residual(plan, plan.series.log_ratio(total))
    spread = float(np.sqrt((first_left @ first_left) * (second_left @ second_left)))
    correlation = float(np.clip(first_left @ second_left / max(spread, 1e-12), -0.99, 0.99))
    dice = np.random.default_rng(_SEED)
    first, second = dice.standard_normal((2, _DRAWS))
    second = correlation * first + np.sqrt(1 - correlation**2) * second
    fell, moved = counts
    fall = fell * (np.exp(-_draws(own, first, dice)) - 1)
    excess = moved * (1 - np.exp(-_draws(other, second, dice)))
    if np.mean(fall <= 0) > (1 - level) / 2:
        return -np.inf, np.inf
    lo, hi = np.quantile((excess / fall)[fall > 0], [(1 - level) / 2, (1 + level) / 2])
    return float(lo), float(hi)


def _residual(plan: Layout, values: Floats) -> Floats:
    design = plan.design()
    left: Floats = values - design @ np.linalg.lstsq(design, values, rcond=None)[0]
    return left


def _draws(step: TMixture, normals: Floats, dice: np.random.Generator) -> Floats:
    """Draws of a mixture that rise and fall with standard normal ones."""
    parts = dice.choice(len(step.weights), len(normals), p=step.weights)
    scale = np.sqrt(step.df / dice.chisquare(step.df, len(normals)))
    drawn: Floats = step.centres[parts] + step.scales[parts] * scale * normals
    return drawn
