"""Changes: what a new map of grids would alter."""

from typing import NamedTuple

from lianzhi.dispatch.grids.grid import Grid, Grids
from lianzhi.law.words import Words


class Moved(NamedTuple):
    """A grid that another squad would look after."""

    id: str
    words: Words
    before: str
    after: str


class Changes(NamedTuple):
    """What differs between two maps; each of it in the order of its map."""

    added: tuple[Grid, ...]
    removed: tuple[Grid, ...]
    moved: tuple[Moved, ...]
    renamed: tuple[Grid, ...]
    redrawn: tuple[Grid, ...]
    """Whose borders run otherwise."""
    kept: int
    """Grids in which nothing changes."""

    @property
    def any(self) -> bool:
        """Whether anything changes."""
        return any(self[:5])


def changes(before: Grids, after: Grids) -> Changes:
    """What would change from one map to the other; grids are the same by their id."""
    both = [(before.by_id[one.id], one) for one in after.grids if one.id in before.by_id]
    found = Changes(
        added=tuple(one for one in after.grids if one.id not in before.by_id),
        removed=tuple(one for one in before.grids if one.id not in after.by_id),
        moved=tuple(
            Moved(new.id, new.words, old.squad, new.squad)
            for old, new in both
            if old.squad != new.squad
        ),
        renamed=tuple(new for old, new in both if old.words != new.words),
        redrawn=tuple(new for old, new in both if not _same(old, new)),
        kept=0,
    )
    altered = (*found.renamed, *found.redrawn)
    touched = {one.id for one in altered} | {one.id for one in found.moved}
    return found._replace(kept=len(both) - len(touched))


def _same(old: Grid, new: Grid) -> bool:
    """Whether both have the same corners, wherever their rings begin."""
    return _rings(old) == _rings(new)


def _rings(grid: Grid) -> list[frozenset[tuple[int, ...]]]:
    """The edges of each ring, whichever way round it is written."""
    rings = [ring for polygon in grid.polygons for ring in polygon]
    return sorted((_edges(ring.tolist()) for ring in rings), key=sorted)


def _edges(points: list[list[int]]) -> frozenset[tuple[int, ...]]:
    pairs = zip(points, points[1:] + points[:1], strict=True)
    return frozenset((*min(a, b), *max(a, b)) for a, b in pairs)
