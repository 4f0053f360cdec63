"""Steps of a penalty file that are entries of the chain.

A decision on a penalty, an order to rectify and a transfer are decisions of the chain, with fines
and other penalties as measures; serving the decision is serving its notice; reconsideration and
suits are redress (`objections.py`). The chain's guards apply beside the gates. Each method needs an
open batch, and gates that were checked before.
"""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from lianzhi.chain.case import Outcome
from lianzhi.chain.decision import Ground
from lianzhi.chain.measure import Order, measure_id
from lianzhi.chain.notice import Way
from lianzhi.domains.enforcement.desk.adoption import adopt
from lianzhi.domains.enforcement.desk.office import Office, RefusedError, desk_actor
from lianzhi.domains.enforcement.desk.penal_orders import ground_on, order_on, penal_basis
from lianzhi.domains.enforcement.desk.possible_steps import check_possible
from lianzhi.domains.enforcement.law.discretion import Ruling
from lianzhi.domains.enforcement.law.procedure import Grounds
from lianzhi.domains.enforcement.nouns import case_entries
from lianzhi.domains.enforcement.nouns.penalty import Penalty
from lianzhi.law.clock import midnight
from lianzhi.office import casework
from lianzhi.office.decisions import DecisionRequest, Decisions
from lianzhi.office.measures import Measures
from lianzhi.office.notices import Service, serve_in
from lianzhi.office.ports import Batch

#: Penalties carried out by service of the decision.
_BY_SERVICE = ("warning", "criticism")
#: How a file ends -> the outcome of its case.
_OUTCOMES: dict[str, Outcome] = {"transferred": "transferred", "dropped": "false_positive"}


class Proceeding:
    """Records decisions, service and closing. Raises IllegalStepError by the chain's guards."""

    def __init__(self, office: Office) -> None:
        self._office, self._chain = office, office.chain
        self._decisions = Decisions(self._chain)
        self._measures = Measures(self._chain)

    def decide(
        self, batch: Batch, penalty: Penalty, ruling: Ruling, fine: int, by: str, words: str
    ) -> None:
        """Decide on the penalty by a row of the discretion table; no orders without a penalty."""
        check_possible(penalty, "decided")
        kinds = [
            *(kind for kind in penalty.sanctions if kind != "fine"),
            *(["fine"] if fine else []),
        ]
        orders = [order_on(penalty, kind, amount=fine if kind == "fine" else 0) for kind in kinds]
        fields = {"list": ruling.list, "row": ruling.row, "article": ruling.article, "fine": fine}
        basis = ruling.basis or penal_basis(self._office, penalty)
        # The law of the day of the act, unless the cited basis is younger.
        ground = ground_on(self._office, basis, penalty.act_day, self._office.today())
        self._decide(batch, penalty, orders, ground, by, words, fields)

    def order(self, batch: Batch, penalty: Penalty, until: dt.date, by: str, words: str) -> None:
        """Order rectification by the end of a day."""
        check_possible(penalty, "ordered")
        due = midnight(until + dt.timedelta(days=1)) - 1
        orders = [order_on(penalty, "order_to_rectify", due_at=due)]
        ground = self._ground_today(self._grounds().rectify)
        self._decide(batch, penalty, orders, ground, by, words, {"until": until.isoformat()})

    def transfer(self, batch: Batch, penalty: Penalty, to: str, by: str, words: str) -> None:
        """Hand the case to another body."""
        check_possible(penalty, "transferred")
        order = order_on(penalty, "transfer", mode="manual", authority=to)
        fields = {"outcome": "transferred", "to": to}
        ground = self._ground_today(self._grounds().transfer)
        self._decide(batch, penalty, [order], ground, by, words, fields)

    def serve(
        self,
        batch: Batch,
        penalty: Penalty,
        way: Way,
        day: dt.date,
        receipt: str,
        due: dt.date | None,
        by: str,
    ) -> None:
        """Record service of the decision; `due`: last day for payment."""
        check_possible(penalty, "served")
        penalty = adopt(self._office, batch, penalty)
        fields = {"due": due and due.isoformat()}
        service = Service(penalty.id, way, day, receipt, fields)
        at = self._office.now()
        serve_in(
            self._chain,
            batch,
            "authority_decision",
            penalty.party,
            penalty.decision,
            service,
            by,
            at,
        )
        for kind in _BY_SERVICE:
            if kind in penalty.sanctions:
                self._carry_out(batch, penalty.decision, kind, penalty.party, by)

    def paid_up(self, batch: Batch, penalty: Penalty, by: str) -> None:
        """Mark the fine as carried out: nothing of it is unpaid."""
        if penalty.decision:
            self._carry_out(batch, penalty.decision, "fine", penalty.party, by)

    def rectified(self, batch: Batch, penalty: Penalty, by: str) -> None:
        """Mark the order to rectify, if any, as carried out."""
        if penalty.order:
            self._carry_out(batch, penalty.order, "order_to_rectify", penalty.party, by)

    def close(
        self, batch: Batch, penalty: Penalty, outcome: str, by: str, words: str, revisit: dt.date
    ) -> None:
        """Close the case of the file, with the day of the revisit."""
        adopt(self._office, batch, penalty)
        casework.close_case_in(
            self._chain,
            batch,
            penalty.id,
            _OUTCOMES.get(outcome, "settled"),
            words,
            desk_actor(by),
            self._office.now(),
            midnight(revisit),
        )

    def revisit(self, batch: Batch, penalty: Penalty, again: bool, by: str, words: str) -> None:
        """Record a revisit; `again`: the violation is back, which a new file deals with."""
        adopt(self._office, batch, penalty)
        casework.revisit_in(
            self._chain, batch, penalty.id, again, words, desk_actor(by), self._office.now(),
            reopens=False,
        )  # fmt: skip

    def assign(self, batch: Batch, penalty: Penalty, to: str, by: str) -> None:
        """Assign the case of the file to a person."""
        adopt(self._office, batch, penalty)
        casework.assign_in(batch, penalty.id, to, by, self._office.now())

    def _decide(
        self,
        batch: Batch,
        penalty: Penalty,
        orders: Sequence[Order],
        ground: Ground | None,
        by: str,
        words: str,
        fields: dict[str, Any],
    ) -> None:
        adopt(self._office, batch, penalty)
        office, at = self._office, self._office.now()
        if ground is None:
            raise RefusedError("basis", "no legal basis of this may be cited for that day")
        categories = self._chain.policy(at).type_of(case_entries.KIND).categories
        request = DecisionRequest(
            orders=tuple(orders),
            facts=words,
            ground=ground,
            category=categories.get(penalty.item.partition(".")[0], categories.get("*", "")),
            acted={penalty.party: midnight(penalty.act_day or office.today())},
            fields={"day": office.today().isoformat(), **fields},
        )
        case = self._chain.case(batch.connection, penalty.id)
        self._decisions.decide_in(batch, case, request, desk_actor(by), at)

    def _carry_out(self, batch: Batch, decision: str, kind: str, party: str, by: str) -> None:
        identity = measure_id(decision, kind, party, "")
        self._measures.carried_out_in(batch, identity, by, self._office.now())

    def _grounds(self) -> Grounds:
        return self._office.rules.procedure(self._office.today()).grounds

    def _ground_today(self, basis: str) -> Ground | None:
        """The version in force today, for orders beside a penalty."""
        return ground_on(self._office, basis, self._office.today())
