"""Measures of lists over topics: each row of `shares` is a list, and adds up to 1."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import entr, xlogy

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]


class Lists(NamedTuple):
    """Lists one after another: whose each item is, and its topic; the first place first."""

    person: Whole
    """0, 1, 2, ..., in order."""
    topic: Whole


def counts_of(lists: Lists, people: int, size: int, weights: Floats | None = None) -> Floats:
    """How much each person has of each of `size` topics: (people, size)."""
    place = lists.person * size + lists.topic
    counts = np.bincount(place, weights, people * size)
    return np.asarray(counts.reshape(people, size), np.float64)


def rank_weights(person: Whole) -> Floats:
    """1 / log2(place + 1) in each person's list, as in discounted cumulative gain."""
    at = np.arange(person.size)
    first = np.concatenate([[True], person[1:] != person[:-1]]) if person.size else at > 0
    place = at - np.maximum.accumulate(np.where(first, at, 0))
    table = 1 / np.log2(np.arange(2, int(place.max(initial=0)) + 3))
    return np.asarray(table[place], np.float64)


def as_shares(counts: Floats) -> Floats:
    """Counts divided by their sum; an empty row stays 0."""
    return np.asarray(counts / np.maximum(counts.sum(-1, keepdims=True), 1e-300), np.float64)


def entropy(shares: Floats) -> Floats:
    """Shannon entropy, in bits: 0 for a single topic, log2 of their number for equal shares.

    Shannon (1948), Bell Syst. Tech. J. 27, 379-423.
    """
    return np.asarray(entr(shares).sum(-1) / np.log(2), np.float64)


def jensen_shannon(shares: Floats, others: Floats) -> Floats:
    """Square root of the Jensen-Shannon divergence to base 2: 0 for equal, 1 for disjoint shares.

    A metric. With shares by rank it is the divergence of RADio: Vrijenhoek et al. (2022), RecSys
    16, 208-219. Lin (1991), IEEE Trans. Inf. Theory 37, 145-151. With the middle m and x = (p - q)
    / (p + q), a topic adds m (log(1 - x^2) + 2 x artanh x) / 2, which does not cancel where p and q
    are close; where they are not, p log(p / m) / 2 + q log(q / m) / 2.
    """
    middle = (shares + others) / 2
    with np.errstate(invalid="ignore", divide="ignore"):
        x = np.where(middle > 0, (shares - others) / (2 * middle), 0.0)
        close = np.where(np.abs(x) < 0.5, x, 0.0)
        terms = middle * (np.log1p(-(close**2)) + 2 * close * np.arctanh(close))
        apart = middle * (xlogy(1 + x, 1 + x) + xlogy(1 - x, 1 - x))
    total = np.where(np.abs(x) < 0.5, terms, apart).sum(-1) / (2 * np.log(2))
    return np.asarray(np.sqrt(np.clip(total, 0.0, 1.0)), np.float64)


def intra_list_distance(counts: Floats) -> Floats:
    """Share of the pairs of a list that have different topics; NaN for fewer than two items.

    Ziegler et al. (2005), WWW 14, 22-32, with a distance of 0 within a topic and 1 between topics.
    """
    n = counts.sum(-1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(1 - (counts * (counts - 1)).sum(-1) / (n * (n - 1)), np.float64)
