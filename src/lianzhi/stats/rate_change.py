"""Change of a count between two periods: as it was counted, and per unit of effort."""

from typing import NamedTuple

from lianzhi.stats.rate_ratio import RateRatio, rate_ratio


class RateChange(NamedTuple):
    """Two counts and the ratio of their rates, with interval."""

    before: int
    after: int
    ratio: RateRatio
    """Of the counts, as if both periods had the same effort."""
    effort: tuple[float, float] | None
    """Before and after, such as inspections; None: it is not known of both."""
    per_effort: RateRatio | None
    level: float
    """Coverage of both intervals."""

    @property
    def judged(self) -> RateRatio:
        """The ratio that conclusions rest on: per unit of effort where effort is known."""
        return self.per_effort or self.ratio


def rate_change(
    before: int, after: int, effort: tuple[float, float] | None = None, level: float = 0.95
) -> RateChange:
    """Ratio of `after` to `before`; with `effort` also of the rates. Raises ValueError."""
    per_effort = None
    if effort is not None:
        per_effort = rate_ratio(after, before, effort[1], effort[0], level)
    return RateChange(
        before, after, rate_ratio(after, before, level=level), effort, per_effort, level
    )
