"""Proceeding: the steps of a penalty file that are the chain's own, in every domain.

A decision on a penalty, an order to rectify and a transfer are decisions of the chain, with fines
and other penalties as measures; serving the decision is serving its notice; reconsideration and
suits are redress. So they appear wherever decisions do, and the chain's guards hold beside the
gates. Each method works within an open batch, and its gates have been held before.
"""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from lianzhi.chain.case import Outcome
from lianzhi.chain.measure import Order, measure_id
from lianzhi.chain.notice import Way
from lianzhi.domains.enforcement.desk.adoption import adopt
from lianzhi.domains.enforcement.desk.office import Office, RefusedError
from lianzhi.domains.enforcement.desk.penal_orders import ground_of, order_on, penal_basis
from lianzhi.domains.enforcement.desk.possible_steps import check_possible
from lianzhi.domains.enforcement.law.discretion import Ruling
from lianzhi.domains.enforcement.nouns import onchain
from lianzhi.domains.enforcement.nouns.penalty import Penalty
from lianzhi.law.clock import midnight
from lianzhi.office import casework
from lianzhi.office.actor import Actor
from lianzhi.office.decisions import DecisionRequest, Decisions
from lianzhi.office.measures import Measures
from lianzhi.office.notices import Service, serve_in
from lianzhi.office.ports import Batch

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

    def decide(
        self, batch: Batch, one: Penalty, ruling: Ruling, fine: int, by: str, words: str
    ) -> None:
        """Decide on the penalty by a row of the table; no orders where it asks for no penalty."""
        check_possible(one, "decided")
        kinds = [*(kind for kind in one.sanctions if kind != "fine"), *(["fine"] if fine else [])]
        orders = [order_on(one, kind, amount=fine if kind == "fine" else 0) for kind in kinds]
        fields = {"list": ruling.list, "row": ruling.row, "article": ruling.article, "fine": fine}
        cited = ruling.basis or penal_basis(self._office, one)
        self._decide(batch, one, orders, cited, by, words, fields)

    def order(self, batch: Batch, one: Penalty, until: dt.date, by: str, words: str) -> None:
        """Order the violation to be put right by the end of a day."""
        check_possible(one, "ordered")
        due = midnight(until + dt.timedelta(days=1)) - 1
        orders = [order_on(one, "order_to_rectify", due_at=due)]
        self._decide(batch, one, orders, _RECTIFY, by, words, {"until": until.isoformat()})

    def transfer(self, batch: Batch, one: Penalty, to: str, by: str, words: str) -> None:
        """Hand the case to another body."""
        check_possible(one, "transferred")
        order = order_on(one, "transfer", mode="manual", authority=to)
        self._decide(
            batch, one, [order], _TRANSFER, by, words, {"outcome": "transferred", "to": to}
        )

    def serve(
        self, batch: Batch, one: Penalty, way: Way, day: dt.date, receipt: str, due: dt.date | None,
        by: str,
    ) -> None:  # fmt: skip
        """Record that the decision was served; `due` is the last day for paying."""
        check_possible(one, "served")
        one = adopt(self._office, batch, one)
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

    def close(
        self, batch: Batch, one: Penalty, outcome: str, by: str, words: str, revisit: dt.date
    ) -> None:
        """The file is closed; on `revisit` somebody looks again."""
        adopt(self._office, batch, one)
        casework.close_case_in(
            self._chain, batch, one.id, _OUTCOMES.get(outcome, "settled"), words, self._actor(by),
            self._office.now(), midnight(revisit),
        )  # fmt: skip

    def revisit(self, batch: Batch, one: Penalty, again: bool, by: str, words: str) -> None:
        """It was looked at again. Where the harm is back, a new file is for what is new."""
        adopt(self._office, batch, one)
        casework.revisit_in(
            self._chain, batch, one.id, again, words, self._actor(by), self._office.now(),
            reopens=False,
        )  # fmt: skip

    def assign(self, batch: Batch, one: Penalty, to: str, by: str) -> None:
        """Somebody has it in hand."""
        adopt(self._office, batch, one)
        casework.assign_in(batch, one.id, to, by, self._office.now())

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
        adopt(self._office, batch, one)
        office, at = self._office, self._office.now()
        ground = ground_of(office, one, basis)
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

    def _carry_out(self, batch: Batch, decision: str, kind: str, party: str, by: str) -> None:
        identity = measure_id(decision, kind, party, "")
        self._measures.carried_out_in(batch, identity, by, self._office.now())

    def _actor(self, by: str) -> Actor:
        return Actor(by, may_severe=True, desk=onchain.DOMAIN)
