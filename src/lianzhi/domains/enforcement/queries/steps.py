"""Entries of the record about nouns of this domain, as its table of steps knows them."""

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import Connection, func, select

from lianzhi.domains.enforcement.queries import tables

_C = tables.step.c


class StepRow(NamedTuple):
    """One entry about a noun."""

    entry: int
    """Index of the entry in the record."""
    of: str
    kind: str


def newest(connection: Connection, of: str = "") -> int:
    """Index of the newest entry about a noun, or about any; -1: there is none."""
    query = select(func.max(_C.index))
    index = connection.scalar(query.where(_C.of == of) if of else query)
    return -1 if index is None else int(index)


def entries(connection: Connection, of: str = "", kinds: Iterable[str] = ()) -> list[StepRow]:
    """Entries about a noun, or of some kinds, in the order of the record; by default all."""
    query = select(_C.index, _C.of, _C.kind).order_by(_C.index)
    if of:
        query = query.where(_C.of == of)
    if wanted := [*kinds]:
        query = query.where(_C.kind.in_(wanted))
    return [StepRow(*row) for row in connection.execute(query)]
