"""Rectifications: orders with limits, replies, re-audits, and closing by a rule.

An order is a decision of the chain with the measure `order_to_rectify`. A rectification is closed
only where `rules.closing` finds nothing against it.
"""

import datetime as dt
from collections.abc import Sequence
from contextlib import nullcontext

from sqlalchemy import Connection

from lianzhi.chain.measure import measure_id
from lianzhi.domains.algorithms.desk.audits import Audits
from lianzhi.domains.algorithms.desk.office import Office, desk_actor, reason
from lianzhi.domains.algorithms.desk.rectification_entries import close_case, load, put
from lianzhi.domains.algorithms.desk.rectification_order import (
    Rests,
    ground_of,
    order_request,
    order_terms,
)
from lianzhi.domains.algorithms.nouns.audit import Audit
from lianzhi.domains.algorithms.nouns.rectification import Rectification
from lianzhi.domains.algorithms.queries import tables, views
from lianzhi.domains.algorithms.rules.assessing import recheck_obstacle
from lianzhi.domains.algorithms.rules.closing import Obstacle, comparable, obstacle
from lianzhi.domains.algorithms.rules.refusal import RefusedError
from lianzhi.office.acts import Upload
from lianzhi.office.decisions import Decisions
from lianzhi.office.files import Files
from lianzhi.office.measures import Measures


class Rectifications:
    """See module. Thread-safe; a step that is refused changes nothing."""

    def __init__(self, office: Office, audits: Audits) -> None:
        self._office, self._audits = office, audits
        self._files = Files(office.home)
        self._decisions = Decisions(office.chain)
        self._measures = Measures(office.chain)

    def order(
        self, identity: str, by: str, *, until: dt.date | None, margin: str, words: str
    ) -> None:
        """Order the provider to mend the gaps by a day; they are to lie within a margin.

        `margin` may be stricter than the policy's, and is the policy's where it is empty.
        """
        office, today = self._office, self._office.today()
        with office.ledger.batch() as batch:
            file = load(batch, identity, "ordered")
            _, policy = office.policy()
            case = office.chain.case(batch.connection, identity)
            rests = _rests(batch.connection, file)
            terms = order_terms(file.kind, rests, until, margin, today, policy)
            request = order_request(
                case.about, rests, terms, reason(words), ground_of(office.law.bases, today)
            )
            at = office.now()
            decision = self._decisions.decide_in(batch, case, request, desk_actor(by), at)
            put(
                self._office, batch, file, "ordered", by,
                scope=terms.scope, margin=terms.margin, due=terms.until, ordered=today,
                decision=decision,
            )  # fmt: skip

    def reply(
        self, identity: str, by: str, *, words: str, file: Upload | None, day: dt.date | None
    ) -> None:
        """Note what the provider answered, with the paper that it sent."""
        when = self._office.dated(day)
        keeping = self._files.keeping(file.name, file.body) if file else nullcontext(None)
        with keeping as kept, self._office.ledger.batch() as batch:
            known = load(batch, identity, "replied")
            if known.ordered is not None and when < known.ordered:
                raise RefusedError(
                    "rectification_reply", f"day is {when}", day=when, since=known.ordered
                )
            texts, fields = {"words": reason(words)}, {"kept": ""}
            if kept is not None:
                texts |= {"file_name": kept.name, "salt": kept.salt}
                fields = {"kept": kept.id, "commitment": kept.commitment, "media": kept.media}
            put(self._office, batch, known, "replied", by, texts, day=when, **fields)

    def reaudit(self, identity: str, by: str, *, file: Upload, columns: Upload, time: str) -> None:
        """Audit new data by the margin of the order, and file it as a re-audit."""
        with self._office.ledger.batch() as batch:
            rectification = load(batch, identity, "reaudited")
        if rectification.kind == "assessment":
            raise RefusedError("reaudit_assessment", f"{identity} is of an assessment")
        filed = self._audits.upload(
            rectification.algorithm, rectification.kind, file, columns, time, by,
            margin=rectification.margin, rectification=identity,
        )  # fmt: skip
        self.add_reaudit(identity, filed, by)

    def add_reaudit(self, identity: str, audit: str, by: str) -> None:
        """Count an audit on the record as re-audit. RefusedError: it is of something else."""
        with self._office.ledger.batch() as batch:
            file = load(batch, identity, "reaudited")
            known = tables.audit.load(batch.connection, audit)
            if audit in file.reaudits:
                raise RefusedError("reaudit_known", f"{audit} counts already", detail=known.name)
            _refuse(comparable(file, _audits(batch.connection, file), known))
            put(
                self._office, batch, file, "reaudited", by, audit=audit, verdict=known.verdict.value
            )

    def close(self, identity: str, by: str, *, words: str) -> None:
        """Close it: the latest re-audit shows equivalence. RefusedError names the rule else."""
        office = self._office
        with office.ledger.batch() as batch:
            file = load(batch, identity, "closed")
            _refuse(self.against_closing(batch.connection, file))
            case = office.chain.case(batch.connection, identity)
            measure = measure_id(file.decision, "order_to_rectify", case.about, "")
            self._measures.carried_out_in(batch, measure, by, office.now())
            put(
                self._office,
                batch,
                file,
                "closed",
                by,
                {"words": reason(words)},
                day=office.today(),
            )
            close_case(self._office, batch, identity, "settled", by, words)

    def dismiss(self, identity: str, by: str, *, words: str) -> None:
        """The suspicion is not borne out: no order is made, for reasons."""
        with self._office.ledger.batch() as batch:
            file = load(batch, identity, "dismissed")
            put(
                self._office,
                batch,
                file,
                "dismissed",
                by,
                {"words": reason(words)},
                day=self._office.today(),
            )
            close_case(self._office, batch, identity, "false_positive", by, words)

    def tick(self) -> int:
        """Note orders whose last day is over without a reply; returns how many."""
        office, today = self._office, self._office.today()
        with office.reading() as connection:
            if not views.late(connection, today):
                return 0
        with office.ledger.batch() as batch:
            late = views.late(batch.connection, today)
            for file in late:
                put(self._office, batch, file, "overdue", "ticker", day=today)
        return len(late)

    def against_closing(self, connection: Connection, file: Rectification) -> Obstacle | None:
        """What keeps it from being closed now; None: nothing."""
        if file.kind == "assessment":
            latest = file.reaudits[-1] if file.reaudits else ""
            return recheck_obstacle(file, tables.assessment.get(connection, latest))
        audits = tables.audit.among(connection, [*file.audits, *file.reaudits])
        first = [audits[name] for name in file.audits]
        last = audits[file.reaudits[-1]] if file.reaudits else None
        return obstacle(file, first, last)


def _audits(connection: Connection, file: Rectification) -> list[Audit]:
    return [*tables.audit.among(connection, file.audits).values()]


def _rests(connection: Connection, file: Rectification) -> Sequence[Rests]:
    """The audits or assessments on which it rests."""
    if file.kind == "assessment":
        return [*tables.assessment.among(connection, file.audits).values()]
    return _audits(connection, file)


def _refuse(against: Obstacle | None) -> None:
    if against is not None:
        raise RefusedError(against.rule, f"{against.rule}: {against.detail}", detail=against.detail)
