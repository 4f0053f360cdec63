"""Files of a town: CSV in UTF-8 with `;` between several values, GeoJSON, and the answer key."""

import csv
import datetime as dt
import io
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

from lianzhi.domains.enforcement.town.baseline.rows import (
    Enterprise,
    Grid,
    Inspection,
    Observer,
    Officer,
    Penalty,
    Permit,
    Request,
    Town,
)
from lianzhi.domains.enforcement.town.baseline.settings import Settings, load
from lianzhi.domains.enforcement.town.baseline.workdays import day_of, minute_of

_TABLES: dict[str, type[msgspec.Struct]] = {
    "enterprises": Enterprise,
    "officers": Officer,
    "observers": Observer,
    "requests": Request,
    "inspections": Inspection,
    "penalties": Penalty,
    "permits": Permit,
}


def documents(town: Town, settings: Settings | None = None) -> dict[str, bytes]:
    """File name -> content of every file of the town, without the answers."""
    settings = settings or load()
    files = {
        f"{name}.csv": _csv(kind.__struct_fields__, map(_cells, getattr(town, name)))
        for name, kind in _TABLES.items()
    }
    files["grids.geojson"] = _geojson(town.grids)
    files["departments.csv"] = _csv(
        ("id", "name", "name_en"),
        ([key, words["zh"], words["en"]] for key, words in sorted(settings.departments.items())),
    )
    files["items.csv"] = _csv(
        ("id", "department", "title", "title_en", "fine_least", "fine_most"),
        sorted(
            [
                *(
                    [key, it.department, it.zh, it.en, *map(str, it.fine)]
                    for key, it in settings.items.items()
                ),
                *(
                    [key, it.department, it.zh, it.en, "", ""]
                    for key, it in settings.permits.items.items()
                ),
            ]
        ),
    )
    return files


def key(town: Town) -> bytes:
    """The answer key as JSON: planted anomalies, and requests that repeat another."""
    manifest = {
        "seed": town.seed,
        "first": town.first,
        "last": town.last,
        "anomalies": town.answers,
        "duplicates": dict(sorted(town.duplicates.items())),
    }
    return (
        msgspec.json.format(msgspec.json.encode(manifest, order="deterministic"), indent=1) + b"\n"
    )


def write(town: Town, folder: Path, settings: Settings | None = None) -> tuple[Path, ...]:
    """Write the files into a folder, created where missing. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, content in documents(town, settings).items():
        paths.append(folder / name)
        paths[-1].write_bytes(content)
    return tuple(paths)


def _csv(header: Iterable[str], rows: Iterable[Iterable[str]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue().encode()


def _cells(row: msgspec.Struct) -> list[str]:
    return [_cell(name, getattr(row, name)) for name in row.__struct_fields__]


def _cell(name: str, value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case tuple():
            return ";".join(value)
        case dt.date():
            return value.isoformat()
        case msgspec.Struct():
            return msgspec.json.encode(value).decode()
        case int() if name.endswith("_at"):
            return _time(value)
        case float():
            return f"{value:.6f}"
    return str(value)


def _time(value: int) -> str:
    minute, second = minute_of(value), value // 1000 % 60
    return f"{day_of(value)}T{minute // 60:02}:{minute % 60:02}:{second:02}+08:00"


def _geojson(grids: Iterable[Grid]) -> bytes:
    features = [
        {
            "type": "Feature",
            "id": grid.id,
            "properties": {
                "id": grid.id, "name": grid.name, "name_en": grid.name_en, "squad": grid.squad,
            },
            "geometry": {"type": "Polygon", "coordinates": [grid.ring]},
        }
        for grid in grids
    ]  # fmt: skip
    whole = {"type": "FeatureCollection", "features": features}
    return (json.dumps(whole, ensure_ascii=False, separators=(",", ":")) + "\n").encode()
