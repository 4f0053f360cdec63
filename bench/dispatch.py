"""Points per second that find their grid, on one core; `python -m bench.dispatch`.

Two synthetic towns of 60 grids: plain corners, and borders of 400 vertices each. A plain query of
shapely's STRtree does the same job in the same run, and both have to agree.
"""

import itertools
import random
import statistics
import time
from collections.abc import Callable
from typing import Any

import msgspec
import numpy as np
import shapely

from lianzhi.dispatch.grids.drawing import plan, render
from lianzhi.dispatch.grids.geojson import read
from lianzhi.dispatch.grids.grid import Grids, Places
from lianzhi.dispatch.grids.plane import Floats

COLUMNS, ROWS, STEP = 10, 6, 0.01
WEST, SOUTH = 120.2, 31.8
POINTS, ROUNDS = 200_000, 5


def town(vertices: int) -> bytes:
    """GeoJSON of a lattice whose borders wander, each with so many vertices."""
    draw = random.Random(vertices)
    lines: dict[tuple[Any, ...], list[tuple[float, float]]] = {}

    def corner(i: int, j: int) -> tuple[float, float]:
        return WEST + i * STEP, SOUTH + j * STEP

    def border(a: tuple[int, int], b: tuple[int, int]) -> list[tuple[float, float]]:
        if (b, a) in lines:
            return lines[b, a][::-1]
        (x1, y1), (x2, y2) = corner(*a), corner(*b)
        shake = STEP / vertices / 4
        lines[a, b] = lines.get((a, b)) or [
            (x1, y1),
            *(
                (
                    x1 + (x2 - x1) * n / vertices + draw.uniform(-shake, shake),
                    y1 + (y2 - y1) * n / vertices + draw.uniform(-shake, shake),
                )
                for n in range(1, vertices)
            ),
            (x2, y2),
        ]
        return lines[a, b]

    features = []
    for i in range(COLUMNS):
        for j in range(ROWS):
            corners = [(i, j), (i + 1, j), (i + 1, j + 1), (i, j + 1), (i, j)]
            ring = [corner(i, j)]
            for a, b in itertools.pairwise(corners):
                ring += border(a, b)[1:]
            ring = [(round(x, 7), round(y, 7)) for x, y in ring]
            properties = {"id": f"{i}-{j}", "name": f"网格{i}-{j}", "squad": f"squad-{j}"}
            geometry = {"type": "Polygon", "coordinates": [ring]}
            features.append({"type": "Feature", "properties": properties, "geometry": geometry})
    return msgspec.json.encode({"type": "FeatureCollection", "features": features})


def seconds(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Median over rounds, after one to warm up."""
    work()
    took = []
    for _ in range(rounds):
        begin = time.perf_counter()
        work()
        took.append(time.perf_counter() - begin)
    return statistics.median(took)


def plain_query(grids: Grids) -> Callable[[Floats, Floats], Places]:
    """The same question as one query of shapely's STRtree, without prepared shapes."""
    tree = shapely.STRtree([shapely.from_wkb(shapely.to_wkb(shape)) for shape in grids.shapes])

    def find(lon: Floats, lat: Floats) -> Places:
        places = np.full(len(lon), -1)
        points, shapes = tree.query(shapely.points(lon, lat), predicate="within")
        places[points] = shapes
        return places

    return find


def main() -> None:
    draw = np.random.default_rng(0)
    lon = WEST + draw.uniform(0, COLUMNS * STEP, POINTS).round(7)
    lat = SOUTH + draw.uniform(0, ROWS * STEP, POINTS).round(7)
    for vertices in (1, 400):
        data = town(vertices)
        begin = time.perf_counter()
        survey = read(data)
        reading = time.perf_counter() - begin
        if survey.problems:
            raise SystemExit(f"the synthetic town has faults: {survey.problems[0].said}")
        grids = survey.grids
        count = int(shapely.get_num_coordinates(grids.shapes).sum()) - len(grids.grids)
        drawing = seconds(lambda grids=grids: render(plan(Grids(grids.grids), {})), 1)
        ours = seconds(lambda grids=grids: grids.find_many(lon, lat))
        one = seconds(
            lambda grids=grids: [
                grids.find(x, y) for x, y in zip(lon[:200], lat[:200], strict=True)
            ]
        )
        print(f"60 grids, {count:,} vertices: checked in {reading:.2f} s, drawn in {drawing:.2f} s")
        print(f"  find_many {POINTS / ours:12,.0f} points/s; find {200 / one:,.0f} points/s")
        query = plain_query(grids)
        theirs = seconds(lambda query=query: query(lon, lat), 1)
        same = (query(lon, lat) == grids.find_many(lon, lat)).mean()
        print(f"  STRtree   {POINTS / theirs:12,.0f} points/s; same grid for {same:.4%}")


if __name__ == "__main__":
    main()
