"""Settlements: an agreement as a decision of the chain, whose measure it is until it is kept."""

import datetime as dt

from lianzhi.chain.decision import Ground
from lianzhi.chain.measure import Order, measure_id
from lianzhi.domains.mediation.clocks.dispute_clocks import is_administrative
from lianzhi.domains.mediation.desk.dispute_case import KIND, desk_actor
from lianzhi.domains.mediation.desk.office import Office
from lianzhi.domains.mediation.nouns.dispute import RecordedDispute
from lianzhi.law.basis import NotCitableError
from lianzhi.office.decisions import DecisionRequest, Decisions
from lianzhi.office.measures import Measures
from lianzhi.office.ports import Batch


class Settlements:
    """Decisions of the chain on a dispute; each step needs an open batch."""

    def __init__(self, office: Office) -> None:
        self._office, self._chain = office, office.chain
        self._decisions, self._measures = Decisions(office.chain), Measures(office.chain)

    def decide(
        self,
        batch: Batch,
        dispute: RecordedDispute,
        day: dt.date,
        amount: int,
        by: str,
        words: str,
    ) -> str:
        """Decide the settlement of an agreement of a day; returns the decision's id.

        Empty, and nothing is decided, where no statute that was read provides for it: a dispute
        about an act of an authority with no reconsideration pending.
        """
        ground = self._ground(dispute, day)
        if ground is None:
            return ""
        at = self._office.now()
        order = Order(
            key="settlement",
            subjects=(dispute.party,),
            subject_type="enterprise" if dispute.unit else "person",
            mode="authority",
            amount=amount,
        )
        request = DecisionRequest(
            orders=(order,),
            facts=words,
            ground=ground,
            category=self._chain.policy(at).type_of(KIND).categories["*"],
            acted={dispute.party: at},
            fields={"day": day.isoformat()},
        )
        case = self._chain.case(batch.connection, dispute.case)
        return self._decisions.decide_in(batch, case, request, desk_actor(by), at)

    def carried_out(self, batch: Batch, dispute: RecordedDispute, by: str) -> None:
        """Mark the settlement as carried out, where it is a measure."""
        if dispute.decision:
            identity = measure_id(dispute.decision, "settlement", dispute.party, "")
            self._measures.carried_out_in(batch, identity, by, self._office.now())

    def _ground(self, dispute: RecordedDispute, day: dt.date) -> Ground | None:
        """The basis of a settlement on a day; None: there is none."""
        grounds, law = self._office.rules.dispute(day)[1].grounds, self._office.rules.law
        key = grounds.private
        if is_administrative(dispute, law, day):
            if dispute.review is None:
                return None
            key = grounds.administrative
        try:
            version = law.bases.citable(key, day).version
        except NotCitableError:
            return None
        return Ground(kind="statute", key=key, version=str(version))
