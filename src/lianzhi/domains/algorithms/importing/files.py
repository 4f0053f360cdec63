"""The file of algorithms: how it is called, and how a folder with it is read."""

from collections.abc import Callable
from functools import cache, partial
from importlib.resources import files
from pathlib import Path
from typing import Any

from lianzhi.domains.algorithms.importing.rows import AlgorithmRow
from lianzhi.kit import table_names
from lianzhi.tabular import folder, reading
from lianzhi.tabular.cells import ENDINGS
from lianzhi.tabular.folder import FileKind, Folder
from lianzhi.tabular.known_ids import KnownIds
from lianzhi.tabular.reading import ReadTable
from lianzhi.tabular.schema import Schema, schemas

KIND = "algorithms"


@cache
def all_schemas() -> dict[str, Schema]:
    """Schemas by kind of file."""
    text = files(__package__).joinpath("tables.toml").read_text("utf-8")
    return schemas(text, {KIND: AlgorithmRow})


def stored_name(sent: str) -> str:
    """Name under which an uploaded file is stored. Raises Refusal for an unknown kind."""
    return table_names.stored_name(sent, {KIND: "算法"}, {KIND: ENDINGS})


def read_folder(path: Path, on_kind: Callable[[str], None] = lambda kind: None) -> Folder:
    """Read the file of algorithms in a folder."""
    kinds = {KIND: FileKind(partial(_read, KIND), ENDINGS)}
    return folder.read_folder(path, kinds, KnownIds({}), on_kind)


def _read(kind: str, path: Path, known: KnownIds) -> ReadTable[Any]:
    return reading.read(path, all_schemas()[kind], known)
