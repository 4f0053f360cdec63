"""A row of mediators.csv, and the form of a mediator: the same columns with the same rules."""

import datetime as dt
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Annotated, Any

import msgspec

from lianzhi.domains.mediation.nouns.dispute import Language, Level
from lianzhi.domains.mediation.refusals import RefusedError
from lianzhi.domains.mediation.routes import Field
from lianzhi.tabular.cells import Cell
from lianzhi.tabular.field_types import ID, Id
from lianzhi.tabular.problem import TableError
from lianzhi.tabular.schema import Schema, schemas

Given = Cell | tuple[str, ...]
"""What a field of a form gives: a cell, or several choices."""
Name = Annotated[str, ID]


class MediatorRow(msgspec.Struct, frozen=True):
    """调解员: who mediates what, where, in which languages, and for whom they must not."""

    id: Id
    """User name with which the mediator signs in."""
    fields: tuple[Field, ...]
    most_open: Annotated[int, msgspec.Meta(ge=1, le=200)]
    rooms: tuple[Level, ...] = ()
    """Of the 1+N network: the centre, front-line rooms."""
    languages: tuple[Language, ...] = ("zh",)
    legal_until: dt.date | None = None
    psychology_until: dt.date | None = None
    employers: tuple[Name, ...] = ()
    """Enterprises whose disputes they must not mediate, by the names that parties have."""
    offices: tuple[Id, ...] = ()
    """Offices whose cases they must not mediate."""


@cache
def schema() -> Schema:
    """The columns of a mediator."""
    text = files(__package__).joinpath("mediators.toml").read_text("utf-8")
    return schemas(text, {"mediators": MediatorRow})["mediators"]


def from_form(given: Mapping[str, Given]) -> MediatorRow:
    """A row from the fields of a form, read as cells are. Raises RefusedError naming the field."""
    values: dict[str, Any] = {}
    for column in schema().columns:
        field = given.get(column.name)
        cell = ";".join(field) if isinstance(field, tuple) else field
        named: dict[str, Any] = {"field": column.name, "column": column.header}
        if cell in (None, ""):
            if column.required:
                raise RefusedError("mediator_empty", f"{column.name} is empty; fill it in", **named)
            continue
        named["value"] = str(cell)[:80]
        try:
            values[column.name] = column.codec.read(cell)
        except TableError as error:
            message = f"{column.name} is {cell!r:.80}: {error}"
            raise RefusedError("mediator_cell", message, fault=error.fault, **named) from None
    row = MediatorRow(**values)
    if "/" in row.id:
        raise RefusedError("mediator_id", f"id is {row.id!r}", field="id", value=row.id)
    return row
