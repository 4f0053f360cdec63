"""Replies of a node: receipts and the live state. Times are Unix milliseconds UTC."""

import msgspec

from lianzhi.domains.monitor import Forming, Second
from lianzhi.record.ports import Erasure


class Receipt(msgspec.Struct, frozen=True):
    """Answer to a batch of events: everything in it is durable when this is returned."""

    accepted: int
    duplicates: int
    """Known by (source, id) with the same content: kept once."""
    quarantined: int
    """Rows kept in quarantine with their reasons; the good rows beside them were accepted."""
    late: int
    """Accepted and kept, but behind the watermark: not judged by detectors."""
    behind_ms: int = 0
    """How far the oldest late event lies before what is judged already."""
    conflicts: int = 0
    """Those of the quarantined rows whose (source, id) is known with other content."""
    reasons: tuple[tuple[int, str, str], ...] = ()
    """(line, reason, detail) of the first 100 quarantined rows."""
    unknown_fields: tuple[tuple[str, int, str], ...] = ()
    """Fields that nobody reads: name, rows that have it, the field that was probably meant."""
    quarantined_before: int = 0
    """Those of the quarantined rows that an earlier run put there: they are kept once."""


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


class Erased(msgspec.Struct, frozen=True):
    """What erasing a person removed."""

    record: Erasure
    """From the vault: the person, texts and copies of events."""
    events: int
    """Events emptied in the log."""
    quarantined: int
    """Rows removed from quarantine."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing was known of the person."""
        kept = self.record.token or self.record.texts or self.record.evidence
        return not (kept or self.events or self.quarantined)
