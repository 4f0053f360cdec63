"""Chance: how often accounts would meet if each acted as often as it does, and objects drew as many
as they do, but nobody cared who else was there.

That is what shuffling accounts over all actions does (a null model that keeps degrees). An account
with a share q of all actions is then in a burst of s accounts with probability 1 - exp(-s q).
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lianzhi.accounts.kernel import Actions

Floats = NDArray[np.float64]


class Chance(NamedTuple):
    """How often each account acts, numbered from 0 on."""

    acts: Floats
    total: float

    @classmethod
    def of(cls, actions: Actions) -> "Chance":
        """Count."""
        acts = np.bincount(actions.account).astype(np.float64)
        return cls(acts, float(max(actions.account.size, 1)))

    def rate(self, acts: Floats, size: Floats) -> Floats:
        """Probability that who acts so often is in a burst of that many accounts."""
        out: Floats = -np.expm1(-acts * size / self.total)
        return out
