"""Instructions: drafted by one person and issued by another, replied to, closed by a re-check.

Issuing puts a finding of the chain on the record, with its case; an order to rectify is a decision
with a measure besides. Instructions to one platform on one case are a ladder: the next may be
stricter.
"""

import datetime as dt
import math
import secrets
from collections.abc import Sequence
from contextlib import nullcontext
from typing import Any

from sqlalchemy import Connection

from lianzhi.chain.finding import Finding, Reason, finding_id
from lianzhi.chain.measure import measure_id
from lianzhi.domains.oversight.desk.office import (
    Office,
    desk_actor,
    draft,
    load_instruction,
    put,
    reason_of,
)
from lianzhi.domains.oversight.desk.orders import ground_of, order_request
from lianzhi.domains.oversight.nouns.instruction import OPEN, Instruction, Kind
from lianzhi.domains.oversight.nouns.platform import Platform
from lianzhi.domains.oversight.policy import Policy
from lianzhi.domains.oversight.queries import tables, views
from lianzhi.domains.oversight.rules.closing import Obstacle, obstacle
from lianzhi.domains.oversight.rules.refusal import RefusedError
from lianzhi.office import casework
from lianzhi.office.acts import Upload
from lianzhi.office.decisions import Decisions
from lianzhi.office.files import Files
from lianzhi.office.measures import Measures
from lianzhi.office.object_findings import record_object_finding
from lianzhi.office.ports import Batch

#: Kind of finding, and of the case that it opens.
KIND = "oversight.duty"


class Instructions:
    """See module. Raises KeyError for an unknown one; a refused step changes nothing."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._files = Files(office.home)
        self._decisions = Decisions(office.chain)
        self._measures = Measures(office.chain)

    def draft(
        self, by: str, *, platform: str, kind: Kind, duties: Sequence[str],
        until: dt.date | None, tolerance: str, words: str,
    ) -> str:  # fmt: skip
        """Draft an instruction; returns its id. `words`: what was found, and what is asked.

        `tolerance` may be stricter than the policy's, and is the policy's where it is empty.
        """
        office, today = self._office, self._office.today()
        version, policy = office.policy()
        keys = _duties(duties, policy)
        payload = {
            "platform": platform, "kind": kind, "duties": keys, "by": by, "policy": version,
            "due": _due(until, kind, today, policy), "tolerance": _tolerance(tolerance, policy),
        }  # fmt: skip
        identity = secrets.token_hex(8)
        with office.ledger.batch() as batch:
            known = tables.platform.load(batch.connection, platform)
            if known.status != "live":
                raise RefusedError("platform_ended", f"{known.title} has stopped", name=known.name)
            if kind == "order":
                ground_of(keys, policy, office.bases, today)
            payload["instruction"] = identity
            texts = {"words": reason_of(words)}
            batch.append([draft("instruction.drafted", identity, office.now(), payload, texts)])
        return identity

    def withdraw(self, identity: str, by: str, *, words: str) -> None:
        """Give a draft up, for reasons."""
        with self._office.ledger.batch() as batch:
            known = load_instruction(batch, identity, "withdrawn")
            texts = {"words": reason_of(words)}
            put(self._office, batch, known, "withdrawn", by, texts, day=self._office.today())

    def issue(self, identity: str, by: str, *, words: str) -> None:
        """Issue a draft of another person. `words`: the facts as they go out."""
        office, today = self._office, self._office.today()
        with office.ledger.batch() as batch:
            known = load_instruction(batch, identity, "issued")
            if known.drafter == by:
                raise RefusedError("instruction_own", f"{by} drafted it", by=by)
            if known.due <= today:
                raise RefusedError("instruction_late", f"due is {known.due}", due=known.due)
            platform = tables.platform.load(batch.connection, known.platform)
            case = self._find(batch, known, platform)
            decision = (
                self._order(batch, known, case, by, reason_of(words))
                if known.kind == "order"
                else ""
            )
            texts = {"words": words}
            fields = {"day": today, "case": case, "decision": decision}
            put(office, batch, known, "issued", by, texts, **fields)

    def reply(
        self, identity: str, by: str, *, words: str, file: Upload | None, day: dt.date | None
    ) -> None:
        """Note what the platform answered, with the paper that it sent."""
        when = self._office.dated(day)
        keeping = self._files.keeping(file.name, file.body) if file else nullcontext(None)
        with keeping as kept, self._office.ledger.batch() as batch:
            known = load_instruction(batch, identity, "replied")
            if known.issued is not None and when < known.issued:
                raise RefusedError(
                    "instruction_reply", f"day is {when}", day=when, since=known.issued
                )
            texts, fields = {"words": reason_of(words)}, {"kept": ""}
            if kept is not None:
                texts |= {"file_name": kept.name, "salt": kept.salt}
                fields = {"kept": kept.id, "commitment": kept.commitment, "media": kept.media}
            put(self._office, batch, known, "replied", by, texts, day=when, **fields)

    def close(self, identity: str, by: str, *, words: str) -> None:
        """Close it: re-checks after the last reply passed. RefusedError names the rule else."""
        office = self._office
        with office.ledger.batch() as batch:
            known = load_instruction(batch, identity, "closed")
            if against := self.against_closing(batch.connection, known):
                raise RefusedError(against.rule, against.rule, method=against.method)
            if known.decision:
                case = office.chain.case(batch.connection, known.case)
                measure = measure_id(known.decision, "order_to_rectify", case.about, "")
                self._measures.carried_out_in(batch, measure, by, office.now())
            texts = {"words": reason_of(words)}
            put(office, batch, known, "closed", by, texts, day=office.today())
            close_case(office, batch, known, "settled", by, words)

    def tick(self) -> int:
        """Note instructions whose last day is over without a reply; returns how many."""
        office, today = self._office, self._office.today()
        with office.reading() as connection:
            if not views.late(connection, today):
                return 0
        with office.ledger.batch() as batch:
            late = views.late(batch.connection, today)
            for known in late:
                put(office, batch, known, "overdue", "ticker", day=today)
        return len(late)

    def against_closing(self, connection: Connection, known: Instruction) -> Obstacle | None:
        """What keeps it from being closed now; None: nothing."""
        rechecks = views.rechecks_of(connection, known.id)
        methods = self._office.policy_on(known.issued or self._office.today()).methods(known.duties)
        return obstacle(known, methods, any(each.status != "finished" for each in rechecks))

    def _find(self, batch: Batch, known: Instruction, platform: Platform) -> str:
        """Put its finding on the record; returns the case that it opens or joins."""
        at, n = self._office.now(), float(len(known.duties))
        finding = Finding(
            id=finding_id(f"{KIND}/{known.id}", platform.title, at, "warn", at),
            kind=KIND,
            stage="warn",
            about=platform.title,
            at=at,
            since=at,
            score=n,
            reasons=(Reason("oversight.duties", n, n, 0.0, "duties"),),
            counts={"duties": len(known.duties)},
            rule=f"{KIND}@{known.policy}",
        )
        return record_object_finding(self._office.chain, batch, finding) or ""

    def _order(self, batch: Batch, known: Instruction, case: str, by: str, facts: str) -> str:
        office, today = self._office, self._office.today()
        policy = office.policy()[1]
        ground = ground_of(known.duties, policy, office.bases, today)
        origin = office.chain.case(batch.connection, case)
        request = order_request(known, origin.about, facts, ground, office.now())
        return self._decisions.decide_in(batch, origin, request, desk_actor(by), office.now())


def close_case(
    office: Office, batch: Batch, known: Instruction, outcome: Any, by: str, words: str
) -> None:
    """Close its case on the chain, unless another instruction of the case still waits."""
    others = views.of_case(batch.connection, known.case)
    if any(each.id != known.id and each.status in OPEN for each in others):
        return
    casework.close_case_in(
        office.chain, batch, known.case, outcome, words, desk_actor(by), office.now()
    )


def _duties(given: Sequence[str], policy: Policy) -> tuple[str, ...]:
    keys = tuple(dict.fromkeys(given))
    if not keys:
        raise RefusedError("instruction_duties", "duties is empty; choose one", duty="")
    if unknown := [key for key in keys if policy.duty(key) is None]:
        raise RefusedError(
            "instruction_duties", f"duties has {unknown[0]!r:.60}", duty=unknown[0][:60]
        )
    return keys


def _due(until: dt.date | None, kind: Kind, today: dt.date, policy: Policy) -> dt.date:
    limits = policy.limits(kind)
    days = 0 if until is None else (until - today).days
    if until is None or not limits.least_days <= days <= limits.most_days:
        raise RefusedError(
            "instruction_until", f"until is {until}", until=until or "-",
            least=today + dt.timedelta(limits.least_days),
            most=today + dt.timedelta(limits.most_days),
        )  # fmt: skip
    return until


def _tolerance(given: str, policy: Policy) -> float:
    most = policy.recheck.tolerance
    if not given.strip():
        return most
    try:
        tolerance = float(given)
    except ValueError:
        tolerance = math.nan
    if not 0 <= tolerance <= most:
        raise RefusedError(
            "instruction_tolerance", f"tolerance is {given!r:.40}", given=given[:40],
            most=f"{most:g}",
        )  # fmt: skip
    return tolerance
