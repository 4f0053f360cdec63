"""What the client sends and gets. Times are Unix milliseconds; unknown members are ignored."""

from typing import Literal, Self

import msgspec

Channel = Literal["comment", "danmaku", "private_message", "repost", "mention"]
Language = Literal["zh", "en"]


class RefusedRow(msgspec.Struct, frozen=True):
    """A row in quarantine."""

    line: int
    """Place of the event among those that were sent, from 1."""
    reason: str
    detail: str


class UnknownField(msgspec.Struct, frozen=True):
    """A field that no event has."""

    field: str
    rows: int
    did_you_mean: str | None = None


class Receipt(msgspec.Struct, frozen=True):
    """What became of the events; all that is counted is durable."""

    accepted: int = 0
    duplicates: int = 0
    quarantined: int = 0
    conflicts: int = 0
    """Quarantined, as their id is known with other content, which stays."""
    late: int = 0
    """Accepted as well, but too late for the detectors."""
    advice: tuple[str, ...] = ()
    """What to do about late events, of each batch."""
    reasons: tuple[RefusedRow, ...] = ()
    """The first hundred refused rows of each batch."""
    unknown_fields: tuple[UnknownField, ...] = ()
    """Of each batch."""

    def plus(self, other: Self, rows_before: int) -> "Receipt":
        """Both together; `rows_before`: events sent before those of `other`."""
        moved = tuple(
            msgspec.structs.replace(row, line=row.line + rows_before) for row in other.reasons
        )
        return Receipt(
            accepted=self.accepted + other.accepted,
            duplicates=self.duplicates + other.duplicates,
            quarantined=self.quarantined + other.quarantined,
            conflicts=self.conflicts + other.conflicts,
            late=self.late + other.late,
            advice=self.advice + other.advice,
            reasons=self.reasons + moved,
            unknown_fields=self.unknown_fields + other.unknown_fields,
        )


class Verdict(msgspec.Struct, frozen=True):
    """Whether an interaction passes the target's protection."""

    allowed: bool
    reason: str
    """Why not: `stranger`, `young_account`, `unknown_age`; empty when it passes."""
    expires_at: int | None
    """When the protection lapses."""


class Hint(msgspec.Struct, frozen=True):
    """A stretch of a text, in code points, and what to think of."""

    start: int
    end: int
    kind: str
    hint: str


class Nudge(msgspec.Struct, frozen=True):
    """Whether to ask an author to look again; they may always post."""

    nudge: bool
    message: str
    hints: tuple[Hint, ...]
    language: Language


class Case(msgspec.Struct, frozen=True):
    """A case; `account` is the harmed account, None once it is erased."""

    id: str
    kind: str
    about: str
    account: str | None
    status: str
    stage: str
    opened_at: int
    updated_at: int


class Order(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A measure of a decision, for accounts, for a role in the case, or for items of evidence."""

    measure: str
    hours: int = 0
    """How long; 0: without end."""
    accounts: tuple[str, ...] = ()
    role: str | None = None
    items: tuple[str, ...] = ()
    mode: Literal["queued", "manual", "shadow"] = "queued"
    authority: str = ""


class Decision(msgspec.Struct, frozen=True):
    """A decision that was made."""

    id: str
    case: str
    status: str
    measures: int
    """Number of measures that it orders."""
    contest_until: int


class FieldProblem(msgspec.Struct, frozen=True):
    """A field that was refused."""

    field: str
    mend: str
    value: str = ""


class Problem(msgspec.Struct, frozen=True):
    """Why a node refuses (RFC 9457)."""

    detail: str = ""
    mend: str | None = None
    rule: str | None = None
    """The guard that refuses an illegal step."""
    errors: tuple[FieldProblem, ...] | None = None
