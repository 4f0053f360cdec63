"""Verdict of a re-check. Pure.

A sample passes only where the whole of what it was drawn from lies within the tolerance, with
confidence; one item without a fault shows nothing. What could not be judged counts against passing
and not for failing.
"""

from collections.abc import Mapping
from typing import NamedTuple

from lianzhi.domains.oversight.nouns.recheck import Judged, Verdict
from lianzhi.stats.finite import share_drawn


class Shown(NamedTuple):
    """What a re-check by draw has shown."""

    verdict: Verdict
    lo: float
    hi: float
    """Limits of the share in breach among all that could be drawn."""


def of_draw(tally: Mapping[Judged, int], candidates: int, tolerance: float, level: float) -> Shown:
    """The verdict of a draw, all of whose items are judged. `tally`: judgement -> how many."""
    drawn, breach = sum(tally.values()), tally.get("breach", 0)
    doubtful = breach + tally.get("unclear", 0)
    lo = share_drawn(breach, drawn, candidates, level).lo
    hi = share_drawn(doubtful, drawn, candidates, level).hi
    verdict: Verdict = "passed" if hi <= tolerance else "failed" if lo > tolerance else "unclear"
    return Shown(verdict, lo, hi)


def of_probe(tally: Mapping[Judged, int], least: int) -> Verdict:
    """The verdict of what was tried: each must work, and at least `least` must have been tried."""
    if tally.get("breach", 0):
        return "failed"
    return "passed" if tally.get("met", 0) >= least and not tally.get("unclear", 0) else "unclear"
