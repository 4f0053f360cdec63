"""Ports of the record: the interface between chain and storage."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol, TypeVar

import msgspec

from lianzhi.record.entry import Draft, Entry

C_contra = TypeVar("C_contra", contravariant=True)


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """Copy of an event that a finding rests on; erasable with either person in it."""

    ref: str
    """Finding or case that it supports."""
    seq: int
    """Position in the event log."""
    leaf: str
    """Leaf hash in the event log's segment, hex."""
    salt: bytes
    raw: bytes
    """The event as it came, JSON."""
    actor: str
    """Vault token."""
    target: str | None = None
    """Vault token."""


class Erasure(msgspec.Struct, frozen=True):
    """What erasing a person removed."""

    account: str
    token: str | None
    """Token that stood for the person and now stands for nobody; None: never in the vault."""
    texts: tuple[str, ...]
    """Erased texts, each as `<entry index>/<name>`."""
    evidence: tuple[str, ...]
    """Erased copies of events, each as `<ref>/<seq>`."""
    suspects: tuple[int, ...]
    """Entries whose payload still holds the account's name: always a fault of whoever drafted
    them (or, with a very common name, chance); a person has to look."""


class Vault(Protocol):
    """Accounts behind tokens, and texts about and by them; all of it erasable."""

    def tokens(self, accounts: Iterable[str]) -> dict[str, str]:
        """Token of each account, made at random when first seen."""
        ...

    def known(self, accounts: Iterable[str]) -> dict[str, str]:
        """Token of each account that has one; makes none."""
        ...

    def account(self, token: str) -> str | None:
        """Account that the token stands for; None when erased or never made."""
        ...

    def accounts(self, tokens: Iterable[str]) -> dict[str, str]:
        """Account of each token; erased ones are left out."""
        ...

    def text(self, index: int, name: str) -> str | None:
        """A text of the entry; None when erased or never there."""
        ...

    def texts(self, index: int) -> dict[str, str]:
        """The texts of the entry that are left, by name."""
        ...

    def evidence(self, ref: str) -> list[Evidence]:
        """Evidence kept for a finding or case, in the order of the event log."""
        ...


class Batch(Protocol):
    """Work that becomes durable together, under one checkpoint, or not at all."""

    def tokens(self, accounts: Iterable[str]) -> dict[str, str]:
        """As in the vault."""
        ...

    def append(self, drafts: Sequence[Draft]) -> list[Entry]:
        """Append in order and bring the projections along."""
        ...

    def keep_evidence(self, rows: Iterable[Evidence]) -> None:
        """Keep copies of events; one already kept for the same ref is left as it is."""
        ...


class Ledger(Protocol):
    """The append-only record."""

    def batch(self) -> AbstractContextManager[Batch]:
        """Open a batch; it is durable when the block ends without an exception."""
        ...

    def append(self, drafts: Sequence[Draft]) -> list[Entry]:
        """Append as one batch."""
        ...

    def entries(self, start: int = 0, stop: int | None = None) -> Iterator[Entry]:
        """Entries start <= index < stop."""
        ...

    def payload(self, index: int) -> dict[str, Any] | None:
        """Payload of entry `index`; None when there is none."""
        ...

    def inclusion(self, index: int, size: int | None = None) -> list[bytes]:
        """Proof that entry `index` is in the tree of `size`, by default the whole log."""
        ...

    def consistency(self, old: int, new: int | None = None) -> list[bytes]:
        """Proof that the log of `old` entries is a prefix of the log of `new`."""
        ...

    def checkpoint(self) -> str:
        """Newest signed checkpoint; raises LookupError while the log is empty."""
        ...


class Projection(Protocol[C_contra]):
    """Tables that are a fold over the entries; the connection is the store's."""

    def apply(self, connection: C_contra, entry: Entry, payload: Mapping[str, Any]) -> None:
        """Take one entry into the tables."""
        ...

    def clear(self, connection: C_contra) -> None:
        """Empty the tables before a rebuild."""
        ...
