"""The kinds of files of a town, and how a folder of them is read."""

from collections.abc import Callable
from functools import cache, partial
from importlib.resources import files
from pathlib import Path
from typing import Any

from lianzhi.domains.enforcement.importing import grid_file
from lianzhi.domains.enforcement.importing.town_rows import FORMS
from lianzhi.kit import table_names
from lianzhi.tabular import folder, reading
from lianzhi.tabular.cells import ENDINGS
from lianzhi.tabular.folder import FileKind, Folder
from lianzhi.tabular.known_ids import KnownIds
from lianzhi.tabular.reading import NOTHING_KNOWN, ReadTable
from lianzhi.tabular.schema import Schema, schemas

#: Optional files of a town; without them the caller's defaults apply.
_OWN = ("departments", "items", "observers")
_OTHERS = ("officers", "enterprises", "requests", "inspections", "penalties", "permits")
#: Kinds of files of a town with their extensions, each after those that it refers to.
FILES = {
    **dict.fromkeys(_OWN, ENDINGS),
    "grids": (".geojson",),
    **dict.fromkeys(_OTHERS, ENDINGS),
}

_CHINESE = {
    "departments": "部门",
    "items": "事项",
    "observers": "观察员",
    "grids": "网格",
    "officers": "执法人员",
    "enterprises": "企业",
    "requests": "诉求",
    "inspections": "检查",
    "penalties": "处罚",
    "permits": "许可",
}


def kind_of(name: str) -> str | None:
    """The kind in a file name such as `penalties-2026.csv` or `处罚案件.xlsx`; None: unknown."""
    return table_names.kind_of(name, _CHINESE)


def stored_name(sent: str) -> str:
    """Name under which an uploaded file is stored. Raises Refusal for an unknown kind."""
    return table_names.stored_name(sent, _CHINESE, FILES)


@cache
def _schemas() -> dict[str, Schema]:
    text = files(__package__).joinpath("town_tables.toml").read_text("utf-8")
    return schemas(text, FORMS)


def schema(kind: str) -> Schema:
    """The schema of one of FORMS. Raises KeyError for another kind."""
    return _schemas()[kind]


def read(
    path: Path, kind: str, known: KnownIds = NOTHING_KNOWN, data: bytes | None = None
) -> ReadTable[Any]:
    """The rows of a file of a kind: one of FORMS, or `grids` (GeoJSON); as `tabular.reading`."""
    if kind == "grids":
        return grid_file.read(path)
    return reading.read(path, schema(kind), known, data)


def read_folder(
    path: Path, known: KnownIds, on_kind: Callable[[str], None] = lambda kind: None
) -> Folder:
    """Read every file of a town in a folder.

    `known`: `items` and `departments` that apply unless the folder has files of them, and ids of
    other kinds that exist beside those of the folder.
    """
    return folder.read_folder(path, _kinds(), known, on_kind)


def _kinds() -> dict[str, FileKind]:
    # An observer who acts as an officer breaks the law but is imported: the monitors report it.
    also = {"officers": "observers"}
    return {
        kind: FileKind(partial(_read_kind, kind), endings, kind in _OWN, also.get(kind, ""))
        for kind, endings in FILES.items()
    }


def _read_kind(kind: str, path: Path, known: KnownIds) -> ReadTable[Any]:
    return read(path, kind, known)
