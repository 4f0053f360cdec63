"""The town as pages draw it: the map of its grids, laid out once for each map and language."""

from collections.abc import Mapping
from functools import lru_cache

from lianzhi.domains.enforcement.dispatch import svg
from lianzhi.domains.enforcement.dispatch.grids import Grids


@lru_cache(maxsize=16)
def town(grids: Grids, language: str) -> svg.Plan | None:
    """The bare map; None where none was drawn yet."""
    return svg.plan(grids, language=language) if grids.grids else None


def loaded(grids: Grids, loads: Mapping[str, int], language: str) -> svg.Plan | None:
    """The map with a number on each grid; None where none was drawn yet."""
    return svg.plan(grids, loads, language=language) if grids.grids else None
