"""Measures: ending them, and recording that they were carried out."""

import logging
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection

from lianzhi.chain.life import IllegalStepError
from lianzhi.chain.measure import RUNNING, is_thing
from lianzhi.office.actor import Actor
from lianzhi.office.office import Office
from lianzhi.office.ports import Batch
from lianzhi.office.queries import Row
from lianzhi.record.entry import Draft

#: Measures that lapse in one batch: a large pile-on's must not hold up everything else.
TOGETHER = 500
#: Measures that may fail to end by themselves; where more do, something else is wrong.
MOST_STUCK = 10
#: Why a measure ended -> what the notice calls it.
_HOW = {"time": "lapsed", "early": "lifted", "appeal": "overturned", "reversal": "overturned"}


log = logging.getLogger(__name__)


class Measures:
    """See module. Thread-safe."""

    def __init__(self, office: Office) -> None:
        self._office, self._queries = office, office.queries.measures
        self._logged: set[str] = set()

    def lapse(self, now: int) -> int:
        """End every measure whose time is over; returns how many.

        One that can't be ended is logged once, tried again next time, and delays no other.
        Raises what went wrong where disk or database fails, or more than could be their own fault.
        """
        done, stuck, together = 0, 0, TOGETHER
        while True:
            try:
                ended = self._lapse(now, together, stuck)
            except Exception as error:
                if self._office.ledger.outage(error) or (together == 1 and stuck == MOST_STUCK):
                    raise
                if together == 1:
                    self._log_stuck(now, stuck)
                    stuck += 1
                together = together // 2 or TOGETHER  # halved until it is found, then on
                continue
            if not ended:
                return done
            done += ended

    def _lapse(self, now: int, together: int, skip: int) -> int:
        with self._office.ledger.engine.connect() as connection:
            if not self._queries.due_measures(connection, now, 1, skip):
                return 0  # the usual case takes no lock
        with self._office.ledger.batch() as batch:
            rows = self._queries.due_measures(batch.connection, now, together, skip)
            for row in rows:
                end(self._office, batch, row, "measure.lapsed", "ticker", "time", now)
        return len(rows)

    def _log_stuck(self, now: int, skip: int) -> None:
        with self._office.ledger.engine.connect() as connection:
            (row,) = self._queries.due_measures(connection, now, 1, skip)
        if row["id"] not in self._logged:
            self._logged.add(row["id"])
            log.exception("measure %s can't be ended; the others are", row["id"])

    def lift(self, identity: str, reason: str, by: Actor, at: int) -> None:
        """End a measure early. The decision stands, and so does its strike. KeyError: none."""
        with self._office.ledger.batch() as batch:
            row = self._row(batch.connection, identity)
            if not reason.strip():
                raise IllegalStepError("measure.lifted", row["status"], rule="reasons_given")
            if self._office.of_party(self._office.case(batch.connection, row["case"]), at):
                raise IllegalStepError("measure.lifted", row["status"], rule="own_desk")
            if row["status"] not in RUNNING:
                raise IllegalStepError("measure.lifted", row["status"], RUNNING)
            rule = self._office.policy(at).measures.get(row["key"])
            if not by.person and rule and rule.persons > 1 and rule.is_severe(row["hours"]):
                raise IllegalStepError("measure.lifted", row["status"], rule="severe_by_person")
            end(self._office, batch, row, "measure.lifted", by.name, "early", at, reason)

    def applied(self, identity: str, by: str, at: int, receipt: str = "") -> None:
        """A person has carried a measure out, or undone it where it has ended.

        `receipt` is what another authority gave for a transfer. KeyError: there is none.
        """
        with self._office.ledger.batch() as batch:
            row = self._row(batch.connection, identity)
            if row["mode"] != "manual":
                raise IllegalStepError("measure.applied", row["mode"], frozenset({"manual"}))
            kind = "measure.applied" if row["status"] in RUNNING else "measure.end_applied"
            texts = {"receipt": (receipt, _people(row))} if receipt.strip() else {}
            payload = {"measure": identity, "case": row["case"], "by": by}
            batch.append([Draft(kind, identity, at, payload, texts)])

    def carried_out_in(self, batch: Batch, identity: str, by: str, at: int) -> None:
        """What an authority imposed has been carried out: paid, obeyed, executed. Within a batch;
        nothing happens where it has ended or was carried out before. KeyError: there is none."""
        row = self._row(batch.connection, identity)
        if row["status"] in ("ordered", "undelivered"):
            payload = {"measure": identity, "case": row["case"], "by": by}
            batch.append([Draft("measure.applied", identity, at, payload)])

    def answered(self, identity: str, answer: str, by: str, at: int) -> None:
        """Another authority has answered a transfer. KeyError: there is none."""
        with self._office.ledger.batch() as batch:
            row = self._row(batch.connection, identity)
            payload = {"measure": identity, "case": row["case"], "by": by}
            texts = {"answer": (answer, _people(row))}
            batch.append([Draft("transfer.answered", identity, at, payload, texts)])

    def delivered(self, batch: Batch, identity: str, sequence: int, at: int) -> None:
        """The platform has taken the message: it applied the measure, or ended it."""
        kind = "measure.applied" if sequence == 1 else "measure.end_applied"
        self._outcome(batch, identity, kind, at, {})

    def undelivered(self, batch: Batch, identity: str, sequence: int, at: int, why: str) -> None:
        """The message lies with the dead letters: a person has to look."""
        kind = "measure.undelivered" if sequence == 1 else "measure.end_undelivered"
        self._outcome(batch, identity, kind, at, {"why": why})

    def resend(self, letters: Iterable[str], by: str, at: int) -> int:
        """Send dead letters, given by message id, again, whatever they are about; returns how many
        there were."""
        outbox, resent = self._office.queries.outbox, 0
        with self._office.ledger.batch() as batch:
            for letter in letters:
                message = outbox.find(batch.connection, letter)
                if message is None or not outbox.revive(batch.connection, letter, at):
                    continue
                resent += 1
                if message.topic.startswith("measure."):
                    self.retried(batch, message.ref, message.number, by, at)
        return resent

    def retried(self, batch: Batch, identity: str, sequence: int, by: str, at: int) -> None:
        """A person sends a message about a measure again that was given up."""
        if sequence == 1:
            self._outcome(batch, identity, "measure.retried", at, {"by": by})

    def _outcome(
        self, batch: Batch, identity: str, kind: str, at: int, more: Mapping[str, Any]
    ) -> None:
        row = self._queries.measure_row(batch.connection, identity)
        if row is None or row["mode"] != "queued":
            return  # people carry out the others, whoever has heard of them
        late = row["status"] not in RUNNING and not kind.startswith("measure.end_")
        if late or (kind == "measure.applied" and row["status"] == "applied"):
            return  # it ended while the message was under way; its end has a message of its own
        payload = {"measure": identity, "case": row["case"], **more}
        batch.append([Draft(kind, identity, at, payload)])

    def _row(self, connection: Connection, identity: str) -> Row:
        row = self._queries.measure_row(connection, identity)
        if row is None:
            raise KeyError(identity)
        return row


def end(
    office: Office,
    batch: Batch,
    row: Mapping[str, Any],
    kind: str,
    by: str,
    why: str,
    at: int,
    reason: str = "",
) -> None:
    """End a measure in force within a batch: `measure.lapsed` or `measure.lifted`."""
    payload = {
        "measure": row["id"],
        "decision": row["decision"],
        "case": row["case"],
        "by": by,
        "why": why,
    }
    texts = {"reason": (reason, _people(row))} if reason else {}
    batch.append([Draft(kind, row["id"], at, payload, texts)])
    whole = {**payload, **{name: row[name] for name in ("key", "subject", "item", "hours", "mode")}}
    if office.announces(row["mode"]):
        office.post.measure(batch, {**whole, "ends_at": at}, 2, at)
    if row["mode"] == "authority":
        return  # the party hears of its decision as a whole
    if row["subject"] is None or office.queries.measures.goes_on(batch.connection, row):
        return  # nobody to notify, or what ends goes on under another decision
    params = {"measure": row["key"], "how": _HOW[why]}
    if row["item"] and is_thing(row["item"]):
        params["thing"] = row["item"]
    office.post.notify(batch, "measure_ended", row["subject"], row["id"], params, {}, at)


def _people(row: Mapping[str, Any]) -> tuple[str, ...]:
    return (row["subject"],) if row["subject"] else ()
