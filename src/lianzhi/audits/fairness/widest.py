"""The widest gap between any two groups of an attribute, with bootstrap intervals."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lianzhi.audits.fairness.counting import Counts
from lianzhi.audits.fairness.fairness_map import FairnessMap, Metric
from lianzhi.audits.fairness.metrics import metric_shares, metric_trials
from lianzhi.audits.policy import FairnessPolicy
from lianzhi.stats.intervals import Interval
from lianzhi.stats.multinomial import resampled_tables


class Widest(NamedTuple):
    """Gap and ratio between the groups of an attribute with the lowest and the highest rate."""

    attribute: str
    metric: Metric
    groups: int
    """How many groups are large enough to be compared."""
    gap: float
    interval: Interval
    """Percentile bootstrap. The widest of several gaps is above 0 by chance alone, so a lower limit
    above 0 is no test; the comparisons are."""
    ratio: float
    ratio_interval: Interval


def widest_gaps(
    counts: Counts, wanted: FairnessMap, policy: FairnessPolicy, seed: int
) -> tuple[Widest, ...]:
    """Of every attribute and metric, among groups as large as policy asks; none for one group.

    Efron (1979), Ann. Stat. 7, 1-26: the percentile method, from draws of the contingency table.
    """
    shape = (-1, *counts.table.shape)
    drawn = [
        _marginals(table.reshape(shape), counts)
        for table in resampled_tables(counts.table, policy.bootstraps, seed=seed)
    ]
    observed = _marginals(counts.table[np.newaxis], counts)
    tail = (1 - policy.level) / 2
    results = []
    for place, name in enumerate(wanted.attributes):
        draws = np.concatenate([each[place] for each in drawn])
        for metric in wanted.compared:
            rates = metric_shares(metric, observed[place])[0]
            large = metric_trials(metric, observed[place][0]) >= policy.least_group
            if large.sum() < 2:
                continue
            gap, ratio = _spread(rates[np.newaxis, large])
            gaps, ratios = _spread(metric_shares(metric, draws[:, large]))
            limits = [
                Interval(*map(float, np.nanquantile(each, [tail, 1 - tail])))
                for each in (gaps, ratios)
            ]
            results.append(
                Widest(
                    name,
                    metric,
                    int(large.sum()),
                    float(gap[0]),
                    limits[0],
                    float(ratio[0]),
                    limits[1],
                )
            )
    return tuple(results)


def _marginals(tables: NDArray[np.int64], counts: Counts) -> list[NDArray[np.int64]]:
    """Tables (draws, cells, 2, 2) summed to (draws, groups, 2, 2), for each attribute."""
    flat = tables.reshape(*tables.shape[:2], 4).astype(np.float64)
    sums = []
    for place, values in enumerate(counts.values.values()):
        member = np.zeros((len(values), tables.shape[1]))
        member[counts.codes[:, place], np.arange(tables.shape[1])] = 1
        sums.append((member @ flat).astype(np.int64).reshape(len(tables), -1, 2, 2))
    return sums


def _spread(rates: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Highest less lowest rate, and lowest / highest, of each row."""
    low, high = np.fmin.reduce(rates, axis=1), np.fmax.reduce(rates, axis=1)
    ratio = np.divide(low, high, out=np.full_like(low, np.nan), where=high > 0)
    return high - low, ratio
