"""Reads grids from GeoJSON (RFC 7946) and reports each fault with its feature, place and mend."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal, NamedTuple

import msgspec
import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from lianzhi.dispatch.grids.coverage import MOST_OVERLAPS, CrowdedError, gaps, overlaps
from lianzhi.dispatch.grids.grid import Grid, Grids
from lianzhi.dispatch.grids.plane import DIGITS, Floats
from lianzhi.law.words import Words

MOST_BYTES = 32 << 20
MOST_GRIDS = 5_000
MOST_VERTICES = 200_000
MOST_OF_ONE = 10_000
"""Vertices of one grid."""
_WGS84 = ("urn:ogc:def:crs:OGC:1.3:CRS84", "urn:ogc:def:crs:EPSG::4326", "EPSG:4326")


class GridError(ValueError):
    """A file that cannot be used as a whole; the message says why and how to mend it."""


class Problem(NamedTuple):
    """A fault of a file, or a note on it."""

    kind: str
    """`shape`, `limit`, `property`, `range`, `ring`, `crossing`, `hole`, `twice`, `overlap`,
    `gap`."""
    feature: int | None
    """Number of the feature in the file, from 1; None where the problem concerns several."""
    ids: tuple[str, ...]
    said: str
    """What is wrong and how to mend it."""
    at: tuple[float, float] | None = None
    """Longitude and latitude of a point where it is seen."""


class Survey(NamedTuple):
    """The usable grids of a file, its faults, and notes on it."""

    grids: Grids
    problems: tuple[Problem, ...]
    notes: tuple[Problem, ...]


_Position = Annotated[list[float], msgspec.Meta(min_length=2, max_length=3)]
_Rings = list[list[_Position]]


class _Polygon(msgspec.Struct, tag="Polygon"):
    coordinates: Annotated[_Rings, msgspec.Meta(min_length=1)]


class _MultiPolygon(msgspec.Struct, tag="MultiPolygon"):
    coordinates: Annotated[list[Annotated[_Rings, msgspec.Meta(min_length=1)]],
                           msgspec.Meta(min_length=1)]  # fmt: skip


_Text = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class _Properties(msgspec.Struct):
    id: _Text
    name: _Text
    squad: _Text
    name_en: Annotated[str, msgspec.Meta(max_length=200)] | None = None


class _Feature(msgspec.Struct):
    type: Literal["Feature"]
    properties: _Properties
    geometry: _Polygon | _MultiPolygon


class _Collection(msgspec.Struct):
    type: Literal["FeatureCollection"]
    features: list[msgspec.Raw]
    crs: Any = None


class _FaultError(ValueError):
    def __init__(self, kind: str, message: str, at: tuple[float, float] | None = None) -> None:
        self.kind, self.at = kind, at
        super().__init__(message)


def read(data: bytes) -> Survey:
    """Read and check a file. Raises GridError where it cannot be used as a whole.

    Grids that overlap are kept beside the problem that reports it: a point in both is found in the
    first. Features with another fault are left out. Gaps are looked for where no grids overlap.
    """
    grids_, problems = _grids(data)
    grids = Grids(grids_)
    shared = list(_overlaps(grids))
    return Survey(grids, (*problems, *shared), () if shared else tuple(_gaps(grids)))


def usable(data: bytes) -> Grids:
    """The grids of a file that was checked before. Raises GridError."""
    return Grids(_grids(data)[0])


def _grids(data: bytes) -> tuple[list[Grid], list[Problem]]:
    grids: list[Grid] = []
    problems: list[Problem] = []
    left, known = MOST_VERTICES, set[str]()
    for number, raw in enumerate(_features(data), 1):
        try:
            grid, vertices = _grid(raw, left)
            if grid.id in known:
                raise _FaultError("twice", f"id is {grid.id!r} again; give each grid its own")
            left -= vertices
            known.add(grid.id)
            grids.append(grid)
        except _FaultError as fault:
            message = f"feature {number}: {fault}"
            problems.append(Problem(fault.kind, number, (_id_of(raw),), message, fault.at))
    return grids, problems


def _features(data: bytes) -> list[msgspec.Raw]:
    if len(data) > MOST_BYTES:
        raise GridError(f"{len(data):,} bytes are too many, {MOST_BYTES:,} at most; simplify it")
    try:
        read = msgspec.json.decode(data.removeprefix(b"\xef\xbb\xbf"), type=_Collection)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise GridError(f"no GeoJSON FeatureCollection: {error}; export it as one") from None
    if read.crs is not None and not any(name in str(read.crs)[:500] for name in _WGS84):
        raise GridError("crs is another than WGS 84 (RFC 7946, 4); export it in WGS 84, no crs")
    if len(read.features) > MOST_GRIDS:
        raise GridError(f"{len(read.features):,} features are too many, {MOST_GRIDS:,} at most")
    if not read.features:
        raise GridError("features is empty; give at least one grid")
    return read.features


def _id_of(raw: msgspec.Raw) -> str:
    """The id of a feature that may be anything; empty where it has none."""
    try:
        return str(msgspec.json.decode(raw)["properties"]["id"])[:200]
    except (msgspec.DecodeError, LookupError, TypeError, RecursionError):
        return ""


def _grid(raw: msgspec.Raw, left: int) -> tuple[Grid, int]:
    try:
        feature = msgspec.json.decode(raw, type=_Feature)
    except (msgspec.DecodeError, RecursionError) as error:
        kind = "property" if "properties" in str(error) else "shape"
        raise _FaultError(
            kind, f"{error}; give a Polygon or MultiPolygon with id, name, squad (RFC 7946)"
        ) from None
    geometry = feature.geometry
    parts = geometry.coordinates if isinstance(geometry, _MultiPolygon) else [geometry.coordinates]
    vertices = sum(len(ring) for part in parts for ring in part)
    if vertices > MOST_OF_ONE or vertices > left:
        most = min(MOST_OF_ONE, left)
        raise _FaultError("limit", f"{vertices:,} vertices, {most:,} left at most; simplify it")
    polygons = [
        shapely.Polygon(*_rings(rings, f"polygon {number}"))
        for number, rings in enumerate(parts, 1)
    ]
    shape = polygons[0] if len(polygons) == 1 else shapely.MultiPolygon(polygons)
    _refuse_invalid(shape)
    properties = feature.properties
    for name, value in msgspec.structs.asdict(properties).items():
        if value and not (value.isprintable() and value.strip()):
            raise _FaultError("property", f"{name} is {value!r}; write it in plain characters")
    words = Words(properties.name, (properties.name_en or "").strip() or properties.name)
    return Grid(properties.id, words, properties.squad, shape), vertices


def _rings(rings: _Rings, name: str) -> tuple[Floats, list[Floats]]:
    """The outer ring of a polygon, and its holes."""
    shell, *holes = (_ring(ring, f"{name}, ring {n}") for n, ring in enumerate(rings, 1))
    return shell, holes


def _ring(positions: list[list[float]], name: str) -> Floats:
    degrees = np.array([position[:2] for position in positions], np.float64).reshape(-1, 2)
    wrong = np.flatnonzero((np.abs(degrees) > (180, 90)).any(axis=1))
    if len(wrong):
        lon, lat = degrees[wrong[0]].tolist()
        raise _FaultError(
            "range",
            f"{name}: position {wrong[0] + 1} is {lon}, {lat}: give longitude (-180 to 180), then "
            "latitude (-90 to 90)",
        )
    if len(degrees) < 4 or (degrees[0] != degrees[-1]).any():
        raise _FaultError(
            "ring", f"{name} is not closed; give 4 positions or more, the last as the first"
        )
    ring = degrees[:-1].round(DIGITS)
    ring = ring[(ring != np.roll(ring, 1, axis=0)).any(axis=1)]
    if len(ring) < 3:
        raise _FaultError("ring", f"{name} encloses nothing; leave it out or mend it")
    return np.asarray(ring)


def _refuse_invalid(shape: BaseGeometry) -> None:
    """Raise where rings cross or touch, holes lie outside, or parts lie in one another (OGC)."""
    if shapely.is_valid(shape):
        return
    reason, _, place = shapely.is_valid_reason(shape).rstrip("]").partition("[")
    lon, lat = map(float, place.split())
    if reason.startswith("Hole"):
        kind, message = "hole", "a hole lies outside its ring or in another hole; mend it"
    elif reason == "Nested shells":
        kind, message = "crossing", "a part lies in another part; join them"
    else:
        kind = "crossing"
        message = f"its border crosses or touches itself at {lon:.7f}, {lat:.7f}; untangle it there"
    raise _FaultError(kind, message, (lon, lat))


def _overlaps(grids: Grids) -> Iterator[Problem]:
    try:
        overlapping = list(overlaps(grids))
    except CrowdedError as error:
        raise GridError(f"{error}; draw each piece of ground once") from None
    if len(overlapping) == MOST_OVERLAPS:
        message = f"at most {MOST_OVERLAPS} overlaps are told; mend them and look again"
        yield Problem("limit", None, (), message)
    for first, second, ground in overlapping:
        ids = grids.grids[first].id, grids.grids[second].id
        lon, lat = ground.at
        yield Problem(
            "overlap",
            None,
            ids,
            f"{ids[0]} and {ids[1]} overlap by {ground.square_metres:,.0f} square metres, as at "
            f"{lon:.7f}, {lat:.7f}; draw one border for both",
            ground.at,
        )


def _gaps(grids: Grids) -> Iterator[Problem]:
    for gap in gaps(grids):
        lon, lat = gap.at
        yield Problem(
            "gap",
            None,
            (),
            f"about {gap.square_metres:,.0f} square metres around {lon:.7f}, {lat:.7f} belong to "
            "no grid; what is reported there goes to the central desk",
            gap.at,
        )
