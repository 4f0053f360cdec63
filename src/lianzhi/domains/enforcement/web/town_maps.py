"""The town as pages draw it: the map of its grids, laid out once for each map and language."""

from collections.abc import Mapping
from functools import lru_cache

from lianzhi.dispatch.grids import drawing
from lianzhi.dispatch.grids.grid import Grids


@lru_cache(maxsize=16)
def town(grids: Grids, language: str) -> drawing.Plan | None:
    """The bare map; None where none was drawn yet."""
    return drawing.plan(grids, language=language) if grids.grids else None


def loaded(grids: Grids, loads: Mapping[str, int], language: str) -> drawing.Plan | None:
    """The map with a number on each grid; None where none was drawn yet."""
    return drawing.plan(grids, loads, language=language) if grids.grids else None
