"""What the columns of a kind of table are: from a struct, and a text of headers and rules."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Annotated, Any, NamedTuple, get_args, get_origin, get_type_hints

import msgspec

from lianzhi.law.words import Words
from lianzhi.tabular.cells import Cell
from lianzhi.tabular.codec import Codec, codec, text
from lianzhi.tabular.field_types import Reference
from lianzhi.tabular.problem import excerpt, wrong


class Column(NamedTuple):
    """One column: how its cells are read, and what they may refer to."""

    name: str
    """The field of the struct, and the English header."""
    aliases: tuple[str, ...]
    """Other headers that are understood, the Chinese one first."""
    codec: Codec
    required: bool
    refers_to: str
    """The kind whose ids it holds; empty: none."""
    kind_name: Words | None
    """What people call that kind."""
    several: bool
    """Whether a cell holds several values, with `;` between."""

    @property
    def header(self) -> Words:
        """What people call the column."""
        return Words(zh=self.aliases[0], en=self.name)


class Schema(NamedTuple):
    """A kind of table."""

    kind: Words
    """What people call it; its English name is its key."""
    form: type[msgspec.Struct]
    columns: tuple[Column, ...]
    order: tuple[tuple[str, str], ...] = ()
    """Pairs of columns, the first of which can't come after the second."""
    together: tuple[tuple[str, str], ...] = ()
    """Pairs of columns that are given both or neither."""

    def columns_of(self, header: Sequence[Cell]) -> list[Column]:
        """The column that each cell of a header names. Raises TableError."""
        known = {name.casefold(): c for c in self.columns for name in (c.name, *c.aliases)}
        columns: list[Column] = []
        for cell in header:
            name = text(cell)
            column = known.get(name.casefold())
            if column is None:
                near = get_close_matches(name.casefold(), known, 1, 0.0)[0]
                raise wrong("unknown_column", name=excerpt(name), kind=self.kind, near=near)
            if column in columns:
                raise wrong("column_twice", column=column.header)
            columns.append(column)
        missing = [c.header for c in self.columns if c.required and c not in columns]
        if missing:
            names = Words("、".join(c.zh for c in missing), ", ".join(c.en for c in missing))
            raise wrong("lacks", column=missing[0], all=names)
        return columns


class _Rules(msgspec.Struct, forbid_unknown_fields=True):
    columns: dict[str, str | tuple[str, ...]]
    order: tuple[tuple[str, str], ...] = ()
    together: tuple[tuple[str, str], ...] = ()


class _File(msgspec.Struct, forbid_unknown_fields=True):
    kinds: dict[str, str]
    """Chinese names of kinds, also of those that columns only refer to."""
    table: dict[str, _Rules]


def schemas(toml: str, forms: Mapping[str, type[msgspec.Struct]]) -> dict[str, Schema]:
    """Schemas by kind: `forms` give types and what may be empty, the TOML headers and rules.

    Raises ValueError where the text is no such file, KeyError where it lacks a kind or a field.
    """
    file = msgspec.convert(tomllib.loads(toml), _File)
    kinds = {kind: Words(zh=zh, en=kind) for kind, zh in file.kinds.items()}
    return {
        kind: Schema(
            kinds[kind],
            form,
            tuple(_columns(form, file.table[kind].columns, kinds)),
            file.table[kind].order,
            file.table[kind].together,
        )
        for kind, form in forms.items()
    }


def _columns(
    form: type[msgspec.Struct],
    aliases: Mapping[str, str | tuple[str, ...]],
    kinds: Mapping[str, Words],
) -> Iterator[Column]:
    hints = get_type_hints(form, include_extras=True)
    fields = {field.name: field for field in msgspec.structs.fields(form)}
    for name, others in aliases.items():
        refers_to = next(_references(hints[name]), "")
        yield Column(
            name=name,
            aliases=(others,) if isinstance(others, str) else others,
            codec=codec(hints[name]),
            required=fields[name].required,
            refers_to=refers_to,
            kind_name=kinds[refers_to] if refers_to else None,
            several="tuple" in str(hints[name]),
        )


def _references(hint: Any) -> Iterator[str]:
    """The kinds that a type refers to, wherever in it the mark stands."""
    if get_origin(hint) is Annotated:
        yield from (mark.kind for mark in get_args(hint) if isinstance(mark, Reference))
    for inner in get_args(hint):
        yield from _references(inner)
