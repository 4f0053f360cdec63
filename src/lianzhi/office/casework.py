"""Casework: what people do on a case, each act an entry of the record."""

from collections.abc import Mapping
from typing import Any

from lianzhi.chain.case import Outcome
from lianzhi.chain.protection import DAY_MS
from lianzhi.office.actor import Actor
from lianzhi.office.complaints import close_reports
from lianzhi.office.office import Office
from lianzhi.office.ports import Batch
from lianzhi.record.entry import Draft


class Casework:
    """Acts on cases. Thread-safe; a step that raises IllegalStepError changes nothing."""

    def __init__(self, office: Office) -> None:
        self._office, self._ledger = office, office.ledger

    def close_case(self, case: str, outcome: Outcome, reason: str, by: Actor, at: int) -> None:
        """Close a case, with a reason: its reporters get their answer, and a revisit is planned.

        Raises IllegalStepError where its status or a guard of its type forbids it.
        """
        with self._ledger.batch() as batch:
            close_case_in(self._office, batch, case, outcome, reason, by, at)

    def reopen_case(self, case: str, reason: str, by: Actor, at: int) -> None:
        """Open a closed case again, with a reason. KeyError: there is no such case."""
        with self._ledger.batch() as batch:
            reopen_case_in(self._office, batch, case, reason, by, at)

    def revisit(self, case: str, rebound: bool, words: str, by: Actor, at: int) -> None:
        """Hold the follow-up visit of a closed case; where the harm is back, it is open again."""
        with self._ledger.batch() as batch:
            revisit_in(self._office, batch, case, rebound, words, by, at)

    def note_case(self, case: str, text: str, by: str, at: int) -> None:
        """Add a note to a case. KeyError: there is no such case."""
        self._act("case.noted", case, at, by, {}, text)

    def look_at_tier(self, case: str, tier: str, hit: bool, text: str, by: str, at: int) -> None:
        """Say what a person found who looked at a tier of the case's whole chain; `hit`: something.

        KeyError: there is no such case. ValueError: there is no such tier, or no words.
        """
        known = [each.key for each in self._office.policy(at).tiers]
        if tier not in known:
            raise ValueError(f"tier is {tier!r}; give one of {', '.join(known)}")
        if not text.strip():
            raise ValueError("text is empty; say where you looked and what was there")
        self._act("case.looked", case, at, by, {"tier": tier, "found": hit}, text)

    def assign_case(self, case: str, user: str, by: str, at: int) -> None:
        """Assign a case to a user. KeyError: there is no such case."""
        self._act("case.assigned", case, at, by, {"assignee": user}, None)

    def _act(
        self, kind: str, case: str, at: int, by: str, more: Mapping[str, Any], text: str | None
    ) -> None:
        with self._ledger.engine.connect() as connection:
            about = self._office.case(connection, case).about
        texts = {"reason": (text, (about,))} if text else {}
        payload = {"case": case, "by": by, **more}
        self._ledger.append([Draft(kind=kind, ref=case, at=at, payload=payload, texts=texts)])


def close_case_in(
    office: Office,
    batch: Batch,
    case: str,
    outcome: Outcome,
    reason: str,
    by: Actor,
    at: int,
    revisit_at: int | None = None,
) -> None:
    """Close a case within a batch, see `Casework.close_case`; `revisit_at` (ms) is when to look
    again, by default as policy says. KeyError: there is no such case."""
    current = office.case(batch.connection, case)
    facts = {"reason": reason, "outcome": outcome}
    office.check_step(batch.connection, "case.closed", current, by, at, **facts)
    texts = {"reason": (reason, (current.about,))}
    payload = {"case": case, "by": by.name, "outcome": outcome}
    due = at + office.policy(at).revisit_after_days * DAY_MS if revisit_at is None else revisit_at
    batch.append(
        [
            Draft("case.closed", case, at, payload, texts),
            Draft("revisit.scheduled", case, at, {"case": case, "due": due}),
        ]
    )
    close_reports(office, batch, current, outcome, by.name, at)


def reopen_case_in(
    office: Office, batch: Batch, case: str, reason: str, by: Actor, at: int
) -> None:
    """Open a closed case again within a batch. KeyError: there is no such case."""
    current = office.case(batch.connection, case)
    office.check_step(batch.connection, "case.reopened", current, by, at, reason=reason)
    texts = {"reason": (reason, (current.about,))}
    batch.append([Draft("case.reopened", case, at, {"case": case, "by": by.name}, texts)])


def revisit_in(
    office: Office,
    batch: Batch,
    case: str,
    rebound: bool,
    words: str,
    by: Actor,
    at: int,
    *,
    reopens: bool = True,
) -> None:
    """Hold the follow-up visit within a batch, see `Casework.revisit`; with `reopens` false a
    rebound leaves the case closed. KeyError: there is no such case."""
    current = office.case(batch.connection, case)
    payload = {"case": case, "by": by.name, "rebound": rebound}
    texts = {"reason": (words, (current.about,))} if words.strip() else {}
    batch.append([Draft("revisit.held", case, at, payload, texts)])
    if rebound and reopens:
        again = {"case": case, "by": by.name, "why": "rebound"}
        batch.append([Draft("case.reopened", case, at, again)])


def assign_in(batch: Batch, case: str, user: str, by: str, at: int) -> None:
    """Assign a case to a user within a batch."""
    payload = {"case": case, "by": by, "assignee": user}
    batch.append([Draft("case.assigned", case, at, payload)])
