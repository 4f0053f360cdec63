"""Protections: granted, lifted and lapsed on the record, and in force in memory."""

import logging
import secrets
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import msgspec

from lianzhi.chain.protection import Terms
from lianzhi.office.guard import Guard
from lianzhi.office.office import Office
from lianzhi.record.entry import Draft

#: Protections that may fail to lapse by themselves; where more do, something else is wrong.
MOST_STUCK = 10

log = logging.getLogger(__name__)


class Protections:
    """Acts on protections. Thread-safe; what is granted is in force once it is on the record."""

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
        about = None if case is None else self._about(case)
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
            self.reconcile()
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

    def reconcile(self) -> None:
        """Bring the Guard to what the record says is in force."""
        with self._ending, self._doubting():
            self._doubt.clear()
            known = self._guard.protections()  # what is put in from here on is on the record
            with self._ledger.engine.connect() as connection:
                running = self._office.queries.protections.running_protections(connection)
            for protection, account, _, terms in running:
                if self._guard.account_of(protection) is None:
                    self._guard.put(protection, account, terms)
            for ended in known - {protection for protection, *_ in running}:
                self._guard.drop(ended)

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

    def _log_stuck(self, protection: str) -> None:
        if protection not in self._logged:
            self._logged.add(protection)
            log.exception("protection %s can't be ended; the others are", protection)

    def _about(self, case: str) -> str:
        with self._ledger.engine.connect() as connection:
            return self._office.case(connection, case).about


def _draft(kind: str, ref: str, at: int, payload: Mapping[str, Any]) -> Draft:
    return Draft(kind=kind, ref=ref, at=at, payload=payload)
