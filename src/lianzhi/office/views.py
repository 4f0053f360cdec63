"""Views of due process and of the lexicon: what lists and pages show.

Times are Unix milliseconds UTC. An account is None where the person has been erased; the token
beside it stands for nobody then.
"""

import msgspec

from lianzhi.chain.decision import PROGRAM, Decision
from lianzhi.chain.lexicon import Status
from lianzhi.chain.measure import is_thing


class DecisionRow(msgspec.Struct, frozen=True, kw_only=True):
    """A decision in a list."""

    id: str
    index: int
    """Entry of the record that holds it."""
    case: str
    kind: str
    """Kind of the case."""
    about: str
    """Token of the harmed."""
    account: str | None
    """The harmed."""
    status: str
    by: str
    confirmed_by: str | None
    made_at: int
    effective_at: int | None
    reversed_at: int | None
    ground_kind: str
    ground_key: str
    ground_version: str
    category: str
    source: str
    automated_detection: bool
    automated_decision: bool
    rule: str
    persons: int
    measures: int
    """How many single measures it orders."""
    contest_until: int
    sampled: bool
    """Another reviewer judges it again, without seeing it."""
    golden: bool
    """Its answer is known to be right."""


class MeasureRow(msgspec.Struct, frozen=True, kw_only=True):
    """One single measure."""

    id: str
    decision: str
    """Empty where it was suppressed."""
    case: str
    key: str
    subject: str | None
    subject_type: str
    account: str | None
    """Whom it concerns; where it is on an item or a thing, whose that is."""
    item: str | None
    thing: str | None
    """The thing that it is on, by name; None where it is on no thing, or that has been erased."""
    amount: int
    """Sum of money in whole yuan; 0: it is none."""
    due_at: int | None
    """By when it has to be obeyed."""
    acted_at: int | None
    """When that was done which it answers."""
    role: str
    mode: str
    hours: int
    rule: str
    status: str
    why: str
    authority: str
    ordered_at: int
    ends_at: int | None
    applied_at: int | None
    ended_at: int | None
    ended_by: str | None
    end_applied_at: int | None
    undone_at: int | None
    """When the decision was taken back as far as this."""

    @property
    def on_thing(self) -> bool:
        """Whether it is on a thing, erased or not, and so against nobody."""
        return self.item is not None and is_thing(self.item)

    @property
    def by_program(self) -> bool:
        """Whether a program ordered it, with a key of its own."""
        return self.rule.startswith(PROGRAM)

    @property
    def to_do(self) -> str:
        """What a person has to do by hand: `apply`, `undo`, or nothing."""
        if self.mode != "manual":
            return ""
        if self.status == "ordered":
            return "apply"
        undone = self.end_applied_at is not None or self.applied_at is None
        return "undo" if self.status in ("lapsed", "lifted") and not undone else ""


class AppealRow(msgspec.Struct, frozen=True, kw_only=True):
    """An appeal in a list."""

    id: str
    index: int
    decision: str
    case: str
    party: str
    route: str
    """Before whom: see `chain.appeal.ROUTES`."""
    person: str
    account: str | None
    """Who appeals."""
    status: str
    filed_at: int
    due_at: int
    answered_at: int | None
    answered_by: str | None
    decided_by: str
    confirmed_by: str | None


class ReportRow(msgspec.Struct, frozen=True, kw_only=True):
    """A report in a list."""

    id: str
    index: int
    category: str
    channel: str
    reporter: str | None
    reporter_account: str | None
    about: str | None
    account: str | None
    """The harmed."""
    subject: str | None
    subject_account: str | None
    minor: bool
    case: str | None
    status: str
    outcome: str | None
    same: str | None
    """Alike for reports of the same thing."""
    route: str
    received_at: int
    due_at: int
    answered_at: int | None
    answered_by: str | None
    contested_at: int | None
    """When its reporter asked for another answer, by another person."""
    first_by: str | None
    """Who gave the answer that was contested."""


class DecisionView(msgspec.Struct, frozen=True, kw_only=True):
    """A decision with all that belongs to it."""

    row: DecisionRow
    decision: Decision
    facts: str | None
    """The reason in words; None where it was erased."""
    measures: tuple[MeasureRow, ...]
    appeals: tuple[AppealRow, ...]
    since: int
    """When the incident began that it is about."""


class AppealView(msgspec.Struct, frozen=True, kw_only=True):
    """An appeal with its reasons, both ways, and the decision."""

    row: AppealRow
    reason: str | None
    answer: str | None
    decision: DecisionView


class ReportView(msgspec.Struct, frozen=True, kw_only=True):
    """A report with its words."""

    row: ReportRow
    texts: dict[str, str | None]
    answer: str | None
    """The reason given with the outcome; None where there is none, or it was erased."""
    contest: str | None
    """Why its reporter asked for another answer."""
    upheld: int
    """Earlier reports of its reporter that were upheld."""
    not_upheld: int


class Process(msgspec.Struct, frozen=True, kw_only=True):
    """What of due process a case's page tells."""

    decisions: tuple[DecisionView, ...]
    reports: tuple[ReportRow, ...]
    points: dict[str, float]
    """Strike points of the accounts in it, by token; only those that have some."""


class Act(msgspec.Struct, frozen=True):
    """One thing that an account did to a person."""

    seq: int
    """Position in the event log."""
    at: int
    actor: str
    kind: str
    text: str | None


class LexiconTerm(msgspec.Struct, frozen=True, kw_only=True):
    """A term that somebody added. Times are Unix milliseconds UTC."""

    id: str
    kind: str
    term: str
    sense: str
    weight: float
    aimed: float
    innocent: tuple[str, ...]
    status: Status
    added_at: int
    added_by: str
    changed_at: int
    changed_by: str


class LexiconVersion(msgspec.Struct, frozen=True):
    """A lexicon that was put in force."""

    index: int
    """Entry of the record."""
    version: str
    at: int
    by: str
    """Whose change of a term it was; empty: files were changed."""
    files: int
    terms: int
