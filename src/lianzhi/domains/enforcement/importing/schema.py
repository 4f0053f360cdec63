"""What the columns of a kind of file are, from its struct and `schemas.toml`."""

import tomllib
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import Annotated, Any, NamedTuple, get_args, get_origin, get_type_hints

import msgspec

from lianzhi.domains.enforcement.importing.cells import Cell
from lianzhi.domains.enforcement.importing.codec import Codec, codec, text
from lianzhi.domains.enforcement.importing.known import Ref
from lianzhi.domains.enforcement.importing.problem import MendError, told
from lianzhi.domains.enforcement.importing.rows import FORMS


class Column(NamedTuple):
    """One column: how its cells are read, and what they may point to."""

    name: str
    others: tuple[str, ...]
    """Other headers that are understood."""
    codec: Codec
    required: bool
    refers: str
    """The kind whose ids it holds; empty: none."""
    many: bool


class Schema(NamedTuple):
    """A kind of table."""

    kind: str
    form: type[msgspec.Struct]
    columns: tuple[Column, ...]
    order: tuple[tuple[str, str], ...]
    together: tuple[tuple[str, str], ...]

    def placed(self, header: Sequence[Cell]) -> list[Column]:
        """The column that each cell of a header names. Raises MendError."""
        known = {name.casefold(): one for one in self.columns for name in (one.name, *one.others)}
        found: list[Column] = []
        for cell in header:
            said = text(cell)
            column = known.get(said.casefold())
            if column is None:
                near = get_close_matches(said.casefold(), known, 1, 0.0)[0]
                raise MendError("unknown_column", name=told(said), kind=self.kind, near=near)
            if column in found:
                raise MendError("column_twice", column=column.name)
            found.append(column)
        missing = [one.name for one in self.columns if one.required and one not in found]
        if missing:
            raise MendError("lacks", column=missing[0], all=", ".join(missing))
        return found


class _Said(msgspec.Struct, forbid_unknown_fields=True):
    columns: dict[str, str | tuple[str, ...]]
    order: tuple[tuple[str, str], ...] = ()
    together: tuple[tuple[str, str], ...] = ()


@cache
def schema(kind: str) -> Schema:
    """The schema of one of FORMS. Raises KeyError for another."""
    form = FORMS[kind]
    file = files("lianzhi.domains.enforcement.importing").joinpath("schemas.toml")
    said = msgspec.convert(tomllib.loads(file.read_text("utf-8"))[kind], _Said)
    hints = get_type_hints(form, include_extras=True)
    fields = {field.name: field for field in msgspec.structs.fields(form)}
    columns = []
    for name, others in said.columns.items():
        refers, many = next(_refers(hints[name]), ""), "tuple" in str(hints[name])
        columns.append(
            Column(
                name,
                (others,) if isinstance(others, str) else others,
                codec(hints[name]),
                fields[name].required,
                refers,
                many,
            )
        )
    return Schema(kind, form, tuple(columns), said.order, said.together)


def _refers(hint: Any) -> Iterator[str]:
    """The kinds that a type points to, wherever in it the mark stands."""
    if get_origin(hint) is Annotated:
        yield from (mark.kind for mark in get_args(hint) if isinstance(mark, Ref))
    for inner in get_args(hint):
        yield from _refers(inner)
