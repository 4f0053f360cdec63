"""Means that others take, beside which the robust one is put. Each gives a number by item."""

from collections.abc import Callable

import numpy as np

from bench.ratings.world import Rated


def plain(rated: Rated):
    return np.bincount(rated.item, rated.rating) / np.bincount(rated.item)


def each(rated: Rated, take: Callable):
    order = np.argsort(rated.item, kind="stable")
    edges = np.cumsum(np.bincount(rated.item))[:-1]
    return np.array([take(np.sort(part)) for part in np.split(rated.rating[order], edges)])


def median(rated: Rated):
    return each(rated, np.median)


def trimmed(rated: Rated):
    """Without the lowest and the highest tenth."""
    return each(rated, lambda some: some[len(some) // 10 : len(some) - len(some) // 10].mean())


def bayesian(rated: Rated):
    """As if each item had 25 ratings more, at the mean of all."""
    count = np.bincount(rated.item)
    return (plain(rated) * count + 25 * rated.rating.mean()) / (count + 25)


def history(rated: Rated):
    """Accounts count by how much they have rated, their leaning is taken off; shrunk."""
    usual = plain(rated)
    off = rated.rating - usual[rated.item]
    count = np.bincount(rated.account)
    leaning = np.bincount(rated.account, off) / (count + 3)
    others = count[rated.account] - 1
    weight = (others + 0.05) / (others + 5)
    total = np.bincount(rated.item, weight)
    value = np.bincount(rated.item, weight * (rated.rating - leaning[rated.account]))
    return (value + 3 * rated.rating.mean()) / (total + 3)


BASELINES = {
    "plain": plain,
    "median": median,
    "trimmed": trimmed,
    "Bayesian": bayesian,
    "by history": history,
}
