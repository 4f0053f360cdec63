"""Gap between two groups within strata, with people as clusters.

The estimate is that of least squares with a fixed effect for each stratum. Its standard error takes
people as independent and nothing else: two purchases of a person tell less than those of two.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr, stdtrit

from lianzhi.stats.intervals import Interval

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]


class Cells(NamedTuple):
    """Observations summed by person and stratum; arrays of one length."""

    person: Codes
    """0 to the number of persons less 1."""
    stratum: Codes
    in_group: NDArray[np.bool_]
    """Whether these observations are of the group; else of the reference."""
    counts: Floats
    """How many observations."""
    total: Floats
    """Sum of their values."""


class Gap(NamedTuple):
    """Mean within strata of the group less that of the reference, in the unit of the values."""

    value: float
    se: float
    df: float
    """Degrees of freedom of its t distribution (Satterthwaite)."""
    people: tuple[int, int]
    """Persons of the group and of the reference in strata that hold both."""
    observations: tuple[int, int]
    strata: int
    """How many strata hold both."""

    @property
    def p(self) -> float:
        """Two-sided p-value that there is no gap."""
        return 2 * float(stdtr(self.df, -abs(self.value / self.se))) if self.se else float("nan")

    def interval(self, level: float = 0.95) -> Interval:
        """Interval of the gap."""
        half = float(stdtrit(self.df, 0.5 + level / 2)) * self.se
        return Interval(self.value - half, self.value + half)

    def detectable(self, alpha: float = 0.05, power: float = 0.8) -> float:
        """Least gap that the test at `alpha` finds with chance `power`, in the values' unit."""
        return float(stdtrit(self.df, 1 - alpha / 2) + stdtrit(self.df, power)) * self.se


class _Design(NamedTuple):
    cells: Cells
    deviation: Floats
    """Of the indicator of the group from its mean in the stratum, by cell."""
    mean: Floats
    """Mean value of the stratum, by cell."""
    weight: Floats
    """Sum of squared deviations, by cell."""
    leverage: Floats
    """Share of the stratum's observations that are the person's, by cell."""
    people: int
    part: Codes
    """Number of the pair of person and stratum, by cell."""


def comparable(cells: Cells) -> Cells:
    """The cells of strata that hold both groups."""
    size = int(cells.stratum.max(initial=-1)) + 1
    members = np.bincount(cells.stratum, cells.counts * cells.in_group, size)
    whole = np.bincount(cells.stratum, cells.counts, size)
    keep = ((members > 0) & (members < whole))[cells.stratum]
    return Cells(
        cells.person[keep],
        cells.stratum[keep],
        cells.in_group[keep],
        cells.counts[keep],
        cells.total[keep],
    )


def within_gap(cells: Cells) -> Gap | None:
    """The gap within strata; None: no stratum holds both groups, or one person is all of a group.

    Cluster-robust standard error with the leverage adjustment CR2 of Bell and McCaffrey (2002),
    Surv. Methodol. 28, 169-181, by person. The fixed effects' part is adjusted by the share that a
    person has of a stratum, for in small strata residuals of different persons mirror one another
    (de Chaisemartin and Ramirez-Cuellar 2024, Am. Econ. J. Appl. Econ. 16, 193-212). Degrees of
    freedom after Satterthwaite, as in Pustejovsky and Tipton (2018), J. Bus. Econ. Stat. 36,
    672-683. `python -m bench pricing` prints how often it rejects where there is no gap.
    """
    kept = comparable(cells)
    if not kept.counts.size:
        return None
    design = _design(kept)
    group, reference = _distinct(kept.person[kept.in_group]), _distinct(kept.person[~kept.in_group])
    if min(group, reference) < 2:
        return None
    total = float(design.weight.sum())
    centred = kept.total - kept.counts * design.mean
    value = float((design.deviation * centred).sum()) / total
    residual = design.deviation * centred - value * design.weight
    score = np.bincount(kept.person, residual * _inflation(design, residual), design.people)
    by_person: Floats = np.bincount(kept.person, design.weight, design.people).astype(np.float64)
    share = np.minimum(by_person / total, 1 - 1e-9)
    se = float(np.sqrt((score**2 / (1 - share)).sum())) / total
    return Gap(
        value,
        se,
        _degrees_of_freedom(design, by_person, share),
        (group, reference),
        (int(kept.counts[kept.in_group].sum()), int(kept.counts[~kept.in_group].sum())),
        _distinct(kept.stratum),
    )


def _design(cells: Cells) -> _Design:
    size = int(cells.stratum.max()) + 1
    whole = np.bincount(cells.stratum, cells.counts, size)
    members = np.bincount(cells.stratum, cells.counts * cells.in_group, size)
    totals = np.bincount(cells.stratum, cells.total, size)
    with np.errstate(invalid="ignore", divide="ignore"):
        share, mean = members / whole, totals / whole
    deviation = cells.in_group - share[cells.stratum]
    people = int(cells.person.max()) + 1
    # A person may buy in both groups of a stratum: the share is that of the person, not the cell.
    place = _numbered(cells.person * size + cells.stratum)
    mine = np.bincount(place, cells.counts)[place]
    leverage = np.minimum(mine / whole[cells.stratum], 1 - 1e-9)
    weight = cells.counts * deviation**2
    return _Design(cells, deviation, mean[cells.stratum], weight, leverage, people, place)


def _distinct(codes: Codes) -> int:
    """How many different codes there are."""
    return int(np.count_nonzero(np.bincount(codes)))


def _numbered(keys: Codes) -> Codes:
    """Keys as 0, 1, 2, ... in their order; quick where they are in order already."""
    steps = np.diff(keys)
    if (steps >= 0).all():
        return np.concatenate([[0], np.cumsum(steps > 0)]).astype(np.int64)
    return np.unique(keys, return_inverse=True)[1].astype(np.int64)


def _inflation(design: _Design, residual: Floats) -> Floats:
    """What residuals of a cell are multiplied by, for the stratum's mean holds part of the person.

    A person with a share h of each stratum, and a design effect d, leaves (1 - h)(1 - h + h / d) of
    the variance of the sums of their errors: 1 - h where their purchases are independent, d = 1.
    """
    sums = np.bincount(design.cells.person, residual, design.people)
    own = float((np.bincount(design.part, residual) ** 2).sum())
    mean = float((design.weight * design.leverage).sum() / design.weight.sum())
    ratio = float((sums**2).sum()) / own if own else 1.0
    effect = max((ratio - mean) / (1 - mean), 1.0)
    free = 1 - design.leverage
    return np.asarray(1 / np.sqrt(free * (free + design.leverage / effect)), np.float64)


def _degrees_of_freedom(design: _Design, by_person: Floats, share: Floats) -> float:
    """Satterthwaite: (trace P)^2 / ||P||^2, less what the fixed effects of strata take.

    The harmonic mean of what equal and independent errors give, and what effects of the person
    alone give.
    """
    cells, total = design.cells, float(by_person.sum())
    scaled = by_person / (1 - share)
    squared = float((scaled**2).sum())
    coupled = float((scaled * by_person * scaled).sum()) / total
    outer = (float((scaled * by_person).sum()) / total) ** 2
    equal = total**2 / max(squared - 2 * coupled + outer, 1e-300)
    sums = np.bincount(cells.person, cells.counts * design.deviation, design.people) ** 2
    strong = float(sums.sum()) ** 2 / float((sums**2).sum())
    kept = float((design.weight * (1 - design.leverage)).sum()) / total
    return max(2 / (1 / equal + 1 / strong) * kept, 1.0)
