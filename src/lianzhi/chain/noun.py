"""Noun 名词: one thing that people work on, as its entries tell it: a file, a letter, a permit.

One value says all that is special about it: which entries are its own and what they make of it, and
by which attributes its list is filtered and sorted. Its table, and the projection that fills it,
come from this value alone; see `kit.noun_tables`.
"""

from collections.abc import Callable, Mapping
from typing import Any, Generic, NamedTuple, TypeVar

from lianzhi.chain.life import Steps
from lianzhi.record.entry import Entry

T = TypeVar("T")
Payload = Mapping[str, Any]
Identity = Callable[[Payload], str]
"""Id of the noun that an entry is about, from its payload."""


class Noun(NamedTuple, Generic[T]):
    """What a noun is made of."""

    name: str
    """Its entries are called `<domain>.<name>.<step>`, its table `<domain>_<name>`."""
    form: type[T]
    """Struct that a history amounts to."""
    steps: Steps
    """Which step may follow in which status, by `<name>.<step>`."""
    fold: Callable[[T | None, Entry, Payload], T]
    """The noun after one more entry, whose kind is given as `<name>.<step>`; the same value: the
    entry changes nothing. Raises IllegalStepError where it may not follow."""
    columns: tuple[str, ...] = ()
    """Attributes of the form that are columns of the table, under their names."""
    indexes: tuple[tuple[str, ...], ...] = ()
    """Indexes of the table, by their columns."""
    unique: tuple[tuple[str, ...], ...] = ()
    """Indexes that hold each combination of values once."""
    identity: Identity | None = None
    """None: it stands in the payload under `name`."""
    also_reads: frozenset[str] = frozenset()
    """Nouns whose entries may take a step of this one, where it exists already: of the chain, or
    of the domain, as `<domain>.<name>`."""
    step_of: Callable[[str, Payload], str] | None = None
    """Step that an entry of a kind takes, empty for none; None: the last word of its kind."""
    has_story: bool = True
    """Whether its entries stand in the domain's table of steps."""
    bulk: Mapping[str, str] = {}
    """Steps whose entry is about several of it, such as the rows of a file: step -> key of the
    payload under which a payload for each stands. Such an entry is no part of their stories; the
    noun keeps its index."""
