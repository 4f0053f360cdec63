"""Weekly counts of what a campaign is about, of its control, and of its neighbours."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
#: Weeks that a series may have: twenty years.
MOST_WEEKS = 1040


@dataclass(frozen=True)
class Weekly:
    """Counts by week, oldest first, without a gap; all series are of the same weeks."""

    outcome: Floats
    """What the campaign is to lower."""
    exposure: Floats
    """Out of how many: items, visits, orders; above 0."""
    control: Floats | None = None
    """Counts of something alike that the campaign does not touch."""
    control_exposure: Floats | None = None
    neighbours: Mapping[str, Floats] = field(default_factory=dict)
    """Counts of where the harm may move to, by name; their exposure is the outcome's."""

    @property
    def weeks(self) -> int:
        """How many weeks there are."""
        return len(self.outcome)

    def log_ratio(self, counts: Floats | None = None) -> Floats:
        """Log rate of each week, less the control's where there is one; a half is added to counts.

        `counts`: a neighbour's, by default the outcome's. The control is given the coefficient 1:
        an estimated coefficient is too near to 0 by the control's own noise, and leaves part of a
        common calendar effect behind (Fuller 1987, Measurement Error Models, section 1.1).
        """
        own = np.log(((self.outcome if counts is None else counts) + 0.5) / self.exposure)
        if self.control is None or self.control_exposure is None:
            return own
        return own - np.log((self.control + 0.5) / self.control_exposure)


def weekly(
    outcome: ArrayLike,
    exposure: ArrayLike | None = None,
    control: ArrayLike | None = None,
    control_exposure: ArrayLike | None = None,
    neighbours: Mapping[str, ArrayLike] | None = None,
) -> Weekly:
    """Checked series; an exposure that is not given is 1 each week.

    Raises ValueError for series of unequal length or none, more than 1,040 weeks, negative or
    infinite counts, and exposures that are not above 0.
    """
    counts = _counts("outcome", outcome, None)
    n = len(counts)
    if not 1 <= n <= MOST_WEEKS:
        raise ValueError(f"outcome has {n} weeks; give 1 to {MOST_WEEKS}")
    unit = np.ones(n)
    return Weekly(
        counts,
        unit if exposure is None else _exposures("exposure", exposure, n),
        None if control is None else _counts("control", control, n),
        unit if control_exposure is None else _exposures("control_exposure", control_exposure, n),
        {name: _counts(name, each, n) for name, each in (neighbours or {}).items()},
    )


def _counts(name: str, values: ArrayLike, weeks: int | None) -> Floats:
    counts = np.asarray(values, np.float64)
    if counts.ndim != 1 or (weeks is not None and len(counts) != weeks):
        raise ValueError(f"{name} has the shape {counts.shape}; give one count for each week")
    odd = ~((counts >= 0) & np.isfinite(counts))
    if odd.any():
        week = int(odd.argmax())
        raise ValueError(f"{name} is {counts[week]} in week {week}; give a number from 0 on")
    return counts


def _exposures(name: str, values: ArrayLike, weeks: int) -> Floats:
    exposures = _counts(name, values, weeks)
    if not exposures.all():
        week = int((exposures == 0).argmax())
        raise ValueError(f"{name} is 0 in week {week}; give more than 0")
    return exposures


def merged(series: Weekly, blocks: NDArray[np.int64], size: int) -> Weekly:
    """The series with weeks added up: `blocks` are the first weeks of blocks of `size` weeks."""

    def total(values: Floats) -> Floats:
        sums: Floats = values[blocks[:, None] + np.arange(size)].sum(axis=1)
        return sums

    return Weekly(
        total(series.outcome),
        total(series.exposure),
        None if series.control is None else total(series.control),
        None if series.control_exposure is None else total(series.control_exposure),
        {name: total(each) for name, each in series.neighbours.items()},
    )
