"""What a new map of grids alters."""

from typing import NamedTuple

import shapely

from lianzhi.dispatch.grids.grid import Grid, Grids
from lianzhi.law.words import Words


class Moved(NamedTuple):
    """A grid that another squad would look after."""

    id: str
    words: Words
    before: str
    after: str


class Changes(NamedTuple):
    """Differences between two maps; the grids of each kind in the order of their map."""

    added: tuple[Grid, ...]
    removed: tuple[Grid, ...]
    moved: tuple[Moved, ...]
    renamed: tuple[Grid, ...]
    redrawn: tuple[Grid, ...]
    """Grids with other borders."""
    kept: int
    """Number of grids in which nothing changes."""

    @property
    def any(self) -> bool:
        """Whether anything changes."""
        return any(self[:5])


def changes(before: Grids, after: Grids) -> Changes:
    """What would change from one map to the other; grids are the same by their id."""
    both = [(before.by_id[grid.id], grid) for grid in after.grids if grid.id in before.by_id]
    moved = tuple(
        Moved(new.id, new.words, old.squad, new.squad)
        for old, new in both
        if old.squad != new.squad
    )
    renamed = tuple(new for old, new in both if old.words != new.words)
    redrawn = tuple(new for old, new in both if not _same_borders(old, new))
    altered = {grid.id for grid in (*renamed, *redrawn)} | {grid.id for grid in moved}
    return Changes(
        added=tuple(grid for grid in after.grids if grid.id not in before.by_id),
        removed=tuple(grid for grid in before.grids if grid.id not in after.by_id),
        moved=moved,
        renamed=renamed,
        redrawn=redrawn,
        kept=len(both) - len(altered),
    )


def _same_borders(old: Grid, new: Grid) -> bool:
    """Whether both have the same corners, wherever their rings begin and whichever way they run."""
    return bool(shapely.normalize(old.shape) == shapely.normalize(new.shape))
