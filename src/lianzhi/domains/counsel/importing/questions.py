"""questions.csv: how a folder with the file is read."""

from collections.abc import Callable
from functools import cache
from importlib.resources import files
from pathlib import Path

from lianzhi.domains.counsel.guidance.question_row import QuestionRow
from lianzhi.kit import table_names
from lianzhi.tabular import folder
from lianzhi.tabular.cells import ENDINGS
from lianzhi.tabular.folder import FileKind, Folder
from lianzhi.tabular.known_ids import KnownIds
from lianzhi.tabular.reading import ReadTable, read
from lianzhi.tabular.schema import Schema, schemas

KIND = "questions"


@cache
def schema() -> Schema:
    """Columns of the file."""
    text = files(__package__).joinpath("questions.toml").read_text("utf-8")
    return schemas(text, {KIND: QuestionRow})[KIND]


def stored_name(sent: str) -> str:
    """Name under which an uploaded file is stored. Raises Refusal for an unknown kind."""
    return table_names.stored_name(sent, {KIND: schema().kind.zh}, {KIND: ENDINGS})


def read_folder(
    path: Path,
    check: Callable[[ReadTable[QuestionRow]], ReadTable[QuestionRow]],
    on_kind: Callable[[str], None] = lambda kind: None,
) -> Folder:
    """Read the file of a folder; `check` takes out rows that may not come in."""
    kind = FileKind(lambda file, known: check(read(file, schema(), known)), ENDINGS)
    return folder.read_folder(path, {KIND: kind}, KnownIds(), on_kind)
