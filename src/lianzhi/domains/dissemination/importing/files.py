"""The kinds of files, and how a folder of them is read."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from lianzhi.domains.dissemination.sources.lists import known_schemas
from lianzhi.kit import table_names
from lianzhi.tabular import folder, reading
from lianzhi.tabular.cells import ENDINGS
from lianzhi.tabular.folder import FileKind, Folder
from lianzhi.tabular.known_ids import KnownIds
from lianzhi.tabular.reading import ReadTable

CHINESE = {"outlets": "许可", "sources": "稿源"}
FILES = tuple(CHINESE)


def stored_name(sent: str) -> str:
    """Name under which an uploaded file is stored. Raises Refusal for an unknown kind."""
    return table_names.stored_name(sent, CHINESE, dict.fromkeys(FILES, ENDINGS))


def read_folder(path: Path, on_kind: Callable[[str], None] = lambda kind: None) -> Folder:
    """Read every file of the domain in a folder."""
    kinds = {kind: FileKind(partial(_read, kind), ENDINGS) for kind in FILES}
    return folder.read_folder(path, kinds, KnownIds({}), on_kind)


def _read(kind: str, path: Path, known: KnownIds) -> ReadTable[Any]:
    return reading.read(path, known_schemas()[kind], known)
