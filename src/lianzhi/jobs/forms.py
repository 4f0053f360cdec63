"""What a node answers: receipts and the live picture. Times are Unix milliseconds UTC."""

import msgspec

from lianzhi.record.ports import Erasure


class Receipt(msgspec.Struct, frozen=True):
    """Answer to a batch of events: everything in it is durable when this is returned."""

    accepted: int
    duplicates: int
    quarantined: int
    """Rows kept in quarantine with their reasons; the good rows beside them were accepted."""
    late: int
    """Accepted and kept, but behind the watermark: not judged by detectors."""
    reasons: tuple[tuple[int, str, str], ...] = ()
    """(line, reason, detail) of the first 100 quarantined rows."""
    quarantined_before: int = 0
    """Those of the quarantined rows that an earlier run put there: they are kept once."""


class Second(msgspec.Struct, frozen=True):
    """One second of traffic, by event time."""

    at: int
    events: int
    strangers: int
    harmful: int


class Forming(msgspec.Struct, frozen=True):
    """A person around whom something may be forming right now."""

    about: str
    stage: str
    """`calm`, `watch`, `warn` or `act`."""
    score: float
    strangers_1h: int
    harmful_1h: int
    expected_1h: float
    at: int


class Pulse(msgspec.Struct, frozen=True):
    """The live picture of the node."""

    watermark: int
    """Event time (ms) up to which everything has been judged; 0 before the first event."""
    accepted: int
    judged: int
    targets: int
    seconds: tuple[Second, ...]
    """Up to the last 300 seconds, oldest first."""
    forming: tuple[Forming, ...]
    """Highest scores first, at most 20."""


class Bucket(msgspec.Struct, frozen=True):
    """Arrivals at one person in [at, at + width) ms of event time."""

    at: int
    width: int
    arrivals: int
    strangers: int
    harmful: int


class Erased(msgspec.Struct, frozen=True):
    """What erasing a person removed."""

    record: Erasure
    """From the vault: the person, texts and copies of events."""
    events: int
    """Events emptied in the log."""
    quarantined: int
    """Rows removed from quarantine."""

    @property
    def nothing(self) -> bool:
        """Nobody of that name was known."""
        kept = self.record.token or self.record.texts or self.record.evidence
        return not (kept or self.events or self.quarantined)
