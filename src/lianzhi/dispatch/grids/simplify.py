"""Borders with fewer vertices, for drawing: neighbours keep one common border.

Rings are cut where more than two borders meet. Each piece is thinned by the way of Douglas and
Peucker (1973), always from the same of its ends, so that both neighbours get the same line.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from lianzhi.dispatch.grids.metres import Floats, Plane, distance
from lianzhi.dispatch.grids.rings import Ints, Ring, edges_of


def simplify(rings: Sequence[Ring], plane: Plane, metres: float) -> list[Ring]:
    """Rings whose borders run at most so many metres from where they were, in the same order.

    A ring that would collapse stays as it is.
    """
    knots = _knots(edges_of(rings))
    thin = []
    for ring in rings:
        parts = [_thin(part, plane, metres)[:-1] for part in _parts(ring, knots)]
        joined = np.concatenate(parts)
        thin.append(joined if len(joined) > 2 else ring)
    return thin


def _knots(edges: Ints) -> set[tuple[int, int]]:
    """Positions from which other than two borders lead."""
    ends = edges.reshape(-1, 2, 2)
    flip = (ends[:, 0, 0] > ends[:, 1, 0]) | (
        (ends[:, 0, 0] == ends[:, 1, 0]) & (ends[:, 0, 1] > ends[:, 1, 1])
    )
    ends = np.where(flip[:, None, None], ends[:, ::-1], ends)
    borders = np.unique(ends.reshape(-1, 4), axis=0).reshape(-1, 2)
    positions, leads = np.unique(borders, axis=0, return_counts=True)
    return {(x, y) for x, y in positions[leads != 2].tolist()}


def _parts(ring: Ring, knots: set[tuple[int, int]]) -> list[Ring]:
    """The ring as open lines from knot to knot; two lines where it has no two knots."""
    cuts = [at for at, (x, y) in enumerate(ring.tolist()) if (x, y) in knots]
    if len(cuts) < 2:
        start = cuts[0] if cuts else int(np.lexsort(ring.T[::-1])[0])
        away = ((ring - ring[start]).astype(np.float64) ** 2).sum(axis=1)
        far = np.flatnonzero(away == away.max())
        cuts = sorted((start, int(far[np.lexsort(ring[far].T[::-1])[0]])))
    rolled = np.roll(ring, -cuts[0], axis=0)
    closed = np.concatenate([rolled, rolled[:1]])
    bounds = [cut - cuts[0] for cut in cuts] + [len(ring)]
    return [closed[a : b + 1] for a, b in pairwise(bounds)]


def _thin(line: Ring, plane: Plane, metres: float) -> Ring:
    backwards = line[0].tolist() > line[-1].tolist()
    points = plane.metres(line[::-1] if backwards else line)
    kept = _kept(points, metres)
    return line[::-1][kept][::-1] if backwards else line[kept]


def _kept(points: Floats, metres: float) -> Ints:
    keep = {0, len(points) - 1}
    open_parts = [(0, len(points) - 1)]
    while open_parts:
        a, b = open_parts.pop()
        if b - a < 2:
            continue
        chord = np.concatenate([points[a], points[b]])[None]
        off = distance(points[a + 1 : b], chord)
        worst = int(off.argmax())
        if off[worst] > metres:
            middle = a + 1 + worst
            keep.add(middle)
            open_parts += [(a, middle), (middle, b)]
    return np.array(sorted(keep))
