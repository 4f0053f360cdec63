"""The kinds of files, and how a folder of them is read."""

from collections.abc import Callable
from functools import cache, partial
from importlib.resources import files
from pathlib import Path
from typing import Any

from lianzhi.domains.dissemination.importing.rows import Push, Reprint
from lianzhi.domains.dissemination.sources.lists import known_schemas
from lianzhi.kit import table_names
from lianzhi.tabular import folder, reading
from lianzhi.tabular.cells import ENDINGS
from lianzhi.tabular.folder import FileKind, Folder
from lianzhi.tabular.known_ids import KnownIds
from lianzhi.tabular.reading import ReadTable
from lianzhi.tabular.schema import Schema, schemas

CHINESE = {"outlets": "许可", "sources": "稿源", "reprints": "转载", "pushes": "推送"}
FILES = tuple(CHINESE)


@cache
def all_schemas() -> dict[str, Schema]:
    """Schemas by kind of file."""
    text = files(__package__).joinpath("items.toml").read_text("utf-8")
    return known_schemas() | schemas(text, {"reprints": Reprint, "pushes": Push})


def stored_name(sent: str) -> str:
    """Name under which an uploaded file is stored. Raises Refusal for an unknown kind."""
    return table_names.stored_name(sent, CHINESE, dict.fromkeys(FILES, ENDINGS))


def read_folder(path: Path, on_kind: Callable[[str], None] = lambda kind: None) -> Folder:
    """Read every file of the domain in a folder."""
    kinds = {kind: FileKind(partial(_read, kind), ENDINGS) for kind in FILES}
    return folder.read_folder(path, kinds, KnownIds({}), on_kind)


def _read(kind: str, path: Path, known: KnownIds) -> ReadTable[Any]:
    return reading.read(path, all_schemas()[kind], known)
