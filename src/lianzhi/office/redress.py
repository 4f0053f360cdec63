"""Redress: appeals, from those whom a decision affects and from those who reported, and answers."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection

from lianzhi.chain import appeal as appeals
from lianzhi.chain.appeal import ELSEWHERE, Outcome, Party, Route, appeal_id
from lianzhi.chain.case import Case
from lianzhi.chain.life import IllegalStepError
from lianzhi.chain.protection import DAY_MS
from lianzhi.office.actor import Actor
from lianzhi.office.complaints import Complaints, contest_refused
from lianzhi.office.decisions import names_somebody
from lianzhi.office.office import Office
from lianzhi.office.ports import Batch
from lianzhi.office.queries import Queries, Row
from lianzhi.office.reversal import reverse_in
from lianzhi.record.entry import Draft

#: Decisions that may be contested.
_CONTESTED = frozenset({"effective", "partly_reversed"})


class ContestRoute(msgspec.Struct, frozen=True, kw_only=True):
    """How what came of a report may be contested."""

    refused: str = ""
    """Why it may not, as a rule's name; empty: it may."""
    until: int
    """The last moment (ms)."""
    decision: str | None = None
    """The decision against which that is an appeal; None: the report is answered anew."""
    account: str = ""
    """Who appeals against it."""
    appeal: str | None = None
    """The appeal that it has become before."""


class Redress:
    """See module. Thread-safe."""

    def __init__(self, office: Office, complaints: Complaints) -> None:
        self._office, self._complaints = office, complaints
        self._queries = office.queries

    def file(self, decision_id: str, party: Party, account: str, reason: str, at: int) -> str:
        """Contest a decision; returns the appeal's id. KeyError: there is no such decision.

        Raises IllegalStepError where the account is no party to it, the time to contest has run
        out, or it has appealed before.
        """
        with self._office.ledger.batch() as batch:
            person = batch.tokens([account])[account]
            return self.file_in(batch, decision_id, party, person, reason, at)

    def file_in(
        self,
        batch: Batch,
        decision_id: str,
        party: Party,
        person: str,
        reason: str,
        at: int,
        *,
        route: Route = "appeal",
        desk: str = "",
        fields: Mapping[str, Any] | None = None,
    ) -> str:
        """Contest a decision within a batch, as a person (a vault token); see `file`.

        On a `route` to another body that one judges who may ask and in time, and tells the person
        that it has arrived. `desk` is the domain at whose own desk it is taken in, and `fields`
        what that adds.
        """
        row = self._queries.decisions.decision_row(batch.connection, decision_id)
        if row is None:
            raise KeyError(decision_id)
        case, elsewhere = self._office.case(batch.connection, row["case"]), route in ELSEWHERE
        if not elsewhere:
            self.check_party(batch.connection, case, decision_id, party, person)
        self._office.check_step(
            batch.connection,
            "appeal.filed",
            case,
            Actor(name=party, desk=desk),
            at,
            reason=reason,
            contest_until=row["contest_until"],
            elsewhere=elsewhere,
        )
        identity = appeal_id(decision_id, person, route, self._office.ledger.size)
        due = at + self._office.policy(at).appeals.answer_days * DAY_MS
        payload = {
            "appeal": identity,
            "decision": decision_id,
            "case": case.id,
            "party": party,
            "person": person,
            "route": route,
            "due_at": due,
        }
        payload |= {"fields": dict(fields)} if fields else {}
        about = tuple(dict.fromkeys((person, case.about)))
        batch.append([Draft("appeal.filed", identity, at, payload, {"reason": (reason, about)})])
        if not elsewhere:
            params = {"answer_by": due}
            self._office.post.notify(batch, "appeal_receipt", person, identity, params, {}, at)
        return identity

    def contest_report(self, identity: str, reason: str, at: int) -> str:
        """Contest what came of a report, for whoever has its number; returns what it became.

        Where a decision on its case is in effect that is an appeal against it, else the report
        itself, which another person answers anew. KeyError: there is no such report.
        """
        route = self.contest_route(identity, at)
        if route.refused:
            raise IllegalStepError("report.contested", "answered", rule=route.refused)
        if route.decision is not None:
            return self.file(route.decision, "reporter", route.account, reason, at)
        self._complaints.contest(identity, reason, at)
        return identity

    def contest_route(self, identity: str, at: int) -> ContestRoute:
        """How what came of a report may be contested. KeyError: there is no such report."""
        with self._office.ledger.engine.connect() as connection:
            row = self._queries.reports.report_row(connection, identity)
            if row is None:
                raise KeyError(identity)
            days = self._office.policy(at).appeals.within_days
            refused = contest_refused(row, at, days)
            until = (row["answered_at"] or at) + days * DAY_MS
            route = ContestRoute(refused=refused, until=until)
            decision = row["case"] and self._queries.decisions.decided(
                connection, row["case"], _CONTESTED
            )
            if refused or not decision or not row["reporter"]:
                return route
            filed = appeal_id(decision["id"], row["reporter"])
            if self._queries.appeals.appeal_row(connection, filed) is not None:
                return ContestRoute(refused="contested_once", until=until, appeal=filed)
        account = self._office.ledger.vault.account(row["reporter"])
        if account is None or at > decision["contest_until"]:
            return route
        return ContestRoute(
            until=decision["contest_until"], decision=decision["id"], account=account
        )

    def check_party(
        self, connection: Connection, case: Case, decision_id: str, party: Party, person: str
    ) -> None:
        """Raise IllegalStepError where a person (a vault token) is no party to a decision, or it
        is not in effect. KeyError: there is no such decision."""
        row = self._queries.decisions.decision_row(connection, decision_id)
        if row is None:
            raise KeyError(decision_id)
        if not _is_party(self._queries, connection, case, decision_id, party, person):
            raise IllegalStepError("appeal.filed", row["status"], rule="party_to_it")
        if row["status"] not in _CONTESTED:
            raise IllegalStepError("appeal.filed", row["status"], _CONTESTED)

    def own_measures(self, connection: Connection, decision_id: str, person: str) -> frozenset[str]:
        """The single measures of a decision that concern a person (a vault token)."""
        rows = self._queries.measures.measures_of(connection, decision_id)
        return frozenset(row["id"] for row in rows if _concerns(row, person))

    def answer(
        self,
        identity: str,
        outcome: Outcome,
        measures: Sequence[str],
        reason: str,
        by: Actor,
        at: int,
    ) -> None:
        """Answer an appeal. Overturned: what the decision did to the appellant is undone, or where
        a reporter or the harmed appeals, the case is open again. Partly: the measures named. What
        has been taken back meanwhile is not undone twice; the appellant was right all the same.

        Raises IllegalStepError: by one who decided, without reasons, or for others' measures.
        """
        with self._office.ledger.batch() as batch:
            row = self._appeal(batch, identity)
            if row["route"] in ELSEWHERE:
                raise IllegalStepError("appeal.answered", "waiting", rule="answered_elsewhere")
            decided, decision = self._office.decision(batch.connection, row["decision"])
            case = self._office.case(batch.connection, row["case"])
            deciders = {decision.by, decided["confirmed_by"]} - {None}
            if row["party"] == "reporter":
                deciders |= self._queries.reports.answerers(
                    batch.connection, case.id, row["person"]
                )
            roles = self._queries.incidents.parts(batch.connection, case.id).roles
            self._office.check_step(
                batch.connection,
                "appeal.answered",
                case,
                by,
                at,
                leased=identity,
                reason=reason,
                named=names_somebody(self._office, batch, reason, case, roles, but=row["person"]),
                deciders=frozenset(str(name) for name in deciders),
            )
            own = sorted(self.own_measures(batch.connection, decision.id, row["person"]))
            chosen = _undone(outcome, row["party"], own, measures)
            answer = _answer(row, outcome, chosen, reason, case, by, at)
            batch.append([answer])
            if chosen and decided["status"] in _CONTESTED:
                reverse_in(self._office, batch, decision, chosen, reason, by, at, identity)
            elif not chosen and outcome != "upheld" and case.status == "closed":
                # others see this step of the case, so it does not say who asked for it, nor why
                again = {"case": case.id, "by": by.name}
                batch.append([Draft("case.reopened", case.id, at, again)])
            params = {"outcome": _notice_outcome(outcome, row["party"])}
            self._office.post.notify(
                batch, "appeal_answer", row["person"], identity, params, answer.texts, at
            )

    def record_answer_in(
        self,
        batch: Batch,
        identity: str,
        outcome: Outcome,
        reason: str,
        by: Actor,
        at: int,
        *,
        amended: Mapping[str, int] | None = None,
        fields: Mapping[str, Any] | None = None,
    ) -> None:
        """Record within a batch what another body answered, and change the decision by it.

        `amended`: measures that stay, with the sum (whole yuan) that the answer leaves; the others
        are lifted unless the decision was upheld. `fields` is what the domain adds. KeyError: there
        is no such appeal.
        """
        row = self._appeal(batch, identity)
        _, decision = self._office.decision(batch.connection, row["decision"])
        case = self._office.case(batch.connection, row["case"])
        self._office.check_step(
            batch.connection,
            "appeal.answered",
            case,
            by,
            at,
            leased=identity,
            reason=reason,
            elsewhere=True,
        )
        batch.append([_answer(row, outcome, [], reason, case, by, at, fields)])
        if outcome != "upheld":
            reverse_in(self._office, batch, decision, (), reason, by, at, identity, amended, fields)

    def _appeal(self, batch: Batch, identity: str) -> Row:
        row = self._queries.appeals.appeal_row(batch.connection, identity)
        if row is None:
            raise KeyError(identity)
        return row


def _answer(
    row: Row,
    outcome: Outcome,
    measures: Sequence[str],
    reason: str,
    case: Case,
    by: Actor,
    at: int,
    fields: Mapping[str, Any] | None = None,
) -> Draft:
    """The entry that answers an appeal; `measures` are those that the answer lifts."""
    payload: dict[str, Any] = {
        "appeal": row["id"],
        "decision": row["decision"],
        "case": case.id,
        "outcome": outcome,
        "measures": list(measures),
        "by": by.name,
    }
    payload |= {"fields": dict(fields)} if fields else {}
    about = tuple(dict.fromkeys((row["person"], case.about)))
    return Draft("appeal.answered", row["id"], at, payload, {"reason": (reason, about)})


def _is_party(
    queries: Queries, connection: Connection, case: Case, decision: str, party: Party, person: str
) -> bool:
    if party == "harmed":
        return case.about == person
    if party == "reporter":
        return queries.reports.has_reported(connection, case.id, person)
    return any(_concerns(row, person) for row in queries.measures.measures_of(connection, decision))


def _concerns(measure: Any, person: str) -> bool:
    return bool(measure["subject"] == person and measure["status"] != "shadowed")


def _undone(outcome: Outcome, party: Party, own: list[str], named: Sequence[str]) -> list[str]:
    """Which measures the answer lifts."""
    if outcome not in appeals.OUTCOMES:
        raise ValueError(f"outcome {outcome!r} is none; use one of {', '.join(appeals.OUTCOMES)}")
    if party != "affected" or outcome == "upheld":
        return []
    if outcome == "overturned":
        return own
    chosen = [name for name in named if name in own]
    if not chosen or len(chosen) != len(set(named)) or len(chosen) == len(own):
        raise IllegalStepError("appeal.answered", "waiting", rule="part_of_own_measures")
    return chosen


def _notice_outcome(outcome: Outcome, party: Party) -> str:
    """What the notice calls it: for who reported or was harmed the case goes on, nothing is
    withdrawn."""
    if outcome == "upheld":
        return "stands"
    return "withdrawn" if outcome == "overturned" and party == "affected" else "changed"
