"""Detector: a keyed fold over events.

The in-process runner and a stream engine run the very same object. The runner sends a detector the
events of its partition in event-time order, ties broken by (source, id); `step` may be called with
any split of that sequence and must not depend on the split (tested for every detector).
"""

from collections.abc import Sequence
from typing import Protocol, TypeVar

import msgspec

from lianzhi.chain.event import Event
from lianzhi.chain.finding import Finding

S = TypeVar("S")


class Detector(Protocol[S]):
    """Findings depend on event time alone and carry deterministic ids."""

    name: str
    """Kind of its findings: `<domain>.<harm>`."""

    def key(self, event: Event) -> str | None:
        """Key by which events belong together; None when the event is of no interest."""
        ...

    def init(self) -> S:
        """Empty state of one partition; holds every key that the runner sends it."""
        ...

    def step(self, state: S, events: Sequence[Event]) -> tuple[S, list[Finding]]:
        """Fold ordered events into the state; the state passed in is consumed."""
        ...

    def forget(self, state: S, subject: str) -> S:
        """Drop everything the state holds about an account (erasure)."""
        ...

    def dump(self, state: S) -> bytes:
        """Serialise the state for a snapshot."""
        ...

    def load(self, data: bytes) -> S:
        """Inverse of `dump`; raises ValueError when written by another version."""
        ...


def dumped(state: msgspec.Struct) -> bytes:
    """A state as MessagePack, for `Detector.dump`."""
    return msgspec.msgpack.encode(state)


def loaded(data: bytes, form: type[S], name: str) -> S:
    """Inverse of `dumped`, for `Detector.load` of the detector of that name. Raises ValueError."""
    try:
        return msgspec.msgpack.decode(data, type=form)
    except msgspec.MsgspecError as error:
        raise ValueError(f"snapshot of {name} is of another version: {error}") from None
