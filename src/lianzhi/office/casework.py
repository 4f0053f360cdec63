"""Casework: what people do on a case and with protections, each act an entry of the record."""

import logging
import secrets
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import msgspec

from lianzhi.chain.case import Case, Outcome
from lianzhi.chain.protection import DAY_MS, Terms
from lianzhi.office.actor import Actor
from lianzhi.office.complaints import close_reports
from lianzhi.office.guard import Guard
from lianzhi.office.office import Office
from lianzhi.office.ports import Batch
from lianzhi.record.entry import Draft

#: Protections that may fail to lapse by themselves; where more do, something else is wrong.
MOST_STUCK = 10

log = logging.getLogger(__name__)


class Casework:
    """Acts on cases and protections. Thread-safe; a step that raises IllegalStepError changes
    nothing."""

    def __init__(self, office: Office, guard: Guard) -> None:
        self._office, self._ledger, self._guard = office, office.ledger, guard
        self._ending = threading.Lock()
        self._doubt = threading.Event()
        """Set while the Guard may hold something else than the record."""
        self._logged: set[str] = set()

    def grant(self, account: str, terms: Terms, by: str, case: str | None, at: int) -> str:
        """Grant a protection; returns its id once it is on the record.

        Raises KeyError when there is no such case about this account.
        """
        about = None if case is None else self._case(case).about
        protection = secrets.token_hex(10)
        with self._doubting(), self._ledger.batch() as batch:
            person = batch.tokens([account])[account]
            if about not in {None, person}:
                raise KeyError(case)
            payload = {
                "protection": protection,
                "person": person,
                "terms": msgspec.to_builtins(terms),
                "by": by,
                "case": case,
            }
            batch.append([_draft("protection.granted", case or protection, at, payload)])
        self._guard.put(protection, account, terms)
        return protection

    def lift(self, protection: str, by: str, at: int) -> None:
        """End a protection early. KeyError: there is none in force."""
        with self._doubting():
            if not self._end("protection.lifted", protection, by, at):
                raise KeyError(protection)

    def lapse(self, now: int) -> int:
        """End every protection whose time is over; returns how many.

        One that can't be ended is logged once, tried again next time, and delays no other.
        Raises what went wrong when more fail than could be their own fault.
        """
        if self._doubt.is_set():
            self._reconcile()
        done, stuck = 0, 0
        for protection in self._guard.expired(now):
            try:
                done += self._end("protection.lapsed", protection, "ticker", now)
            except Exception:
                stuck += 1
                if stuck > MOST_STUCK:
                    raise
                self._log_stuck(protection)
        return done

    def close_case(self, case: str, outcome: Outcome, reason: str, by: Actor, at: int) -> None:
        """Close a case, with a reason: its reporters get their answer, and a revisit is planned.

        Raises IllegalStepError where its status or a guard of its type forbids it.
        """
        with self._ledger.batch() as batch:
            close_case_in(self._office, batch, case, outcome, reason, by, at)

    def reopen_case(self, case: str, reason: str, by: Actor, at: int) -> None:
        """Open a closed case again, with a reason. KeyError: there is no such case."""
        with self._ledger.batch() as batch:
            current = self._office.case(batch.connection, case)
            self._office.check_step(
                batch.connection, "case.reopened", current, by, at, reason=reason
            )
            texts = {"reason": (reason, (current.about,))}
            batch.append([Draft("case.reopened", case, at, {"case": case, "by": by.name}, texts)])

    def revisit(self, case: str, rebound: bool, words: str, by: Actor, at: int) -> None:
        """Hold the follow-up visit of a closed case; where the harm is back, it is open again."""
        with self._ledger.batch() as batch:
            revisit_in(self._office, batch, case, rebound, words, by, at)

    def note_case(self, case: str, text: str, by: str, at: int) -> None:
        """Add a note to a case. KeyError: there is no such case."""
        self._act("case.noted", case, at, by, {}, text)

    def assign_case(self, case: str, user: str, by: str, at: int) -> None:
        """Assign a case to a user. KeyError: there is no such case."""
        self._act("case.assigned", case, at, by, {"assignee": user}, None)

    def _end(self, kind: str, protection: str, by: str, at: int) -> bool:
        """Whether it was in force; of two who end it, one does.

        Where the answer of the database was lost, its end is on the record already.
        """
        with self._ending:
            if self._guard.account_of(protection) is None:
                return False
            with self._ledger.batch() as batch:
                case, ended = self._office.queries.protections.protection_state(
                    batch.connection, protection
                )
                if not ended:
                    payload = {"protection": protection, "by": by, "case": case}
                    batch.append([_draft(kind, case or protection, at, payload)])
            self._guard.drop(protection)
            return True

    @contextmanager
    def _doubting(self) -> Iterator[None]:
        """After any failure but a refusal nobody knows whether it is on the record."""
        try:
            yield
        except (LookupError, ValueError):
            raise
        except Exception:
            self._doubt.set()
            raise

    def _reconcile(self) -> None:
        """Bring the Guard to what the record says is in force."""
        with self._ending, self._doubting():
            self._doubt.clear()
            known = self._guard.protections()  # what is put in from here on is on the record
            with self._ledger.engine.connect() as connection:
                running = self._office.queries.protections.running_protections(connection)
            for protection, account, _, terms in running:
                if self._guard.account_of(protection) is None:
                    self._guard.put(protection, account, terms)
            for gone in known - {protection for protection, *_ in running}:
                self._guard.drop(gone)

    def _log_stuck(self, protection: str) -> None:
        if protection not in self._logged:
            self._logged.add(protection)
            log.exception("protection %s can't be ended; the others are", protection)

    def _act(
        self, kind: str, case: str, at: int, by: str, more: Mapping[str, Any], text: str | None
    ) -> None:
        about = self._case(case).about
        texts = {"reason": (text, (about,))} if text else {}
        payload = {"case": case, "by": by, **more}
        self._ledger.append([Draft(kind=kind, ref=case, at=at, payload=payload, texts=texts)])

    def _case(self, case: str) -> Case:
        with self._ledger.engine.connect() as connection:
            return self._office.case(connection, case)


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


def _draft(kind: str, ref: str, at: int, payload: Mapping[str, Any]) -> Draft:
    return Draft(kind=kind, ref=ref, at=at, payload=payload)
