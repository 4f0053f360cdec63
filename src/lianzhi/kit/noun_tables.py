"""Tables of a domain's nouns, folded from the entries of the record: a row for each noun.

A row holds the noun whole, as JSON in `state`, and beside it the attributes that lists filter and
sort by. Days are ISO 8601 text, which sorts as days do. See `chain.noun`.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from types import NoneType
from typing import Any, Generic, Literal, TypeVar, get_args, get_origin, get_type_hints

import msgspec
from sqlalchemy import (
    BigInteger,
    BindParameter,
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Index,
    LargeBinary,
    MetaData,
    Table,
    Text,
    bindparam,
    delete,
    func,
    insert,
    select,
    update,
)

from lianzhi.chain.noun import Identity, Noun, Payload
from lianzhi.prepared import Prepared
from lianzhi.record.entry import Entry

T = TypeVar("T")
_TYPES = {bool: Boolean, int: BigInteger, str: Text, dt.date: Text}
#: Ids that one query asks for.
_AT_ONCE = 500
_OF: BindParameter[str] = bindparam("of")


class NounTable(Generic[T]):
    """The table of a noun, and the nouns in it."""

    def __init__(self, domain: str, noun: Noun[T], metadata: MetaData) -> None:
        self.noun = noun
        name = f"{domain}_{noun.name}"
        kinds = {column: _kind(noun.form, column) for column in noun.columns}
        self._days = [column for column, (kind, _) in kinds.items() if kind is dt.date]
        self.table = Table(
            name,
            metadata,
            Column("id", Text, primary_key=True),
            *(
                Column(column, _TYPES.get(kind, Text), nullable=is_optional)
                for column, (kind, is_optional) in kinds.items()
            ),
            Column("state", LargeBinary, nullable=False),
            *(Index(f"{name}_{columns[0]}", *columns) for columns in noun.indexes),
            *(Index(f"{name}_{columns[0]}", *columns, unique=True) for columns in noun.unique),
        )
        self.c = self.table.c
        self.decode = msgspec.json.Decoder(noun.form).decode
        """A noun from its `state`."""
        self._get = Prepared(select(self.c.state).where(self.c.id == _OF))
        self._insert = Prepared(insert(self.table))
        self._update = Prepared(update(self.table).where(self.c.id == _OF))
        self._delete = Prepared(delete(self.table).where(self.c.id == _OF))

    def get(self, connection: Connection, identity: str) -> T | None:
        """A noun by id; None: there is none."""
        state = self._get.scalar(connection, {"of": identity})
        return None if state is None else self.decode(state)

    def load(self, connection: Connection, identity: str) -> T:
        """A noun by id. Raises KeyError where there is none."""
        noun = self.get(connection, identity)
        if noun is None:
            raise KeyError(identity)
        return noun

    def count(self, connection: Connection, *where: ColumnElement[bool]) -> int:
        """How many nouns meet all conditions."""
        return connection.scalar(select(func.count()).select_from(self.table).where(*where)) or 0

    def counts(self, connection: Connection, column: str) -> dict[str, int]:
        """How many nouns have each value of a column."""
        field = self.c[column]
        rows = connection.execute(select(field, func.count()).group_by(field))
        return {name: count for name, count in rows if name is not None}

    def among(self, connection: Connection, ids: Sequence[str]) -> dict[str, T]:
        """Those of some nouns that there are, by id."""
        known: dict[str, T] = {}
        for start in range(0, len(ids), _AT_ONCE):
            wanted = self.c.id.in_(ids[start : start + _AT_ONCE])
            rows = connection.execute(select(self.c.id, self.c.state).where(wanted))
            known |= {identity: self.decode(state) for identity, state in rows}
        return known

    def every(
        self,
        connection: Connection,
        *where: ColumnElement[bool],
        order: Sequence[ColumnElement[Any]] = (),
        most: int | None = None,
    ) -> list[T]:
        """All nouns that meet some conditions, in an order, by default that of their ids."""
        query = select(self.c.state).where(*where).order_by(*(order or (self.c.id,))).limit(most)
        return [self.decode(state) for state in connection.scalars(query)]

    def ids(
        self, connection: Connection, *where: ColumnElement[bool], most: int | None = None
    ) -> list[str]:
        """Ids of all nouns that meet some conditions, in order."""
        query = select(self.c.id).where(*where).order_by(self.c.id).limit(most)
        return list(connection.scalars(query))

    def values(self, connection: Connection, column: str, *where: ColumnElement[bool]) -> set[Any]:
        """The values of a column in nouns that meet some conditions."""
        return set(connection.scalars(select(self.c[column]).where(*where).distinct()))

    def put(self, connection: Connection, identity: str, noun: T, *, is_new: bool) -> None:
        """Insert the row of a noun, or update it."""
        row = self._row(identity, noun)
        if is_new:
            self._insert.run(connection, row)
        else:
            self._update.run(connection, row | {"of": identity})

    def replace(
        self, connection: Connection, nouns: Mapping[str, T], known: Collection[str]
    ) -> None:
        """Put many nouns by id at once; `known`: ids of those that have a row already."""
        if known:
            self._delete.many(connection, [{"of": identity} for identity in known])
        self._insert.many(connection, [self._row(*each) for each in nouns.items()])

    def _row(self, identity: str, noun: T) -> dict[str, Any]:
        row = {name: getattr(noun, name) for name in self.noun.columns}
        for name in self._days:
            if row[name] is not None:
                row[name] = row[name].isoformat()
        return row | {"id": identity, "state": msgspec.json.encode(noun)}


class NounProjection:
    """The tables of a domain's nouns as a fold over the record. Implements `Projection`.

    `steps`: table of `index`, `of` (id of a noun) and `kind` (`<noun>.<step>`), the story of each
    noun. `stories`: id by entry noun for nouns of which their entries are all that is kept.
    """

    def __init__(
        self,
        domain: str,
        nouns: Iterable[NounTable[Any]],
        steps: Table | None = None,
        stories: Mapping[str, Identity] | None = None,
    ) -> None:
        self._prefix = f"{domain}."
        self._readers: dict[str, list[NounTable[Any]]] = defaultdict(list)
        known = list(nouns)
        for table in known:
            for word in {self._prefix + table.noun.name, *table.noun.also_reads}:
                self._readers[word].append(table)
        self._stories = {self._prefix + name: of for name, of in (stories or {}).items()}
        self._step = None if steps is None else Prepared(insert(steps))
        self.tables = (*(table.table for table in known), *(() if steps is None else (steps,)))

    def apply(self, connection: Connection, entry: Entry, payload: Payload) -> None:
        """Take one entry into the tables; raises IllegalStepError when it may not follow."""
        word = entry.kind.rpartition(".")[0]
        for table in self._readers.get(word, ()):
            self._fold(connection, table, entry, payload)
        if word in self._stories:
            kind = entry.kind.removeprefix(self._prefix)
            self._add_step(connection, entry, self._stories[word](payload), kind)

    def clear(self, connection: Connection) -> None:
        """Empty the tables before a rebuild."""
        for table in self.tables:
            connection.execute(delete(table))

    def _fold(
        self, connection: Connection, table: NounTable[Any], entry: Entry, payload: Payload
    ) -> None:
        noun = table.noun
        kind = entry.kind.removeprefix(self._prefix)
        if noun.step_of is None:
            step = kind.rpartition(".")[2]
        elif not (step := noun.step_of(kind, payload)):
            return
        if step in noun.bulk:
            self._fold_rows(connection, table, entry, payload[noun.bulk[step]], step)
            return
        identity = _identity(noun, payload)
        before = table.get(connection, identity)
        if before is None and kind == entry.kind:
            return  # a step of the chain, in a case that is no such noun
        entry = msgspec.structs.replace(entry, kind=f"{noun.name}.{step}")
        after = noun.fold(before, entry, payload)
        if after is not before:
            table.put(connection, identity, after, is_new=before is None)
        if noun.has_story:
            self._add_step(connection, entry, identity, entry.kind)

    def _fold_rows(
        self,
        connection: Connection,
        table: NounTable[Any],
        entry: Entry,
        rows: Sequence[Payload],
        step: str,
    ) -> None:
        noun = table.noun
        ids = [_identity(noun, row) for row in rows]
        before = table.among(connection, ids)
        entry = msgspec.structs.replace(entry, kind=f"{noun.name}.{step}")
        after = dict(before)
        for identity, row in zip(ids, rows, strict=True):
            after[identity] = noun.fold(after.get(identity), entry, row)
        table.replace(connection, after, before)

    def _add_step(self, connection: Connection, entry: Entry, of: str, kind: str) -> None:
        if self._step is not None:
            self._step.run(connection, {"index": entry.index, "of": of, "kind": kind})


def _identity(noun: Noun[Any], payload: Payload) -> str:
    identity: str = payload[noun.name] if noun.identity is None else noun.identity(payload)
    return identity


def step_table(domain: str, metadata: MetaData) -> Table:
    """The table of the entries of each noun of a domain, in their order."""
    return Table(
        f"{domain}_step",
        metadata,
        Column("index", BigInteger, primary_key=True, autoincrement=False),
        Column("of", Text, nullable=False),
        Column("kind", Text, nullable=False),
        Index(f"{domain}_step_of", "of", "index"),
    )


def _kind(form: type[Any], name: str) -> tuple[Any, bool]:
    """Type of an attribute, a field or a property, without None; and whether it may be None."""
    attribute = getattr(form, name)
    if isinstance(attribute, property):
        hint = get_type_hints(attribute.fget)["return"]
    else:
        hint = get_type_hints(form)[name]
    kinds = {hint} if get_origin(hint) is Literal else {*get_args(hint)} or {hint}
    (kind,) = kinds - {NoneType}
    return kind, NoneType in kinds
