"""Acceptance: whether a guess is meant, by gradient-boosted trees over its features.

Friedman, Annals of Statistics 29, 2001. Fitted to cloaked comments and to ordinary ones: see
`UNVEIL.md` and `tools/train_weighing.py`.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from lianzhi.text.arrays import compiled
from lianzhi.text.arrays.archive import load_arrays
from lianzhi.text.unveil.features import FEATURES
from lianzhi.text.unveil.language import Floats

#: Log-odds from which on a guess is accepted; below 0, since a miss costs more than a false alarm.
MARGIN = -0.2


@dataclass(frozen=True, slots=True)
class Trees:
    """Complete binary trees: node n leads to 2n + 1, or to 2n + 2 where its feature is greater."""

    sign: NDArray[np.uint8]
    """Shape [trees, nodes]: the feature that each node tests."""
    bound: Floats
    """Shape [trees, nodes]: what it is compared with."""
    leaves: NDArray[np.int16]
    """Shape [trees, nodes + 1]: what a tree adds, in fixed point."""
    parts: int
    """Units of the fixed point that make 1."""
    bias: int
    """What the leaves are added to, in the same units."""

    def odds(self, features: Floats) -> Floats:
        """Return the log-odds of each row of features: shape [n]. Sums of integers, so exact."""
        if fast := compiled.twin("unveil._trees"):
            total = fast.trees(features, self.sign, self.bound, self.leaves)
        else:
            total = self._leaves(features).sum(axis=1, dtype=np.int64)
        out: Floats = ((total + self.bias) / self.parts).astype(np.float32)
        return out

    def _leaves(self, features: Floats) -> NDArray[np.int16]:
        """The leaf that each row of features reaches in each tree: shape [n, trees]."""
        nodes = self.sign.shape[1]
        row, tree = np.arange(features.shape[0])[:, None], np.arange(self.sign.shape[0])
        node = np.zeros((features.shape[0], tree.size), np.int64)
        for _ in range(nodes.bit_length()):
            on = features[row, self.sign[tree, node]] > self.bound[tree, node]
            node = 2 * node + 1 + on
        leaves: NDArray[np.int16] = self.leaves[tree, node - nodes]
        return leaves


@cache
def load() -> Trees:
    """Load the shipped trees. Raises ValueError where they were fitted to other features."""
    data = load_arrays(__package__, "weighing")
    if (fitted := tuple(data["signs"].tolist())) != FEATURES:
        raise ValueError(f"unveil/weighing.npz was fitted to {fitted}; run tools/train_weighing.py")
    return Trees(data["sign"], data["bound"], data["leaves"], int(data["parts"]), int(data["bias"]))
