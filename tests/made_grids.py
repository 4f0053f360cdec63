"""Tilings to try grids on, and a slow twin that asks the same questions in another way."""

import json
import random

UNIT = 10_000_000
WEST, SOUTH = 1_202_000_000, 318_000_000


def kd(seed, count, size=400_000):
    """Rectangles that tile a square, cut by cut: borders meet in T."""
    draw = random.Random(seed)
    boxes = [(WEST, SOUTH, WEST + size, SOUTH + size)]
    while len(boxes) < count:
        boxes.sort(key=lambda b: (b[2] - b[0]) * (b[3] - b[1]))
        x1, y1, x2, y2 = boxes.pop()
        if draw.random() < 0.5:
            cut = draw.randint(x1 + (x2 - x1) // 4, x2 - (x2 - x1) // 4)
            boxes += [(x1, y1, cut, y2), (cut, y1, x2, y2)]
        else:
            cut = draw.randint(y1 + (y2 - y1) // 4, y2 - (y2 - y1) // 4)
            boxes += [(x1, y1, x2, cut), (x1, cut, x2, y2)]
    return [[(a, b), (c, b), (c, d), (a, d)] for a, b, c, d in boxes]


def bent(seed, side, step=60_000):
    """Four-cornered areas on a shaken lattice: slanted borders with common corners."""
    draw = random.Random(seed)
    shake = step // 3
    corner = {
        (i, j): (
            WEST + i * step + draw.randint(-shake, shake),
            SOUTH + j * step + draw.randint(-shake, shake),
        )
        for i in range(side + 1)
        for j in range(side + 1)
    }
    return [
        [corner[i, j], corner[i + 1, j], corner[i + 1, j + 1], corner[i, j + 1]]
        for i in range(side)
        for j in range(side)
    ]


def feature(key, *rings, kind="Polygon", **properties):
    """A feature of open rings in units, or of polygons of rings."""
    closed = [[[x / UNIT, y / UNIT] for x, y in (*ring, ring[0])] for ring in rings]
    return {
        "type": "Feature",
        "properties": {"id": key, "name": f"网格{key}", "squad": "squad-1", **properties},
        "geometry": {"type": kind, "coordinates": closed if kind == "Polygon" else [closed]},
    }


def collection(*features, **more):
    return json.dumps({"type": "FeatureCollection", "features": features, **more}).encode()


def tiling(rings):
    return collection(*(feature(f"g{n}", ring) for n, ring in enumerate(rings)))


def square(x, y, size=100_000):
    return [(x, y), (x + size, y), (x + size, y + size), (x, y + size)]


def four_squares(moved="S2", last=True):
    """GeoJSON of four squares G1 to G4 of two squads; the fourth may be left out."""
    features = []
    for n in range(4 if last else 3):
        ring = square(WEST + n % 2 * 100_000, SOUTH + n // 2 * 100_000)
        squad = "S1" if n < 2 else moved
        names = {"name": f"网格{n + 1}", "name_en": f"Grid {n + 1}"}
        features.append(feature(f"G{n + 1}", ring, squad=squad, **names))
    return collection(*features).decode()


def winding(ring, x, y):
    """How often a ring winds around a point, in whole numbers; None where it lies on the ring."""
    turns = 0
    for (x1, y1), (x2, y2) in zip(ring, ring[1:] + ring[:1], strict=True):
        cross = (x2 - x1) * (y - y1) - (y2 - y1) * (x - x1)
        on = min(x1, x2) <= x <= max(x1, x2) and min(y1, y2) <= y <= max(y1, y2)
        if cross == 0 and on:
            return None
        if y1 <= y < y2 and cross > 0:
            turns += 1
        if y2 <= y < y1 and cross < 0:
            turns -= 1
    return turns
