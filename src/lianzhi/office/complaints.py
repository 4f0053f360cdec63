"""Complaints: users' reports, from the receipt to the answer that each reporter gets."""

import hashlib
import secrets
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Literal

import msgspec
from sqlalchemy import Connection

from lianzhi.chain import receipt
from lianzhi.chain.case import Case
from lianzhi.chain.life import IllegalStepError
from lianzhi.chain.protection import DAY_MS
from lianzhi.chain.report import Channel, Outcome
from lianzhi.chain.statement import says_something
from lianzhi.office.office import Office
from lianzhi.office.ports import Batch, Once
from lianzhi.office.queries import ReportQueries, Row
from lianzhi.record.entry import Draft
from lianzhi.record.mention import mentions
from lianzhi.text.fold.folding import fold

_ANSWERED = frozenset({"answered"})

Reach = Literal["one", "alike", "subject"]
"""One report, all of the same thing, or all against the same account."""

#: Reports that one step deals with at most.
TOGETHER = 500

#: How a case ended -> the answer to the reports that joined it.
_OUTCOME_OF: dict[str, Outcome] = {
    "settled": "handled",
    "subsided": "handled",
    "transferred": "handled",
    "false_positive": "not_upheld",
}
#: The same for those who complained of the very person whom the case is about: the case says that
#: they were an attack. Where it was none, each of them waits for an answer of its own.
_OUTCOME_AGAINST: dict[str, Outcome] = {
    "settled": "not_upheld",
    "subsided": "handled",
    "transferred": "handled",
}
#: Outcome -> what the notice calls it.
_NOTICE_OUTCOME: dict[Outcome, str] = {
    "upheld": "acted",
    "handled": "handled",
    "not_upheld": "no_action",
    "routed": "transferred",
}


class Complaint(msgspec.Struct, frozen=True, kw_only=True):
    """A report as it comes in, with accounts in clear."""

    category: str
    """Our class of harm, or the key of one that is routed on."""
    channel: Channel
    reporter: str | None = None
    """Account; None: by phone, without one."""
    about: str | None = None
    """Account harmed; None: not known yet."""
    subject: str | None = None
    """Account complained of."""
    minor: bool = False
    words: str = ""
    """In the reporter's own words, or the clerk's."""
    contact: str = ""
    """How to reach a reporter by phone."""
    content: str = ""
    """Id or address of what is complained of."""
    severity: float = 0.0
    """Doublings of urgency that the class brings."""
    route: str = ""
    """Who is competent, where that is not us."""


class Complaints:
    """See module. Thread-safe."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def receive(self, complaint: Complaint, by: str, at: int) -> str:
        """Put a report on the record; returns its id, the receipt, at once."""
        return self.receive_once(complaint, by, at, None)[0]

    def receive_once(
        self, complaint: Complaint, by: str, at: int, once: Once | None
    ) -> tuple[str, bool]:
        """Put a report on the record unless `once` says that it is there: its id, and if it is new.

        What is outside our scope is answered in the same breath: it is routed on, not judged.
        """
        identity = receipt.report_id(
            "".join(secrets.choice(receipt.SIGNS) for _ in range(receipt.LENGTH))
        )
        names = [n for n in (complaint.reporter, complaint.about, complaint.subject) if n]
        with self._office.ledger.batch() as batch:
            if once is not None and (earlier := once(batch.connection, identity)) is not None:
                return earlier, False
            tokens = batch.tokens(names)
            policy = self._office.policy(at).reports
            about, subject = tokens.get(complaint.about or ""), tokens.get(complaint.subject or "")
            payload: dict[str, Any] = {
                "report": identity,
                "category": complaint.category,
                "channel": complaint.channel,
                "reporter": tokens.get(complaint.reporter or ""),
                "about": about,
                "subject": subject,
                "minor": complaint.minor,
                "severity": complaint.severity,
                "route": complaint.route,
                "same": _same(self._office.ledger.signer.seal_key, about, subject, complaint),
                "due_at": at + policy.answer_days * DAY_MS,
                "by": by,
            }
            people = tuple(tokens.values())
            free = {"words": complaint.words, "contact": complaint.contact}
            free |= {"content": complaint.content}
            texts = {name: (text, people) for name, text in free.items() if text.strip()}
            batch.append([Draft("report.received", identity, at, payload, texts)])
            if payload["reporter"] and not complaint.route:  # what is routed on is answered at once
                params = {"answer_by": payload["due_at"]}
                token = payload["reporter"]
                self._office.post.notify(batch, "report_receipt", token, identity, params, {}, at)
            if complaint.route:
                row = {
                    **payload,
                    "id": identity,
                    "case": None,
                    "contested_at": None,
                    "first_by": None,
                }
                _answer(self._office, batch, row, "routed", by, at)
        return identity, True

    def join(self, identity: str, case_id: str, by: str, at: int, reach: Reach = "one") -> int:
        """Put a report, and those in reach of it, with a case; returns how many.

        KeyError: there is no such report or case.
        """
        with self._office.ledger.batch() as batch:
            case = self._office.case(batch.connection, case_id)
            rows = reports_in_reach(self._office.queries.reports, batch.connection, identity, reach)
            join_in(batch, rows, case_id, case.about, by, at)
            return len(rows)

    def answer(
        self,
        identity: str,
        outcome: Outcome,
        reason: str,
        by: str,
        at: int,
        reach: Reach = "one",
        route: str = "",
    ) -> int:
        """Answer a report, and those in reach of it, with a reason; returns how many.

        `route` says who is competent, where it is routed on. KeyError: there is no such report.
        Raises IllegalStepError with a reason that names somebody in the report, or without one,
        which only routing on can do without.
        """
        with self._office.ledger.batch() as batch:
            rows = reports_in_reach(self._office.queries.reports, batch.connection, identity, reach)
            if self._office.is_spent(batch.connection, by, at):
                raise IllegalStepError("report.answered", rows[0]["status"], rule="not_spent")
            if not reason.strip() and not route:
                raise IllegalStepError("report.answered", rows[0]["status"], rule="reasons_given")
            people = {row[party] for row in rows for party in ("reporter", "about", "subject")}
            named = self._office.ledger.vault.accounts(token for token in people if token)
            if any(mentions(account)(reason.encode()) for account in named.values()):
                raise IllegalStepError("report.answered", rows[0]["status"], rule="names_nobody")
            for row in rows:
                _answer(self._office, batch, row, outcome, by, at, reason, route)
            return len(rows)

    def contest(self, identity: str, reason: str, at: int) -> None:
        """Take back the answer to a report at its reporter's wish: another person gives the next.

        KeyError: there is no such report. Raises IllegalStepError where there is no answer yet, the
        matter is for others to judge, no reason is given, it is too late, or it was done before.
        """
        with self._office.ledger.batch() as batch:
            row = self._office.queries.reports.report_row(batch.connection, identity)
            if row is None:
                raise KeyError(identity)
            policy = self._office.policy(at)
            if rule := contest_refused(row, at, policy.appeals.within_days):
                raise IllegalStepError("report.contested", row["status"], _ANSWERED, rule)
            if not says_something(reason):
                raise IllegalStepError("report.contested", row["status"], rule="reasons_given")
            payload = {
                "report": identity,
                "case": row["case"],
                "first_by": row["answered_by"],
                "due_at": at + policy.reports.answer_days * DAY_MS,
            }
            people = tuple(p for p in (row["reporter"], row["about"], row["subject"]) if p)
            texts = {"reason": (reason, people)}
            batch.append([Draft("report.contested", identity, at, payload, texts)])
            if row["reporter"]:
                params = {"answer_by": payload["due_at"]}
                self._office.post.notify(
                    batch, "report_receipt", row["reporter"], identity, params, {}, at
                )


def contest_refused(row: Mapping[str, Any], at: int, within_days: int) -> str:
    """Why the answer to a report may not be contested, as a rule's name; empty: it may."""
    if row["status"] != "answered":
        return "status"
    if row["outcome"] == "routed":
        return "judged_here"
    if row["contested_at"] is not None:
        return "contested_once"
    return "in_time" if at > row["answered_at"] + within_days * DAY_MS else ""


def join_in(
    batch: Batch, rows: Sequence[Mapping[str, Any]], case_id: str, about: str, by: str, at: int
) -> None:
    """Put reports with a case about somebody (a vault token), within a batch that is open.

    Raises IllegalStepError where one of them is about somebody else.
    """
    for row in rows:
        if row["about"] not in (None, about):
            raise IllegalStepError("report.joined", row["status"], rule="same_person")
        _require_another_person(row, by)
    payload = {"case": case_id, "by": by}
    batch.append(
        [Draft("report.joined", r["id"], at, {"report": r["id"], **payload}) for r in rows]
    )


def uphold_reports(
    office: Office, batch: Batch, case: Case, concerned: Collection[str], by: str, at: int
) -> None:
    """Answer those reports of a case that measures bear out: against one of the accounts
    concerned, or against nobody by name. The others wait for what becomes of theirs."""
    for row in office.queries.reports.reports_of(batch.connection, case.id):
        if row["first_by"] == by:
            continue  # whose answer was contested gives no other; the case's end does
        if row["subject"] is None or row["subject"] in concerned:
            _answer(office, batch, row, "upheld", by, at)


def reopen_reports(office: Office, batch: Batch, case: Case, by: str, at: int) -> None:
    """Take back the answers to reports that rest on measures which no longer stand.

    The reports wait with the case for the next decision; where it is closed they are answered.
    """
    for row in office.queries.reports.unfounded_reports(batch.connection, case.id):
        again = {"report": row["id"], "case": case.id, "by": by}
        batch.append([Draft("report.reopened", row["id"], at, again)])
        if case.status == "closed" and row["first_by"] != by:
            _answer(office, batch, row, "not_upheld", by, at)


def close_reports(office: Office, batch: Batch, case: Case, ended: str, by: str, at: int) -> None:
    """Answer the reports of a case that ends, by how it ended."""
    for row in office.queries.reports.reports_of(batch.connection, case.id):
        outcomes = _OUTCOME_AGAINST if row["subject"] == case.about else _OUTCOME_OF
        if ended in outcomes:
            _answer(office, batch, row, outcomes[ended], by, at)


def reports_in_reach(
    queries: ReportQueries, connection: Connection, identity: str, reach: Reach
) -> list[Row]:
    """A report and those in reach of it, that stand where it stands. KeyError: there is none.

    Those whose answer was contested are looked at one by one.
    """
    row = queries.report_row(connection, identity)
    if row is None:
        raise KeyError(identity)
    first, *others = queries.waiting_with(connection, row, reach, TOGETHER)
    return [first, *(row for row in others if row["contested_at"] is None)]


def _same(key: bytes, about: str | None, subject: str | None, complaint: Complaint) -> str | None:
    """Keyed fingerprint of a complaint, equal for complaints about the same content and people.

    People go in as vault tokens, texts with their spellings folded. None: nothing was named.
    """
    text = complaint.content if complaint.content.strip() else complaint.words
    plain = " ".join(fold(text).text.split())
    if not plain and about is None and subject is None:
        return None
    fields = msgspec.json.encode([about, subject, plain or complaint.category])
    return hashlib.blake2b(fields, digest_size=16, key=key, person=b"lianzhi same").hexdigest()


def _answer(
    office: Office,
    batch: Batch,
    row: Mapping[str, Any],
    outcome: Outcome,
    by: str,
    at: int,
    reason: str = "",
    route: str = "",
) -> None:
    _require_another_person(row, by)
    payload = {"report": row["id"], "outcome": outcome, "by": by}
    if route:
        payload["route"] = route
    if row["case"]:
        payload["case"] = row["case"]
    people = tuple(p for p in (row["reporter"], row["about"], row["subject"]) if p)
    texts = {"reason": (reason, people)} if reason.strip() else {}
    batch.append([Draft("report.answered", row["id"], at, payload, texts)])
    if row["reporter"]:
        params: dict[str, Any] = {"outcome": _NOTICE_OUTCOME[outcome]}
        if outcome != "routed" and not row["contested_at"]:
            params["contest_by"] = at + office.policy(at).appeals.within_days * DAY_MS
        if there := route or row["route"]:
            zh, _, en = there.partition(" / ")
            params["route"] = {"zh": zh, "en": en or zh}
        token = row["reporter"]
        office.post.notify(batch, "report_outcome", token, row["id"], params, texts, at)


def _require_another_person(row: Mapping[str, Any], by: str) -> None:
    """Who gave the answer that was contested does not judge it again."""
    if row["first_by"] == by:
        raise IllegalStepError("report.answered", row["status"], rule="another_person")
