"""Metrics of a group: each a share of the people of a part of its confusion matrix."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lianzhi.audits.fairness.fairness_map import Metric


class Share(NamedTuple):
    """A metric of a group as a count of a count of people."""

    successes: int
    trials: int

    @property
    def value(self) -> float:
        """The share, 0 to 1; NaN for nobody."""
        return self.successes / self.trials if self.trials else float("nan")


#: Cells (decision, label) of a metric: those that count, and those among which they do.
_PARTS: Mapping[Metric, tuple[tuple[tuple[int, int], ...], tuple[tuple[int, int], ...]]] = {
    "selection_rate": (((1, 0), (1, 1)), ((0, 0), (0, 1), (1, 0), (1, 1))),
    "tpr": (((1, 1),), ((0, 1), (1, 1))),
    "fpr": (((1, 0),), ((0, 0), (1, 0))),
    "precision": (((1, 1),), ((1, 0), (1, 1))),
    "fdr": (((1, 0),), ((1, 0), (1, 1))),
    "for": (((0, 1),), ((0, 0), (0, 1))),
}


def metric_share(metric: Metric, table: NDArray[np.int64]) -> Share:
    """A metric of the confusion matrix [decision, label] of a group.

    selection_rate: decided 1 of all; tpr: decided 1 of those with label 1; fpr: decided 1 of those
    with label 0; precision and fdr: label 1, and 0, of those decided 1; for: label 1 of those
    decided 0. Barocas, Hardt and Narayanan (2023), Fairness and Machine Learning, chapter 3.
    """
    counted, among = _PARTS[metric]
    return Share(int(sum(table[at] for at in counted)), int(sum(table[at] for at in among)))


def metric_trials(metric: Metric, tables: NDArray[np.int64]) -> NDArray[np.int64]:
    """Of how many people a metric of each of many matrices (..., 2, 2) is a share."""
    return np.asarray(sum(tables[(..., *at)] for at in _PARTS[metric][1]), np.int64)


def metric_shares(metric: Metric, tables: NDArray[np.int64]) -> NDArray[np.float64]:
    """A metric of many matrices (..., 2, 2); NaN where it is a share of nobody."""
    part = sum(tables[(..., *at)] for at in _PARTS[metric][0])
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(part / metric_trials(metric, tables), np.float64)
