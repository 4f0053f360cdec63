"""Sensitivity of an observational comparison to what was not observed: Rosenbaum bounds."""

from lianzhi.stats.intervals import clopper_pearson


def sign_test_gamma(positive: int, total: int, alpha: float = 0.05) -> float:
    """How strong a hidden cause would have to be to explain a majority of signs; 1: none needed.

    The largest Gamma for which the two-sided sign test still rejects at `alpha`: an unobserved
    cause that makes a plus up to Gamma times as likely as a minus could not explain the signs. No
    unit. Rosenbaum (2002), Observational Studies, 2nd ed., section 4.4: under Gamma the chance of a
    plus is at most Gamma / (1 + Gamma), and the exact lower limit of that chance inverts the test.
    """
    if not 0 <= positive <= total:
        raise ValueError(f"positive is {positive} of {total}; give 0 to total")
    if not total:
        return 1.0
    lower = clopper_pearson(max(positive, total - positive), total, 1 - alpha).lo
    return max(1.0, lower / (1 - lower)) if lower < 1 else float("inf")
