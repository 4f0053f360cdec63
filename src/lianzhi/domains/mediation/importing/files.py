"""The kinds of files of a mediation office, and how a folder of them is read."""

from collections.abc import Callable
from functools import cache, partial
from importlib.resources import files
from pathlib import Path

from lianzhi.domains.mediation.case_row import CaseRow
from lianzhi.office.refusal import Refusal
from lianzhi.tabular import folder
from lianzhi.tabular.cells import ENDINGS
from lianzhi.tabular.folder import FileKind, Folder
from lianzhi.tabular.known_ids import KnownIds
from lianzhi.tabular.reading import ReadTable, read
from lianzhi.tabular.schema import Schema, schemas

#: Row of each kind of file.
FORMS = {"cases": CaseRow}


@cache
def known_schemas() -> dict[str, Schema]:
    """The schema of each kind."""
    return schemas(files(__package__).joinpath("tables.toml").read_text("utf-8"), FORMS)


def stored_name(sent: str) -> str:
    """Name under which an uploaded file is stored. Raises Refusal for an unknown kind."""
    stem, ending = Path(sent).stem.casefold(), Path(sent).suffix.lower()
    named = [kind for kind, schema in known_schemas().items() if {kind, schema.kind.zh} & {stem}]
    if not named or ending not in ENDINGS:
        raise Refusal("file_name", f"{sent[:80]}: the name tells no kind", name=sent[:80])
    return f"{named[0]}{ending}"


def read_folder(
    path: Path, known: KnownIds, on_kind: Callable[[str], None] = lambda kind: None
) -> Folder:
    """Read the files of a folder; `known` are ids that are on the record."""
    kinds = {kind: FileKind(partial(_read, kind), ENDINGS) for kind in FORMS}
    return folder.read_folder(path, kinds, known, on_kind)


def _read(kind: str, path: Path, known: KnownIds) -> ReadTable[object]:
    return read(path, known_schemas()[kind], known)
