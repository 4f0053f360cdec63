"""Figures of an outlet: the share of distorted among its reworded titles, as it stands now."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from lianzhi.domains.dissemination.nouns.item import Item
from lianzhi.domains.dissemination.policy import TitlePolicy
from lianzhi.stats.intervals import Interval, wilson


class Figures(NamedTuple):
    """Counts with the interval of the share; overturned decisions are taken off."""

    outlet: str
    reprints: int
    reworded: int
    standing: int
    overturned: int
    share: Interval | None
    """95 % Wilson interval of standing / reworded; None: no title was reworded."""


def figures(
    outlet: str, reprints: int, reworded: int, distorted: Sequence[Item],
    is_overturned: Callable[[str], bool],
) -> Figures:  # fmt: skip
    """Figures of an outlet; `is_overturned` tells of a case whether its decision was reversed."""
    overturned = sum(bool(item.case) and is_overturned(item.case) for item in distorted)
    standing = len(distorted) - overturned
    share = wilson(standing, reworded) if reworded else None
    return Figures(outlet, reprints, reworded, standing, overturned, share)


def expected_false(reworded: int, policy: TitlePolicy) -> tuple[int, int]:
    """How many titles would be flagged falsely if all reworded titles were faithful: the 95 %
    Wilson interval of the share among titles that the detector never saw."""
    share = wilson(policy.flagged, policy.faithful)
    return round(share.lo * reworded), round(share.hi * reworded)
