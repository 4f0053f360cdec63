"""Posterior probability that a group is a remembered one, from the traits' likelihood ratios.

Traits of one group are dependent: the same target means the same sources and phrases. So further
agreements within a trait count less and less, a link needs several traits, and their weights are
fitted by logistic regression on known returns (like score calibration in speaker recognition:
Brummer and du Preez, Computer Speech and Language 20, 2006); all that is policy.
"""

from typing import NamedTuple

import msgspec
import numpy as np
from scipy.special import logsumexp

from lianzhi.accounts.chance import Floats
from lianzhi.accounts.memory.likeness import TRAITS


class Policy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a link requires, and how long a group is remembered."""

    days: float
    """Days for which a group is remembered."""
    fewest: int
    """Least accounts of a group to be compared."""
    prior: float
    """Prior probability that a group is a remembered one."""
    link: float
    """Posterior from which on a link is reported."""
    traits: int
    """Least number of traits that support a link by a nat or more."""
    damping: float
    """Scale in nats of a trait's damping: d log(1 + x / d)."""
    floor: float
    """Most nats by which one trait counts against a link, before its weight."""
    intercept: float
    weights: dict[str, float]

    def __post_init__(self) -> None:
        if not (self.days > 0 and self.fewest >= 2 and 0 < self.prior < 1 and 0 < self.link < 1):
            raise ValueError("days: above 0; fewest: 2 or more; prior, link: between 0 and 1")
        if not (self.damping > 0 >= self.floor and set(self.weights) == set(TRAITS)):
            raise ValueError(f"damping above 0, floor not; weights: one for each of {TRAITS}")
        if any(weight < 0 for weight in self.weights.values()):
            raise ValueError("weights: none below 0; likeness is never evidence against")


class Posterior(NamedTuple):
    """Posterior probabilities of the remembered groups."""

    probability: Floats
    contributions: Floats
    """Nats, one row for each entry, one column for each of TRAITS."""

    def linked(self, policy: Policy) -> int | None:
        """Index of the entry that may be linked, if any."""
        if not self.probability.size:
            return None
        best = int(np.argmax(self.probability))
        several = int((self.contributions[best] >= 1).sum()) >= policy.traits
        return best if several and self.probability[best] >= policy.link else None

    @property
    def none(self) -> float:
        """Probability that the group is none of the remembered ones."""
        return max(0.0, 1.0 - float(self.probability.sum()))


def posterior(likeness: Floats, policy: Policy) -> Posterior:
    """Combine the result of `Likeness.of`. The prior is divided among the entries."""
    weights = np.array([policy.weights[trait] for trait in TRAITS])
    parts = damped(likeness, policy.damping, policy.floor) * weights
    if not len(parts):
        return Posterior(np.zeros(0), parts)
    ratio = policy.intercept + parts.sum(1) + np.log(policy.prior / len(parts))
    whole = logsumexp(np.append(ratio, np.log1p(-policy.prior)))
    return Posterior(np.exp(ratio - whole), parts)


def damped(likeness: Floats, damping: float, floor: float) -> Floats:
    """Log ratios with large values damped and low ones floored."""
    more = damping * np.log1p(np.maximum(likeness, 0) / damping)
    out: Floats = np.where(likeness > 0, more, np.maximum(likeness, floor))
    return out
