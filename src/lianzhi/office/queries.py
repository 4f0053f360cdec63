"""Query ports: what the office asks the tables, by noun; modules of `store` implement them.

What takes a connection sees the transaction of its batch. People are vault tokens, times Unix
milliseconds UTC. A row maps the columns of a table to their values.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Protocol

import msgspec
from sqlalchemy import Connection, Engine

from lianzhi.chain.case import Case
from lianzhi.chain.decision import Decision
from lianzhi.chain.finding import Finding
from lianzhi.chain.link import Related
from lianzhi.chain.notice import Kind as NoticeKind
from lianzhi.chain.parts import Parts
from lianzhi.chain.policy import DeskPolicy
from lianzhi.chain.protection import Terms
from lianzhi.chain.signal import Hash, Signal
from lianzhi.chain.strike import Strike
from lianzhi.office.campaign_queries import CampaignQueries
from lianzhi.office.messages import Message
from lianzhi.office.views import DecisionView, LexiconTerm, LexiconVersion

Row = dict[str, Any]

#: Later than any time.
EVER = 1 << 62


class CaseQueries(Protocol):
    """Cases and the findings in them."""

    def case_by_id(self, connection: Connection, case_id: str, /) -> Case | None:
        """A case as the record tells it; None: there is none."""
        ...

    def latest_case(self, connection: Connection, kind: str, about: str, /) -> Case | None:
        """The case of this kind about a person that was updated last."""
        ...

    def known_findings(self, connection: Connection, ids: Sequence[str], /) -> set[str]:
        """Which of these findings are on the record."""
        ...


class ProtectionQueries(Protocol):
    """Protections of victims."""

    def running_protections(
        self, connection: Connection, /
    ) -> list[tuple[str, str, str | None, Terms]]:
        """(id, account, case, terms) of every protection that has not ended."""
        ...

    def protection_state(
        self, connection: Connection, protection_id: str, /
    ) -> tuple[str | None, bool]:
        """The case under which a protection was granted, and whether it has ended."""
        ...


class IncidentQueries(Protocol):
    """Who took part in a case, what it rests on, what is still open in it."""

    def parts(self, connection: Connection, case_id: str, until: int = EVER, /) -> Parts:
        """Who did what in a case, from its newest findings, or from those `until` a time."""
        ...

    def kept(self, connection: Connection, items: Iterable[str], /) -> set[str]:
        """Items, `<finding>/<position>`, whose copy is kept; the others are erased."""
        ...

    def related(
        self, connection: Connection, finding: Finding, people: Iterable[str], since: int, /
    ) -> list[Related]:
        """Cases active since then that share people or events with a finding, newest first."""
        ...

    def waits(self, connection: Connection, case_id: str, /) -> dict[str, int]:
        """How many decisions are `awaiting`, `appeals` wait and measures are `standing`."""
        ...

    def accounts_of(self, connection: Connection, tokens: Iterable[str], /) -> list[str]:
        """Accounts that these tokens stand for; erased ones are left out."""
        ...


class DecisionQueries(Protocol):
    """Queries about decisions."""

    def decision_by_id(
        self, connection: Connection, identity: str, /
    ) -> tuple[Row, Decision] | None:
        """A decision's row, and the decision as it was made."""
        ...

    def decision_row(self, connection: Connection, identity: str, /) -> Row | None:
        """The row of a decision; None: there is none."""
        ...

    def decided(
        self, connection: Connection, case_id: str, among: Collection[str], /
    ) -> Row | None:
        """The newest decision of a case in one of these statuses."""
        ...


class MeasureQueries(Protocol):
    """Queries about single measures."""

    def measure_row(self, connection: Connection, identity: str, /) -> Row | None:
        """The row of a measure; None: there is none."""
        ...

    def measures_of(self, connection: Connection, decision_id: str, /) -> list[Row]:
        """The single measures of a decision."""
        ...

    def due_measures(
        self, connection: Connection, now: int, limit: int, skip: int = 0, /
    ) -> list[Row]:
        """Measures in force whose time is over, the longest over first, without the first
        `skip`."""
        ...

    def goes_on(self, connection: Connection, ended: Mapping[str, Any], /) -> bool:
        """Whether another measure of the same kind is in force on the account of one that ends."""
        ...


class StrikeQueries(Protocol):
    """Queries about strikes."""

    def strikes(
        self, connection: Connection, subjects: Iterable[str], /
    ) -> dict[str, list[Strike]]:
        """The strikes of these accounts, removed ones included."""
        ...

    def standing_strikes(self, connection: Connection, decision_id: str, /) -> set[str]:
        """Ids of the strikes that rest on a decision and have not been taken back."""
        ...


class ReportQueries(Protocol):
    """Reports by users."""

    def report_row(self, connection: Connection, identity: str, /) -> Row | None:
        """The row of a report; None: there is none."""
        ...

    def reports_of(self, connection: Connection, case_id: str, /) -> list[Row]:
        """Reports that joined a case and have no answer yet."""
        ...

    def waiting_with(self, connection: Connection, row: Row, reach: str, most: int, /) -> list[Row]:
        """A report and those that may be dealt with together with it, `most` at most.

        `reach` is `one`, `alike` (the same thing was reported) or `subject` (the same account).
        """
        ...

    def unfounded_reports(self, connection: Connection, case_id: str, /) -> list[Row]:
        """Reports of a case that were upheld by measures none of which stands any more."""
        ...

    def reporters(self, connection: Connection, case_id: str, /) -> set[str]:
        """Who reported what is now a case."""
        ...

    def answerers(self, connection: Connection, case_id: str, reporter: str, /) -> set[str]:
        """Who answered the reports of a reporter that have joined a case."""
        ...

    def has_reported(self, connection: Connection, case_id: str, reporter: str, /) -> bool:
        """Whether a person made a report that has joined a case."""
        ...

    def outcomes_of(self, connection: Connection, reporter: str, /) -> dict[str, int]:
        """How many of a reporter's reports were `upheld` and `not_upheld`."""
        ...


class AppealQueries(Protocol):
    """Queries about appeals."""

    def appeal_row(self, connection: Connection, identity: str, /) -> Row | None:
        """The row of an appeal; None: there is none."""
        ...


class ReviewQueries(Protocol):
    """Second looks at decisions."""

    def lookers(self, connection: Connection, decision_id: str, /) -> set[str]:
        """Who has judged a decision again."""
        ...

    def look_due_at(self, connection: Connection, decision_id: str, /) -> bool:
        """Whether a decision was drawn by lot and nobody has judged it again yet."""
        ...


class RuleQueries(Protocol):
    """Rules of policy that persons switch on."""

    def rule_switches(self, connection: Connection, /) -> dict[str, Row]:
        """How each rule was switched last: mode, on which terms, when, by whom."""
        ...

    def ordered_since(self, connection: Connection, rule: str, since: int, /) -> int:
        """How many single measures a rule has ordered since then."""
        ...

    def settled(
        self, connection: Connection, case: Case, since: int, rule: str, role: str, /
    ) -> set[str]:
        """Accounts that a rule for a `role` leaves alone in the incident that began `since`."""
        ...

    def kept_back(
        self, connection: Connection, case_id: str, rule: str, /
    ) -> set[tuple[str, str, str]]:
        """(measure, account, reason) of what a rule was kept from ordering in a case."""
        ...


class LeaseQueries(Protocol):
    """Who works on what, and who needs a rest."""

    def holder(self, connection: Connection, item: str, now: int, /) -> str | None:
        """Who holds an item now."""
        ...

    def rest_until(
        self, connection: Connection, user: str, now: int, policy: DeskPolicy, utc_offset: float, /
    ) -> int | None:
        """Until when a person judges no more; None: they may go on."""
        ...


class DecisionViews(Protocol):
    """Decisions with all that belongs to them."""

    def decision_view(self, engine: Engine, identity: str, /) -> DecisionView | None:
        """A decision with its reasons, measures and appeals; None: there is none."""
        ...


class NoticeQueries(Protocol):
    """Notices to people."""

    def is_made(self, connection: Connection, notice_id: str, /) -> bool:
        """Whether the notice is on the record."""
        ...

    def newest(
        self, connection: Connection, kind: NoticeKind, person: str, ref: str, /
    ) -> str | None:
        """The last notice of this kind to a person about `ref`, told anew ones included; None:
        there is none."""
        ...

    def is_read(self, connection: Connection, notice_id: str, /) -> bool | None:
        """Whether the notice has been opened; None: there is none."""
        ...


class Outbox(Protocol):
    """Messages to the world outside, in the transaction of the entries that they tell of."""

    def put(self, connection: Connection, messages: Sequence[Message], /) -> int:
        """Put messages that are not there yet; returns how many were new."""
        ...

    def find(self, connection: Connection, message_id: str, /) -> Message | None:
        """A message by its id; None: there is none."""
        ...

    def revive(self, connection: Connection, message_id: str, now: int, /) -> bool:
        """Let a dead letter wait again, from its first attempt; False: it is none."""
        ...


class SignalQueries(Protocol):
    """Signals that are exchanged with other platforms."""

    def find(self, connection: Connection, identity: str, /) -> Signal | None:
        """The signal of this id."""
        ...

    def entry_of(self, connection: Connection, identity: str, /) -> int:
        """The entry of the record that begins a signal. KeyError: there is none."""
        ...

    def of_case(self, connection: Connection, case_id: str, /) -> list[Signal]:
        """Our standing signals that come from a case."""
        ...

    def about(self, connection: Connection, subject: str, /) -> list[Signal]:
        """Our standing signals about a person."""
        ...

    def standing_measures(self, connection: Connection, case_id: str, /) -> set[str]:
        """Against whom something was ordered in a case that has not been taken back."""
        ...

    def reviews_of(self, connection: Connection, token: str, /) -> set[str]:
        """Cases in which a person was reviewed because of signals of others."""
        ...

    def received(self, connection: Connection, at: int, /) -> list[tuple[Signal, tuple[Hash, ...]]]:
        """Signals of others that count at a time, with those hashes that are not erased."""
        ...

    def told_since(
        self, connection: Connection, cursor: int, limit: int, /
    ) -> list[tuple[int, Signal]]:
        """Signals of which we said something from an entry on, with that entry."""
        ...

    def untold(
        self, connection: Connection, at: int, peers: Collection[str], /
    ) -> list[tuple[int, Signal]]:
        """Signals of which some of these platforms have not heard our last word, with its
        entry."""
        ...

    def take_once(
        self, connection: Connection, peer: str, identity: str, at: int, keep_ms: int, /
    ) -> bool:
        """Remember a message of a platform; False: it was taken before."""
        ...


class LexiconQueries(Protocol):
    """The lexicon that is in force, and the terms that people added."""

    def terms(self, connection: Connection, /) -> list[LexiconTerm]:
        """All terms, the newest first."""
        ...

    def find_term(self, connection: Connection, identity: str, /) -> LexiconTerm | None:
        """The term of this id."""
        ...

    def versions(self, engine: Engine, most: int, /) -> list[LexiconVersion]:
        """The versions that were put in force last, the newest first."""
        ...


class Queries(msgspec.Struct, frozen=True, kw_only=True):
    """The query ports by noun."""

    cases: CaseQueries
    protections: ProtectionQueries
    incidents: IncidentQueries
    decisions: DecisionQueries
    measures: MeasureQueries
    strikes: StrikeQueries
    reports: ReportQueries
    appeals: AppealQueries
    reviews: ReviewQueries
    rules: RuleQueries
    leases: LeaseQueries
    views: DecisionViews
    notices: NoticeQueries
    outbox: Outbox
    signals: SignalQueries
    lexicons: LexiconQueries
    campaigns: CampaignQueries
