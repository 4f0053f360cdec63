"""The harm itself, from random samples that people judged without knowing when they were taken."""

from typing import NamedTuple

from lianzhi.stats.proportions import katz_ratio


class AuditSample(NamedTuple):
    """Items drawn at random from everything, not from what was detected, and judged blind."""

    harmful_before: int
    judged_before: int
    harmful_during: int
    judged_during: int


class PrevalenceRatio(NamedTuple):
    """Share of harmful items under the campaign as a multiple of the share before."""

    value: float
    """NaN where no harmful item was found before."""
    lo: float
    hi: float


def prevalence_ratio(sample: AuditSample, level: float = 0.95) -> PrevalenceRatio:
    """The ratio with its interval. Raises ValueError for more harmful items than judged ones.

    Holds whatever detector, lexicon or rule was in use; (0, inf) where a sample has none. Katz,
    Baptista, Azen and Pike (1978), Biometrics 34, 469-474, method C.
    """
    before, during = sample[:2], sample[2:]
    lo, hi = katz_ratio(*during, *before, level)
    share = sample.harmful_before / sample.judged_before
    value = sample.harmful_during / sample.judged_during / share if share else float("nan")
    return PrevalenceRatio(value, lo, hi)
