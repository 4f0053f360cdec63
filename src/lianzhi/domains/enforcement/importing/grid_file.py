"""Reads and writes grids.geojson (RFC 7946): Polygons with one ring and the properties of a grid.

Imported grids become the map, so they are checked like a drawn map (`dispatch.geojson`): of two
overlapping grids the later one is left out.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

import msgspec

from lianzhi.dispatch.grids import geojson
from lianzhi.domains.enforcement.importing.town_rows import Grid
from lianzhi.domains.enforcement.words import words
from lianzhi.tabular.codec import codec
from lianzhi.tabular.field_types import Id
from lianzhi.tabular.limits import file_bytes
from lianzhi.tabular.problem import Fault, Problem, TableError, excerpt
from lianzhi.tabular.reading import ReadTable

_NAMES = ("id", "name", "name_en", "squad")
_ID, _TEXT = codec(Id), codec(str)
#: Largest number of positions of one polygon.
_POSITIONS = 10_000
Position = Annotated[tuple[float, ...], msgspec.Meta(min_length=2, max_length=3)]


class _Polygon(msgspec.Struct, tag="Polygon", tag_field="type"):
    coordinates: tuple[tuple[Position, ...], ...]


class _Feature(msgspec.Struct, tag="Feature", tag_field="type"):
    geometry: _Polygon
    properties: dict[str, Any]


class _Collection(msgspec.Struct, tag="FeatureCollection", tag_field="type"):
    features: list[msgspec.Raw]


def write(grids: Sequence[Grid]) -> bytes:
    """Grids as a GeoJSON FeatureCollection."""
    features = [
        {
            "type": "Feature",
            "properties": {
                "id": grid.id, "name": grid.name, "name_en": grid.name_en, "squad": grid.squad,
            },
            "geometry": {"type": "Polygon", "coordinates": [grid.ring]},
        }
        for grid in grids
    ]  # fmt: skip
    return msgspec.json.encode({"type": "FeatureCollection", "features": features})


def read(path: Path) -> ReadTable[Grid]:
    """The grids of a file; a problem's line is the feature, counted from 1, or 0 for the file."""
    try:
        return _read(path)
    except TableError as error:
        return ReadTable((), (Problem(path.name, 0, "", "", error.fault),), file=path.name)


def _read(path: Path) -> ReadTable[Grid]:
    data = file_bytes(path)
    try:
        features = msgspec.json.decode(data, type=_Collection).features
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise _wrong("collection", why=error) from None
    if len(features) > geojson.MOST_GRIDS:
        raise _wrong("features", most=f"{geojson.MOST_GRIDS:,}")
    grids: dict[str, Grid] = {}
    places: dict[str, int] = {}
    errors: list[Problem] = []
    refused: set[str] = set()
    for number, raw in enumerate(features, 1):
        column, value = "", ""
        try:
            feature = msgspec.json.decode(raw, type=_Feature)
            column, value = next(_bad_fields(feature.properties), ("", ""))
            if column:
                raise _wrong("grid_fields")
            grid = _grid(feature)
            if grid.id in grids:
                column, value = "id", grid.id
                raise _wrong("grid_again")
            grids[grid.id], places[grid.id] = grid, number
        except TableError as error:
            errors.append(Problem(path.name, number, column, value, error.fault))
            refused |= {value} if column == "id" and value not in grids else set()
        except (msgspec.MsgspecError, RecursionError) as error:
            fault = _fault("feature", why=error)
            errors.append(Problem(path.name, number, "", "", fault))
    for grid_id, message in _map_faults(data, places) if grids else ():
        fault = _fault("map", says=message)
        errors.append(Problem(path.name, places[grid_id], "", grid_id, fault))
        refused.add(grid_id)
        del grids[grid_id]
    errors.sort(key=lambda problem: problem.line)
    return ReadTable(
        tuple(grids.values()),
        tuple(errors),
        frozenset(refused),
        tuple(range(1, len(grids) + 1)),
        path.name,
    )


def _fault(rule: str, **params: object) -> Fault:
    return Fault(rule, params, words)


def _wrong(rule: str, **params: object) -> TableError:
    return TableError(_fault(rule, **params))


def _map_faults(data: bytes, places: dict[str, int]) -> Iterator[tuple[str, str]]:
    """Ids of grids that can't be used on a map, with the fault of each.

    Raises TableError where the file can't be a map at all.
    """
    try:
        problems = geojson.read(data).problems
    except geojson.GridError as error:
        raise _wrong("map", says=error) from None
    left, ids = dict(places), {number: id_ for id_, number in places.items()}
    for fault in problems:
        if fault.feature is None and not fault.ids:
            raise _wrong("map", says=fault.said)
        stands = all(id_ in left for id_ in fault.ids)
        place = fault.ids[-1] if fault.feature is None else ids.get(fault.feature, "")
        if place in left and (stands or fault.feature is not None):
            del left[place]
            yield place, fault.said.removeprefix(f"feature {fault.feature}: ")


def _bad_fields(properties: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for name in _NAMES:
        value = properties.get(name, "")
        reading = _ID if name in ("id", "squad") else _TEXT
        try:
            if not isinstance(value, str) or not (reading.read(value) or name == "name_en"):
                yield name, excerpt(value)
        except TableError:
            yield name, excerpt(value)


def _grid(feature: _Feature) -> Grid:
    properties = {name: feature.properties.get(name, "").strip() for name in _NAMES}
    rings = feature.geometry.coordinates
    if len(rings) != 1:
        raise _wrong("rings", n=len(rings))
    ring = tuple((position[0], position[1]) for position in rings[0])
    if not 4 <= len(ring) <= _POSITIONS or ring[0] != ring[-1]:
        raise _wrong("ring", n=len(ring), most=f"{_POSITIONS:,}")
    for lon, lat in ring:
        if not (-180 <= lon <= 180 and -90 <= lat <= 90):
            raise _wrong("place", lon=lon, lat=lat)
    return Grid(**properties, ring=ring)
