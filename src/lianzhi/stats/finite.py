"""Shares of a finite number, from a sample drawn without replacement.

The interval is exact: it holds every number of hits among all under which the sample is not too
unlikely, in a tail of (1 - level) / 2 each, by the hypergeometric distribution (W. Wang, Exact
optimal confidence intervals for hypergeometric parameters, JASA 110, 2015, compares it). Where all
were drawn it is the share itself.
"""

from scipy.stats import hypergeom

from lianzhi.stats.intervals import Interval


def share_drawn(hits: int, drawn: int, total: int, level: float = 0.95) -> Interval:
    """Limits of the share of hits among `total`, of whom `drawn` were drawn and `hits` were hits.

    Raises ValueError unless 0 <= hits <= drawn <= total, 0 < drawn and 0 < level < 1.
    """
    if not (0 <= hits <= drawn <= total and drawn > 0):
        raise ValueError(f"{hits} of {drawn} of {total}; give 0 <= hits <= drawn <= total")
    if not 0 < level < 1:
        raise ValueError(f"level is {level}; give one between 0 and 1")
    tail = (1 - level) / 2
    least, most = hits, total - (drawn - hits)
    lo, hi = least, most
    # P(X >= hits) grows with the number of hits among all: the first that is likely enough.
    above = most
    while lo < above:
        middle = (lo + above) // 2
        if hypergeom.sf(hits - 1, total, middle, drawn) > tail:
            above = middle
        else:
            lo = middle + 1
    # P(X <= hits) falls with it: the last that is likely enough.
    below = least
    while below < hi:
        middle = (below + hi + 1) // 2
        if hypergeom.cdf(hits, total, middle, drawn) > tail:
            below = middle
        else:
            hi = middle - 1
    return Interval(lo / total, hi / total)
