"""Proceeding: the steps of a penalty file that are the chain's own, in every domain.

A decision on a penalty, an order to rectify and a transfer are decisions of the chain, with fines
and other penalties as measures; serving the decision is serving its notice; reconsideration and
suits are redress. So they appear wherever decisions do, and the chain's guards hold beside the
gates. Each method works within an open batch, and its gates have been held before.
"""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from lianzhi.chain.appeal import Outcome as Answer
from lianzhi.chain.appeal import Route
from lianzhi.chain.case import Outcome
from lianzhi.chain.decision import Decision, Ground, decision_id, making
from lianzhi.chain.life import next_status
from lianzhi.chain.measure import Order, SubjectType, measure_id, single
from lianzhi.chain.notice import Way
from lianzhi.domains.enforcement.desk.office import Office, RefusedError
from lianzhi.domains.enforcement.law.discretion import Ruling
from lianzhi.domains.enforcement.nouns import onchain
from lianzhi.domains.enforcement.nouns.penalty import STEPS, Penalty
from lianzhi.law.clock import midnight
from lianzhi.office import casework
from lianzhi.office.actor import Actor
from lianzhi.office.complaints import Complaints
from lianzhi.office.decisions import DecisionRequest, Decisions
from lianzhi.office.measures import Measures
from lianzhi.office.notices import Service, serve_in
from lianzhi.office.ports import Batch
from lianzhi.office.redress import Redress
from lianzhi.record.entry import Draft

#: What serving the decision carries out.
_BY_SERVICE = ("warning", "criticism")
#: How a file ends -> the outcome of its case.
_OUTCOMES: dict[str, Outcome] = {"transferred": "transferred", "dropped": "false_positive"}
#: On what an order to rectify rests (行政处罚法 28(1)), and a transfer to the police (27).
_RECTIFY, _TRANSFER = "penalty_law.rectify", "penalty_law.transfer_crime"


class Proceeding:
    """See module. Raises IllegalStepError where a guard of the chain refuses."""

    def __init__(self, office: Office) -> None:
        self._office, self._chain = office, office.chain
        self._decisions = Decisions(self._chain)
        self._measures = Measures(self._chain)
        self._redress = Redress(self._chain, self._decisions, Complaints(self._chain))

    def decide(
        self, batch: Batch, one: Penalty, ruling: Ruling, fine: int, by: str, words: str
    ) -> None:
        """Decide on the penalty by a row of the table; no orders where it asks for no penalty."""
        _possible(one, "decided")
        kinds = [*(kind for kind in one.sanctions if kind != "fine"), *(["fine"] if fine else [])]
        orders = [self._order(one, kind, amount=fine if kind == "fine" else 0) for kind in kinds]
        fields = {"list": ruling.list, "row": ruling.row, "article": ruling.article, "fine": fine}
        cited = ruling.basis or self._penal(one)
        self._decide(batch, one, orders, cited, by, words, fields)

    def order(self, batch: Batch, one: Penalty, until: dt.date, by: str, words: str) -> None:
        """Order the violation to be put right by the end of a day."""
        _possible(one, "ordered")
        due = midnight(until + dt.timedelta(days=1)) - 1
        orders = [self._order(one, "order_to_rectify", due_at=due)]
        self._decide(batch, one, orders, _RECTIFY, by, words, {"until": until.isoformat()})

    def transfer(self, batch: Batch, one: Penalty, to: str, by: str, words: str) -> None:
        """Hand the case to another body."""
        _possible(one, "transferred")
        order = self._order(one, "transfer", mode="manual", authority=to)
        self._decide(
            batch, one, [order], _TRANSFER, by, words, {"outcome": "transferred", "to": to}
        )

    def serve(
        self, batch: Batch, one: Penalty, way: Way, day: dt.date, receipt: str, due: dt.date | None,
        by: str,
    ) -> None:  # fmt: skip
        """Record that the decision was served; `due` is the last day for paying."""
        _possible(one, "served")
        one = self.adopt(batch, one)
        fields = {"due": due and due.isoformat()}
        service = Service(one.id, way, day, receipt, fields)
        at = self._office.now()
        serve_in(self._chain, batch, "authority_decision", one.party, one.decision, service, by, at)
        for kind in _BY_SERVICE:
            if kind in one.sanctions:
                self._carry_out(batch, one.decision, kind, one.party, by)

    def paid_up(self, batch: Batch, one: Penalty, by: str) -> None:
        """The fine was paid in full."""
        if one.decision:
            self._carry_out(batch, one.decision, "fine", one.party, by)

    def obeyed(self, batch: Batch, one: Penalty, by: str) -> None:
        """What was ordered has been put right."""
        if one.order:
            self._carry_out(batch, one.order, "order_to_rectify", one.party, by)

    def contest(
        self, batch: Batch, one: Penalty, route: Route, day: dt.date, by: str, words: str
    ) -> None:
        """The party has gone to another body against the decision."""
        _possible(one, "contested")
        if one.suspended:
            raise RefusedError("contested_already", "a reconsideration or a suit goes on already")
        one = self.adopt(batch, one)
        fields = {"day": day.isoformat(), "by": by}
        self._redress.file_in(
            batch, one.decision, "affected", one.party, words, self._office.now(),
            route=route, desk=onchain.DOMAIN, fields=fields,
        )  # fmt: skip

    def uphold(self, batch: Batch, one: Penalty, day: dt.date, by: str, words: str) -> None:
        """The other body left the decision as it is."""
        _possible(one, "upheld")
        if not one.suspended:
            raise RefusedError("nothing_contested", "no reconsideration or suit goes on")
        at, fields = self._office.now(), {"day": day.isoformat()}
        self._redress.record_answer_in(
            batch, one.appeal, "upheld", words, self._actor(by), at, fields=fields
        )

    def overturn(
        self, batch: Batch, one: Penalty, fine: int, day: dt.date, by: str, words: str
    ) -> None:
        """The decision is undone or, where a fine is left, changed to that; with or without
        another body's answer."""
        _possible(one, "overturned")
        one = self.adopt(batch, one)
        at, fields = self._office.now(), {"day": day.isoformat(), "fine": fine}
        amended = {measure_id(one.decision, "fine", one.party, ""): fine} if fine else {}
        if one.suspended:
            outcome: Answer = "partly_overturned" if fine else "overturned"
            self._redress.record_answer_in(
                batch, one.appeal, outcome, words, self._actor(by), at,
                amended=amended, fields=fields,
            )  # fmt: skip
            return
        self._decisions.reverse_alone_in(
            batch, one.decision, words, self._actor(by), at, amended=amended, fields=fields
        )

    def close(
        self, batch: Batch, one: Penalty, outcome: str, by: str, words: str, revisit: dt.date
    ) -> None:
        """The file is closed; on `revisit` somebody looks again."""
        self.adopt(batch, one)
        casework.close_case_in(
            self._chain, batch, one.id, _OUTCOMES.get(outcome, "settled"), words, self._actor(by),
            self._office.now(), midnight(revisit),
        )  # fmt: skip

    def revisit(self, batch: Batch, one: Penalty, again: bool, by: str, words: str) -> None:
        """It was looked at again. Where the harm is back, a new file is for what is new."""
        self.adopt(batch, one)
        casework.revisit_in(
            self._chain, batch, one.id, again, words, self._actor(by), self._office.now(),
            reopens=False,
        )  # fmt: skip

    def assign(self, batch: Batch, one: Penalty, to: str, by: str) -> None:
        """Somebody has it in hand."""
        self.adopt(batch, one)
        casework.assign_in(batch, one.id, to, by, self._office.now())

    def adopt(self, batch: Batch, one: Penalty) -> Penalty:
        """Bring an imported file onto the chain, with the first step that is taken on it here;
        returns the file as it is then. What was decided elsewhere is told as it was."""
        office, at = self._office, self._office.now()
        if not one.imported or self._chain.queries.cases.case_by_id(batch.connection, one.id):
            return one
        policy = self._chain.policy(at)
        since = midnight(one.act_day or one.filed or office.today())
        batch.append(onchain.opened(one.id, one.item, one.party, since, at, one.filed_by, policy))
        if one.decided is not None:
            batch.append(self._adopted(one, at))
        if one.closed is not None:
            ended = {"case": one.id, "by": one.filed_by, "outcome": "settled"}
            batch.append([Draft("case.closed", one.id, at, ended)])
        return office.penalty(batch.connection, one.id)

    def _adopted(self, one: Penalty, at: int) -> list[Draft]:
        """The decision of an imported file, and its fine."""
        orders = (self._order(one, "fine", amount=one.fine),) if one.fine else ()
        decision = Decision(
            id=decision_id(one.id, one.decided_by, at, orders),
            case=one.id,
            by=one.decided_by,
            ground=self._ground(one, self._penal(one))
            or Ground(kind="statute", key=self._penal(one), version=""),
            orders=orders,
            automated_detection=False,
            fields={"adopted": True, "day": str(one.decided)},
        )
        drafts = [making(decision, "", (one.party,), at)]
        for order in orders:
            first = single("measure.ordered", decision.id, one.id, order, order.targets()[0], at)
            drafts.append(first)
            if one.paid >= one.fine:
                done = {"measure": first.ref, "case": one.id, "by": one.decided_by}
                drafts.append(Draft("measure.applied", first.ref, at, done))
        return drafts

    def _decide(
        self,
        batch: Batch,
        one: Penalty,
        orders: Sequence[Order],
        basis: str,
        by: str,
        words: str,
        fields: dict[str, Any],
    ) -> None:
        self.adopt(batch, one)
        office, at = self._office, self._office.now()
        ground = self._ground(one, basis)
        if ground is None:
            raise RefusedError("basis", f"basis is {basis!r}: not citable on that day", key=basis)
        categories = self._chain.policy(at).type_of(onchain.KIND).categories
        request = DecisionRequest(
            orders=tuple(orders),
            facts=words,
            ground=ground,
            category=categories.get(one.item.partition(".")[0], categories.get("*", "")),
            acted={one.party: midnight(one.act_day or office.today())},
            fields={"day": office.today().isoformat(), **fields},
        )
        case = self._chain.case(batch.connection, one.id)
        self._decisions.decide_in(batch, case, request, self._actor(by), at)

    def _order(self, one: Penalty, kind: Any, **more: Any) -> Order:
        subject: SubjectType = "enterprise" if one.unit else "person"
        plain = {"mode": "authority", **more}
        return Order(key=kind, subjects=(one.party,), subject_type=subject, **plain)

    def _penal(self, one: Penalty) -> str:
        """Key of the basis that gives the power to punish."""
        item = self._office.rules.named(one.item, one.act_day or self._office.today())
        return "" if item is None else item.penal.basis

    def _ground(self, one: Penalty, basis: str) -> Ground | None:
        """A legal basis in its version of the day of the act, or of today where it came later;
        None: there is none."""
        bases = self._office.rules.bases
        acted, today = one.act_day or self._office.today(), self._office.today()
        found = bases.get(basis, acted) or bases.get(basis, today)
        if found is None:
            return None
        return Ground(kind="statute", key=basis, version=str(found.version))

    def _carry_out(self, batch: Batch, decision: str, kind: str, party: str, by: str) -> None:
        identity = measure_id(decision, kind, party, "")
        self._measures.carried_out_in(batch, identity, by, self._office.now())

    def _actor(self, by: str) -> Actor:
        return Actor(by, may_severe=True, desk=onchain.DOMAIN)


def _possible(one: Penalty, step: str) -> None:
    """Raise IllegalStepError where the file's status forbids a step, RefusedError where it needs a
    decision and there is none."""
    next_status(STEPS, f"penalty.{step}", one.status)
    if step in ("contested", "overturned") and one.decided is None:
        raise RefusedError("undecided", "nothing has been decided yet")
