"""Ratings of which some count less, as a page shows them: means, levels, and who gave what."""

from collections.abc import Mapping, Sequence

import msgspec

from lianzhi.chain.views import EvidenceRow

#: Ratings that are listed.
LISTED = 60


class Level(msgspec.Struct, frozen=True):
    """One level of the scale."""

    name: str
    """Its lowest rating."""
    full: int
    """Ratings that count in full."""
    less: int


class Rated(msgspec.Struct, frozen=True):
    """The picture of one item."""

    mean: float
    robust: float
    interval: tuple[float, float]
    ratings: int
    less: int
    flags: tuple[tuple[str, int], ...]
    """Why, and how many ratings each concerns."""
    levels: tuple[Level, ...]
    """The highest first."""
    rows: tuple[EvidenceRow, ...]
    """Those that count less, in order of time, as far as copies are left."""
    more: int
    """How many of them are not listed."""

    @property
    def most(self) -> int:
        """Ratings of the fullest level."""
        return max((level.full + level.less for level in self.levels), default=0)


def draw(counts: Mapping[str, int], evidence: Sequence[EvidenceRow]) -> Rated | None:
    """Picture of an item from a finding's figures; None where it has none."""
    if "mean_x100" not in counts:
        return None
    mean, robust, lo, hi = (counts.get(f"{name}_x100", 0) / 100 for name in _MEANS)
    seen, less = _named(counts, "seen_"), dict(_named(counts, "less_"))
    rows = [row for row in evidence if row.rating is not None]
    return Rated(
        mean,
        robust,
        (lo, hi),
        counts.get("ratings", 0),
        counts.get("less", 0),
        tuple(_named(counts, "flag_")),
        tuple(
            Level(name, size - less.get(name, 0), less.get(name, 0))
            for name, size in sorted(seen, key=lambda pair: -float(pair[0]))
        ),
        tuple(rows[:LISTED]),
        len(rows) - len(rows[:LISTED]),
    )


_MEANS = ("mean", "robust", "lo", "hi")


def _named(counts: Mapping[str, int], start: str) -> list[tuple[str, int]]:
    return [(key.removeprefix(start), n) for key, n in counts.items() if key.startswith(start)]
