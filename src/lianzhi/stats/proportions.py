"""Two proportions compared: difference, ratio and tests.

Each function takes `successes` of `trials` in the group of interest, then those of the reference.
All raise ValueError for more successes than trials, fewer than 0, and groups without trials.
"""

from math import exp, inf, sqrt

from scipy.special import ndtr, ndtri

from lianzhi.stats.intervals import Interval, wilson


def newcombe_difference(
    successes: int, trials: int, ref_successes: int, ref_trials: int, level: float = 0.95
) -> Interval:
    """Interval of the proportion less the reference's, by two Wilson intervals.

    Newcombe (1998), Stat. Med. 17, 873-890, method 10 (without continuity correction).
    """
    share, ref = _shares(successes, trials, ref_successes, ref_trials)
    lo, hi = wilson(successes, trials, level)
    ref_lo, ref_hi = wilson(ref_successes, ref_trials, level)
    return Interval(
        share - ref - sqrt((share - lo) ** 2 + (ref_hi - ref) ** 2),
        share - ref + sqrt((hi - share) ** 2 + (ref - ref_lo) ** 2),
    )


def katz_ratio(
    successes: int, trials: int, ref_successes: int, ref_trials: int, level: float = 0.95
) -> Interval:
    """Interval of the proportion divided by the reference's, normal on the log scale.

    (0, inf) where a group has no success: the method says nothing there. Katz, Baptista, Azen and
    Pike (1978), Biometrics 34, 469-474, method C.
    """
    share, ref = _shares(successes, trials, ref_successes, ref_trials)
    if not (successes and ref_successes):
        return Interval(0.0, inf)
    z = float(ndtri(0.5 + level / 2))
    sd = sqrt(1 / successes - 1 / trials + 1 / ref_successes - 1 / ref_trials)
    return Interval(share / ref * exp(-z * sd), share / ref * exp(z * sd))


def fisher_p(successes: int, trials: int, ref_successes: int, ref_trials: int) -> float:
    """Two-sided p-value of Fisher's exact test that both proportions are the same.

    The probability of all tables that are at most as likely as this one.
    """
    from scipy.stats import fisher_exact  # noqa: PLC0415 - takes 1 s to load

    _shares(successes, trials, ref_successes, ref_trials)
    table = [[successes, trials - successes], [ref_successes, ref_trials - ref_successes]]
    return float(fisher_exact(table).pvalue)


def score_p(successes: int, trials: int, ref_successes: int, ref_trials: int) -> float:
    """Two-sided p-value of the pooled score test that both proportions are the same.

    Equal to Pearson's chi-squared test of the fourfold table without continuity correction; 1 where
    both proportions are 0, or both are 1.
    """
    share, ref = _shares(successes, trials, ref_successes, ref_trials)
    pooled = (successes + ref_successes) / (trials + ref_trials)
    variance = pooled * (1 - pooled) * (1 / trials + 1 / ref_trials)
    return 2 * float(ndtr(-abs(share - ref) / sqrt(variance))) if variance else 1.0


def detectable_difference(
    share: float, trials: int, ref_trials: int, alpha: float = 0.05, power: float = 0.8
) -> float:
    """Least difference of two proportions that a two-sided test finds with chance `power`.

    `share` is the proportion under the hypothesis, normal approximation with its variance in both
    groups: (z(1 - alpha / 2) + z(power)) sqrt(share (1 - share) (1 / n + 1 / m)). inf for a group
    without trials. Fleiss, Levin and Paik (2003), Statistical Methods for Rates and Proportions,
    3rd ed., section 4.2. Raises ValueError for a share outside [0, 1].
    """
    if not 0 <= share <= 1:
        raise ValueError(f"share is {share}; give 0 to 1")
    if min(trials, ref_trials) < 1:
        return inf
    z = float(ndtri(1 - alpha / 2) + ndtri(power))
    return z * sqrt(share * (1 - share) * (1 / trials + 1 / ref_trials))


def _shares(
    successes: int, trials: int, ref_successes: int, ref_trials: int
) -> tuple[float, float]:
    """Both proportions. Raises ValueError."""
    for part, whole in ((successes, trials), (ref_successes, ref_trials)):
        if not (whole > 0 and 0 <= part <= whole):
            raise ValueError(f"successes is {part} of {whole} trials; give 0 to trials, of some")
    return successes / trials, ref_successes / ref_trials
