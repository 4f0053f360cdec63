"""Table schema of an agency's checklist."""

from functools import cache
from importlib.resources import files

from lianzhi.domains.enforcement.lists.line import Line
from lianzhi.tabular.schema import Schema, schemas


@cache
def schema() -> Schema:
    """Columns of a checklist, whose rows are `Line`s."""
    text = files(__package__).joinpath("checklist_table.toml").read_text("utf-8")
    return schemas(text, {"checklists": Line})["checklists"]
