"""The kinds of files, and how a folder of them is read."""

from collections.abc import Callable
from functools import cache, partial
from importlib.resources import files
from pathlib import Path
from typing import Any

from lianzhi.domains.biosecurity.importing.rows import FORMS
from lianzhi.kit import table_names
from lianzhi.tabular import folder, reading
from lianzhi.tabular.cells import ENDINGS
from lianzhi.tabular.folder import FileKind, Folder
from lianzhi.tabular.known_ids import KnownIds
from lianzhi.tabular.reading import ReadTable
from lianzhi.tabular.schema import Schema, schemas

FILES = tuple(FORMS)
_CHINESE = {"taxa": "名录", "ports": "口岸", "effort": "查验", "interceptions": "截获"}


@cache
def all_schemas() -> dict[str, Schema]:
    """Schemas by kind of file."""
    text = files(__package__).joinpath("tables.toml").read_text("utf-8")
    return schemas(text, FORMS)


def stored_name(sent: str) -> str:
    """Name under which an uploaded file is stored. Raises Refusal for an unknown kind."""
    return table_names.stored_name(sent, _CHINESE, dict.fromkeys(FILES, ENDINGS))


def read_folder(
    path: Path, known: KnownIds, on_kind: Callable[[str], None] = lambda kind: None
) -> Folder:
    """Read every file of the domain in a folder; `known`: ids that are on the record."""
    kinds = {kind: FileKind(partial(_read, kind), ENDINGS) for kind in FILES}
    return folder.read_folder(path, kinds, known, on_kind)


def _read(kind: str, path: Path, known: KnownIds) -> ReadTable[Any]:
    return reading.read(path, all_schemas()[kind], known)
