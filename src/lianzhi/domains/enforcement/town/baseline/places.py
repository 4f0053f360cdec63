"""Grids and enterprises: locations, names and latent risks."""

import datetime as dt
from collections.abc import Mapping, Sequence

from lianzhi.domains.enforcement.town.baseline.chance import Chance, total
from lianzhi.domains.enforcement.town.baseline.rows import Enterprise, Grid, Point
from lianzhi.domains.enforcement.town.baseline.settings import Frame, Industry, Pair
from lianzhi.domains.enforcement.town.baseline.tiling import any_point, area, tile

_DIGITS = 6
"""Decimals of a degree: about a decimetre."""
_YEARS = 18
"""Age in years of the oldest enterprise at the start of the files."""


def grids(frame: Frame, squads: Sequence[str]) -> tuple[Grid, ...]:
    """Grids that tile the town; each squad has a run of neighbours."""
    chance, place, names = frame.chance("grids"), frame.settings.place, frame.names
    cells = tile(chance, frame.size.grids)
    wide, tall = place.grid_km / place.km_per_lon, place.grid_km / place.km_per_lat
    called = chance.order([(a, b) for a in names.grid_first for b in names.grid_second])
    grids_ = []
    for number, (cell, (first, second)) in enumerate(zip(cells, called, strict=False)):
        points = tuple(
            (round(place.west + x * wide, _DIGITS), round(place.south + y * tall, _DIGITS))
            for x, y in cell
        )
        grids_.append(
            Grid(
                id=f"G{number + 1:02}",
                name=first[0] + second[0],
                name_en=f"{first[1]} {second[1]}",
                squad=squads[number * len(squads) // len(cells)],
                ring=(*points, points[0]),
            )
        )
    return tuple(grids_)


def pull(frame: Frame, all_grids: Sequence[Grid]) -> tuple[float, ...]:
    """Activity of each grid: highest in the centre, in proportion to area."""
    middles = [_middle(grid.ring) for grid in all_grids]
    x, y = (total(middle[axis] for middle in middles) / len(middles) for axis in (0, 1))
    far = [(middle[0] - x) ** 2 + (middle[1] - y) ** 2 for middle in middles]
    most, more = max(far) or 1.0, frame.settings.place.centre_pull - 1.0
    return tuple(
        area(grid.ring[:-1]) * (1.0 + more * (1.0 - distance / most))
        for grid, distance in zip(all_grids, far, strict=True)
    )


def enterprises(frame: Frame, all_grids: Sequence[Grid]) -> tuple[Enterprise, ...]:
    """Enterprises of all industries, denser in the centre."""
    chance = frame.chance("enterprises")
    weights, kinds = pull(frame, all_grids), frame.settings.industries
    shares = [kind.share for kind in kinds.values()]
    used: dict[str, int] = {}
    enterprises_ = []
    for number in range(frame.size.enterprises):
        industry = chance.weighted(tuple(kinds), shares)
        grid = chance.weighted(all_grids, weights)
        lon, lat = located(chance, grid)
        name, name_en = _name(frame, chance, kinds[industry], used)
        enterprises_.append(
            Enterprise(
                id=f"E{number + 1:04}",
                name=name,
                name_en=name_en,
                industry=industry,
                grid=grid.id,
                lon=lon,
                lat=lat,
                staff=_staff(chance, kinds[industry]),
                opened=_opened(frame, chance),
            )
        )
    return tuple(enterprises_)


def risks(frame: Frame, enterprises: Sequence[Enterprise]) -> Mapping[str, float]:
    """The latent risk of each enterprise: a factor on the odds of every violation."""
    chance = frame.chance("risks")
    return {
        enterprise.id: chance.odds(frame.settings.work.risk_spread) for enterprise in enterprises
    }


def located(chance: Chance, grid: Grid) -> Point:
    """A random point in the grid."""
    lon, lat = any_point(chance, grid.ring[:-1])
    return round(lon, _DIGITS), round(lat, _DIGITS)


def _middle(ring: Sequence[Point]) -> Point:
    corners = ring[:-1]
    count = len(corners)
    return total(x for x, _ in corners) / count, total(y for _, y in corners) / count


def _staff(chance: Chance, kind: Industry) -> int:
    """Number of staff; mostly small, as the cube of a uniform."""
    low, high = kind.staff
    part = chance.uniform()
    return low + int((high - low) * part * part * part)


def _opened(frame: Frame, chance: Chance) -> dt.date:
    """Opening day: mostly before the period, a few in its first half."""
    if chance.happens(0.04):
        half = (frame.last - frame.first).days // 2
        return frame.first + dt.timedelta(chance.whole(0, half))
    part = chance.uniform()
    return frame.first - dt.timedelta(int(_YEARS * 365 * part * part) + 1)


def _name(frame: Frame, chance: Chance, kind: Industry, used: dict[str, int]) -> Pair:
    first, second = chance.pick(frame.names.brand_first), chance.pick(frame.names.brand_second)
    trade = chance.pick(kind.trades)
    name, name_en = first[0] + second[0] + trade[0], f"{first[1]}{second[1]} {trade[1]}"
    used[name] = used.get(name, 0) + 1
    if used[name] > 1:
        return f"{name}（{used[name]}部）", f"{name_en} No. {used[name]}"
    return name, name_en
