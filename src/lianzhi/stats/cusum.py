"""CUSUM change detection for counts and event streams.

Page (1954), Biometrika 41, 100-115; Lucas (1985), Technometrics 27, 129-144. All functions are
pure: they take the statistic and return the next one. The caller compares it with a threshold.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import log


def reference_value(mean0: float, mean1: float) -> float:
    """Lucas's k for counts: between the acceptable mean and the one to be detected.

    (mean1 - mean0) / ln(mean1 / mean0), in events per interval; needs 0 < mean0 < mean1.
    """
    _check_rates(mean0, mean1)
    return (mean1 - mean0) / log(mean1 / mean0)


def count_step(statistic: float, count: int, k: float) -> float:
    """Poisson CUSUM after one more interval: max(0, S + count - k), in events."""
    return max(0.0, statistic + count - k)


def drained(statistic: float, elapsed: float, rate0: float, rate1: float) -> float:
    """Log-likelihood-ratio CUSUM after `elapsed` time without an event.

    Silence is evidence for the lower rate: the statistic falls by (rate1 - rate0) * elapsed.
    """
    return max(0.0, statistic - (rate1 - rate0) * elapsed)


def event_step(
    statistic: float, elapsed: float, rate0: float, rate1: float, log_mark: float = 0.0
) -> float:
    """Log-likelihood-ratio CUSUM after an event that follows `elapsed` time of silence.

    `log_mark` is the log ratio of the mark's probability under change and under the baseline
    (see `share_mark`); with 0 this is the CUSUM of a plain Poisson process. In nats.
    """
    _check_rates(rate0, rate1)
    if elapsed < 0:
        raise ValueError(f"elapsed is {elapsed}; events must be in time order")
    return max(0.0, drained(statistic, elapsed, rate0, rate1) + log(rate1 / rate0) + log_mark)


def event_cusum(
    times: Sequence[float], rate0: float, rate1: float, log_marks: Sequence[float] | None = None
) -> Iterator[float]:
    """Yield the statistic after each event of a stream; the clock starts at the first event."""
    statistic = 0.0
    marks = [0.0] * len(times) if log_marks is None else log_marks
    gaps = [0.0, *(later - earlier for earlier, later in pairwise(times))][: len(times)]
    for gap, mark in zip(gaps, marks, strict=True):
        statistic = event_step(statistic, gap, rate0, rate1, mark)
        yield statistic


def share_mark(probability: float, share0: float, share1: float) -> float:
    """Log mark ratio of one event that is, with `probability`, of the kind whose share goes up.

    `probability` is calibrated under the baseline share `share0`; 0 and 1 are certain marks.
    By Bayes the ratio is p * share1/share0 + (1 - p) * (1 - share1)/(1 - share0).
    """
    if not 0 <= probability <= 1:
        raise ValueError(f"probability is {probability}; give 0 to 1")
    if not (0 < share0 < 1 and 0 < share1 < 1):
        raise ValueError(f"shares are {share0} and {share1}; give values strictly between 0 and 1")
    return log(probability * share1 / share0 + (1 - probability) * (1 - share1) / (1 - share0))


def _check_rates(rate0: float, rate1: float) -> None:
    if not 0 < rate0 < rate1:
        raise ValueError(f"rates are {rate0} and {rate1}; give 0 < baseline < rate to detect")
