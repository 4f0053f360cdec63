"""The state of a detector as one msgspec struct: how it begins, and how a snapshot keeps it."""

from typing import Generic, TypeVar

import msgspec

from lianzhi.chain.detector import dumped, loaded

StateT = TypeVar("StateT", bound=msgspec.Struct)


class StructState(Generic[StateT]):
    """The part of `chain.detector.Detector` that follows from the form of the state alone."""

    name: str
    form: type[StateT]

    def init(self) -> StateT:
        """The state before any event."""
        return self.form()

    def dump(self, state: StateT) -> bytes:
        """MessagePack of the state."""
        return dumped(state)

    def load(self, data: bytes) -> StateT:
        """Inverse of `dump`. Raises ValueError."""
        return loaded(data, self.form, self.name)
