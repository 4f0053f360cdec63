"""Measures of one list against another, over topics. Distributions are arrays that add up to 1."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def topic_shares(topics: NDArray[np.int64], size: int, *, by_rank: bool = False) -> Floats:
    """Shares of `size` topics in a list, the first place first; all 0 for an empty list.

    `by_rank`: a place counts 1 / log2(place + 1), as in discounted cumulative gain, so that what
    stands on top weighs more.
    """
    weights = 1 / np.log2(np.arange(2, topics.size + 2)) if by_rank else np.ones(topics.size)
    shares = np.bincount(topics, weights, size)
    return np.asarray(shares / max(float(shares.sum()), 1e-300), np.float64)


def entropy(shares: Floats) -> float:
    """Shannon entropy, in bits: 0 for a single topic, log2 of their number for equal shares.

    Shannon (1948), Bell Syst. Tech. J. 27, 379-423.
    """
    positive = shares[shares > 0]
    return max(0.0, float(-(positive * np.log2(positive)).sum()))


def jensen_shannon(shares: Floats, others: Floats) -> float:
    """Square root of the Jensen-Shannon divergence to base 2: 0 for equal, 1 for disjoint shares.

    A metric. With shares by rank it is the divergence of RADio: Vrijenhoek et al. (2022), RecSys
    16, 208-219. Lin (1991), IEEE Trans. Inf. Theory 37, 145-151.
    """
    middle = (shares + others) / 2
    divergence = entropy(middle) - (entropy(shares) + entropy(others)) / 2
    return float(np.sqrt(min(max(divergence, 0.0), 1.0)))


def intra_list_distance(topics: NDArray[np.int64]) -> float:
    """Share of the pairs of a list that have different topics; NaN for fewer than two.

    Ziegler et al. (2005), WWW 14, 22-32, with a distance of 0 within a topic and 1 between topics.
    """
    n = topics.size
    if n < 2:
        return float("nan")
    counts = np.bincount(topics).astype(np.float64)
    return 1 - float((counts * (counts - 1)).sum()) / (n * (n - 1))


def largest_share(shares: Floats) -> float:
    """Share of the largest topic."""
    return float(shares.max(initial=0.0))
