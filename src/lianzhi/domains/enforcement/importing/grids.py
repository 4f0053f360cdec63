"""Reads grids.geojson (RFC 7946): Polygons with one ring and the properties of a grid.

What comes in becomes the map, so it is examined as a map that is drawn (`dispatch.geojson`): of two
grids that overlap the later one is left out.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import msgspec

from lianzhi.dispatch.grids import geojson
from lianzhi.domains.enforcement.importing.codec import codec
from lianzhi.domains.enforcement.importing.limits import POSITIONS, content
from lianzhi.domains.enforcement.importing.problem import Mend, MendError, Problem, told
from lianzhi.domains.enforcement.importing.rows import Grid, Id

_NAMES = ("id", "name", "name_en", "squad")
_ID, _TEXT = codec(Id), codec(str)
Position = Annotated[tuple[float, ...], msgspec.Meta(min_length=2, max_length=3)]


class _Polygon(msgspec.Struct, tag="Polygon", tag_field="type"):
    coordinates: tuple[tuple[Position, ...], ...]


class _Feature(msgspec.Struct, tag="Feature", tag_field="type"):
    geometry: _Polygon
    properties: dict[str, Any]


class _Collection(msgspec.Struct, tag="FeatureCollection", tag_field="type"):
    features: list[msgspec.Raw]


def read(path: Path) -> tuple[tuple[Grid, ...], tuple[Problem, ...], frozenset[str]]:
    """Grids, errors and the ids of grids that were left out. Raises MendError about the file."""
    data = content(path)
    try:
        features = msgspec.json.decode(data, type=_Collection).features
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise MendError("collection", why=error) from None
    if len(features) > geojson.MOST_GRIDS:
        raise MendError("features", most=f"{geojson.MOST_GRIDS:,}")
    found: dict[str, Grid] = {}
    places: dict[str, int] = {}
    errors: list[Problem] = []
    refused: set[str] = set()
    for number, raw in enumerate(features, 1):
        column, value = "", ""
        try:
            feature = msgspec.json.decode(raw, type=_Feature)
            column, value = next(_wrong(feature.properties), ("", ""))
            if column:
                raise MendError("grid_fields")
            grid = _grid(feature)
            if grid.id in found:
                column, value = "id", grid.id
                raise MendError("grid_again")
            found[grid.id], places[grid.id] = grid, number
        except MendError as error:
            errors.append(Problem(path.name, number, column, value, error.why))
            refused |= {value} if column == "id" and value not in found else set()
        except (msgspec.MsgspecError, RecursionError) as error:
            errors.append(Problem(path.name, number, "", "", Mend("feature", {"why": error})))
    for one, said in _faults(data, places) if found else ():
        errors.append(Problem(path.name, places[one], "", one, Mend("map", {"says": said})))
        refused.add(one)
        del found[one]
    errors.sort(key=lambda one: one.line)
    return tuple(found.values()), tuple(errors), frozenset(refused)


def _faults(data: bytes, places: dict[str, int]) -> Iterator[tuple[str, str]]:
    """Ids of grids that can't stand on a map, and what is wrong with each.

    Raises MendError where the file can't be a map at all.
    """
    try:
        problems = geojson.read(data).problems
    except geojson.GridError as error:
        raise MendError("map", says=error) from None
    left, ids = dict(places), {number: one for one, number in places.items()}
    for fault in problems:
        if fault.feature is None and not fault.ids:
            raise MendError("map", says=fault.said)
        stands = all(one in left for one in fault.ids)
        one = fault.ids[-1] if fault.feature is None else ids.get(fault.feature, "")
        if one in left and (stands or fault.feature is not None):
            del left[one]
            yield one, fault.said.removeprefix(f"feature {fault.feature}: ")


def _wrong(properties: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for name in _NAMES:
        value = properties.get(name, "")
        reading = _ID if name in ("id", "squad") else _TEXT
        try:
            if not isinstance(value, str) or not (reading.read(value) or name == "name_en"):
                yield name, told(value)
        except MendError:
            yield name, told(value)


def _grid(feature: _Feature) -> Grid:
    properties = {name: feature.properties.get(name, "").strip() for name in _NAMES}
    rings = feature.geometry.coordinates
    if len(rings) != 1:
        raise MendError("rings", n=len(rings))
    ring = tuple((position[0], position[1]) for position in rings[0])
    if not 4 <= len(ring) <= POSITIONS or ring[0] != ring[-1]:
        raise MendError("ring", n=len(ring), most=f"{POSITIONS:,}")
    for lon, lat in ring:
        if not (-180 <= lon <= 180 and -90 <= lat <= 90):
            raise MendError("place", lon=lon, lat=lat)
    return Grid(**properties, ring=ring)
