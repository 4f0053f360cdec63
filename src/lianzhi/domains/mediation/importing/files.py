"""The kinds of files of a mediation office, and how a folder of them is read."""

from collections.abc import Callable
from functools import cache, partial
from importlib.resources import files
from pathlib import Path

from msgspec import Struct

from lianzhi.domains.mediation.case_row import CaseRow
from lianzhi.domains.mediation.importing.dispute_row import DisputeRow
from lianzhi.kit import table_names
from lianzhi.tabular import folder
from lianzhi.tabular.cells import ENDINGS
from lianzhi.tabular.folder import FileKind, Folder
from lianzhi.tabular.known_ids import KnownIds
from lianzhi.tabular.reading import ReadTable, read
from lianzhi.tabular.schema import Schema, schemas

#: Row of each kind of file.
FORMS: dict[str, type[Struct]] = {"cases": CaseRow, "disputes": DisputeRow}


@cache
def known_schemas() -> dict[str, Schema]:
    """The schema of each kind."""
    return schemas(files(__package__).joinpath("tables.toml").read_text("utf-8"), FORMS)


def stored_name(sent: str) -> str:
    """Name under which an uploaded file is stored. Raises Refusal for an unknown kind."""
    chinese = {kind: schema.kind.zh for kind, schema in known_schemas().items()}
    return table_names.stored_name(sent, chinese, dict.fromkeys(FORMS, ENDINGS))


def read_folder(
    path: Path, known: KnownIds, on_kind: Callable[[str], None] = lambda kind: None
) -> Folder:
    """Read the files of a folder; `known` are ids that are on the record."""
    kinds = {kind: FileKind(partial(_read, kind), ENDINGS) for kind in FORMS}
    return folder.read_folder(path, kinds, known, on_kind)


def _read(kind: str, path: Path, known: KnownIds) -> ReadTable[object]:
    return read(path, known_schemas()[kind], known)
