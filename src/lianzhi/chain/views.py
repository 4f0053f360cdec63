"""Forms of the read model: what lists and pages show. Times are Unix milliseconds UTC.

An account is None where the person has been erased; the token beside it stands for nobody then.
"""

from typing import Any, Generic, TypeVar, cast

import msgspec

from lianzhi.chain.case import Case
from lianzhi.chain.finding import STAGES, Reason, Role, Span, Stage

T = TypeVar("T")


class Page(msgspec.Struct, Generic[T], frozen=True):
    """Some rows of a list, and where the next ones begin (None: these are the last)."""

    rows: tuple[T, ...]
    next: str | None = None


class FindingRow(msgspec.Struct, frozen=True, kw_only=True):
    """A finding in a list."""

    id: str
    index: int
    """Entry of the record that holds it."""
    kind: str
    stage: str
    about: str
    account: str | None
    at: int
    since: int
    score: float
    reach: int
    """Accounts involved."""
    minor: bool
    rule: str
    case: str | None


class FindingView(msgspec.Struct, frozen=True, kw_only=True):
    """A finding with what it says."""

    row: FindingRow
    reasons: tuple[Reason, ...]
    counts: dict[str, int]
    proposes: tuple[str, ...]
    confidence: float = 0.0
    lexicon: str = ""


class CaseRow(msgspec.Struct, frozen=True, kw_only=True):
    """A case in a list."""

    id: str
    kind: str
    about: str
    account: str | None
    status: str
    stage: str
    minor: bool
    reach: int
    opened_at: int
    updated_at: int
    assignee: str | None
    outcome: str | None
    offered_at: int | None
    closed_at: int | None
    revisit_at: int | None
    protected_until: int | None
    """When the last of its running protections ends."""


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of the record."""

    index: int
    at: int
    kind: str
    ref: str
    payload: dict[str, Any]
    texts: dict[str, str | None] = {}
    """Its free texts by name; None where erased."""


class ProtectionRow(msgspec.Struct, frozen=True, kw_only=True):
    """A protection, running or ended."""

    id: str
    person: str
    account: str | None
    case: str | None
    channels: tuple[str, ...]
    strangers: bool
    younger_than_days: int
    granted_at: int
    granted_by: str
    expires_at: int
    ended_at: int | None
    ended: str | None
    """`lifted` or `lapsed`; None while nobody has ended it."""
    ended_by: str | None

    def running(self, at: int) -> bool:
        """Whether it is in force at this time."""
        return self.ended_at is None and self.granted_at <= at < self.expires_at


class EvidenceRow(msgspec.Struct, frozen=True, kw_only=True):
    """One event on which a case rests."""

    source: str
    event: str
    """Empty, like `source`, where the copy has been erased: the record itself names no event."""
    seq: int
    """Position in the event log."""
    at: int
    actor: str
    account: str | None
    kind: str | None = None
    """Event kind; None where the copy has been erased."""
    role: Role | None = None
    kinds: tuple[str, ...] = ()
    spans: tuple[Span, ...] = ()
    text: str | None = None
    """What was said; None where nothing was, or the copy has been erased."""
    target: str | None = None
    """At whom it was aimed, by account; None as for `text`."""
    object: str | None = None
    """What it was about; None as for `text`."""
    group: str | None = None
    rating: float | None = None
    """What it gives; None as for `text`."""
    item: str = ""
    """Its copy, as `<finding>/<seq>`: what a measure on an item names."""


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One account's part in a case."""

    token: str
    account: str | None
    role: Role
    events: int
    """How many of its events are in evidence."""


class CaseView(msgspec.Struct, frozen=True, kw_only=True):
    """A case with all that its page tells."""

    row: CaseRow
    state: Case
    findings: tuple[FindingView, ...]
    """Newest first."""
    steps: tuple[Step, ...]
    """In the order of the record."""
    protections: tuple[ProtectionRow, ...]
    evidence: tuple[EvidenceRow, ...]
    """Oldest first."""
    parts: tuple[Part, ...]
    accounts: dict[str, str]
    """Account of each token named anywhere in it; erased ones are missing."""

    @property
    def leading(self) -> FindingView | None:
        """The finding that explains the case: the latest of the highest stage."""
        return max(
            reversed(self.findings),
            key=lambda each: (STAGES.index(cast("Stage", each.row.stage)), each.row.at),
            default=None,
        )


class Tally(msgspec.Struct, frozen=True, kw_only=True):
    """The figures of the overview."""

    open: int
    unassigned: int
    mine: int
    offered: int
    """Open cases whose person has been offered protection and has none yet."""
    minors: int
    revisits: int
    """Cases whose revisit is due."""
    warnings: dict[str, int]
    """Findings since `since`, by stage."""
    protected: int
    """Protections in force."""
    granted: int
    """Protections granted since `since`."""
    outcomes: dict[str, int]
    """Cases closed since `since`, by outcome."""


class RecordStatus(msgspec.Struct, frozen=True, kw_only=True):
    """How the record stands."""

    size: int
    root: str
    """Hex; empty while nothing is recorded."""
    checkpoint: str
    """The newest signed checkpoint as text; empty while nothing is recorded."""
    last_at: int | None
    last: tuple[Step, ...]
    """Newest entries first."""
