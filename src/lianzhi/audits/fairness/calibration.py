"""Calibration of a score in each group: does what it promises come true as often?"""

from typing import NamedTuple

import numpy as np

from lianzhi.audits.fairness.counting import Counts, ScoreBins
from lianzhi.audits.fairness.fairness_map import FairnessMap
from lianzhi.audits.policy import FairnessPolicy
from lianzhi.stats.intervals import Interval, wilson


class Bin(NamedTuple):
    """People of a group whose scores lie in a bin."""

    people: int
    mean_score: float
    rate: float
    interval: Interval
    """Wilson interval of the rate."""


class Calibration(NamedTuple):
    """How the score of a group compares with what came true."""

    attribute: str
    group: str
    people: int
    mean_score: float
    rate: float
    interval: Interval
    """Wilson interval of the rate; where it leaves out the mean score, the score is off as a
    whole."""
    expected_error: float
    """Expected calibration error: mean distance of rate and mean score over the bins, weighed by
    people. It is above 0 by chance alone: compare it only between groups of like size."""
    bins: tuple[Bin, ...]
    is_small: bool


def calibrations(
    scores: ScoreBins, counts: Counts, wanted: FairnessMap, policy: FairnessPolicy
) -> tuple[Calibration, ...]:
    """Calibration of each group of each attribute, over bins of equal width.

    Naeini, Cooper and Hauskrecht (2015), AAAI 29, 2901-2907.
    """
    results = []
    for place, name in enumerate(wanted.attributes):
        for code, group in enumerate(counts.values[name]):
            mine = scores.codes[:, place] == code
            people = scores.people[mine].sum(0)
            expected, true = scores.expected[mine].sum(0), scores.true[mine].sum(0)
            total = int(people.sum())
            if not total:
                continue
            full = np.flatnonzero(people)
            bins = tuple(
                Bin(
                    int(people[k]),
                    float(expected[k] / people[k]),
                    float(true[k] / people[k]),
                    wilson(int(true[k]), int(people[k]), policy.level),
                )
                for k in full
            )
            hits = int(true.sum())
            results.append(
                Calibration(
                    name, group, total, float(expected.sum() / total), hits / total,
                    wilson(hits, total, policy.level),
                    float(np.abs(expected - true).sum() / total), bins,
                    total < policy.least_group,
                )
            )  # fmt: skip
    return tuple(results)
