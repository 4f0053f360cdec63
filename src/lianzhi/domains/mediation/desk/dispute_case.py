"""The case of a dispute on the chain, opened when it is taken on.

The dispute's own entries hold the procedure. What all domains share is the chain's: the finding
that there is a dispute, its case, the settlement as a measure of a decision, the revisit, and the
case opened again.
"""

import datetime as dt

import msgspec

from lianzhi.chain.case import Outcome
from lianzhi.chain.docket import opening
from lianzhi.chain.finding import Finding
from lianzhi.domains.mediation.desk.office import Office
from lianzhi.domains.mediation.nouns.dispute import RecordedDispute
from lianzhi.domains.mediation.queries.tables import DOMAIN
from lianzhi.law.clock import midnight
from lianzhi.office import casework
from lianzhi.office.actor import Actor
from lianzhi.office.ports import Batch
from lianzhi.record.entry import Draft

KIND = f"{DOMAIN}.dispute"


class DisputeCase:
    """Steps of a dispute that are entries of the chain; each needs an open batch."""

    def __init__(self, office: Office) -> None:
        self._office, self._chain = office, office.chain

    def opened(self, batch: Batch, dispute: RecordedDispute, to: str, by: str) -> str:
        """The case of a dispute, opened where it has none, or again where it is closed; assigned
        to the mediator."""
        case, at = dispute.case or dispute.id, self._office.now()
        if not dispute.case:
            policy = self._chain.policy(at)
            finding = Finding(
                id=f"f_{dispute.id}",
                kind=KIND,
                stage="act",
                about=dispute.party,
                subjects=(dispute.party,),
                roles={dispute.party: "party"},
                at=at,
                since=min(at, midnight(dispute.received)),
                score=0.0,
                rule=f"{KIND}@{by}",
            )
            payload = opening(case, finding, policy)
            batch.append(
                [
                    Draft("finding.made", finding.id, at, msgspec.to_builtins(finding)),
                    Draft("case.opened", case, at, payload),
                ]
            )
        casework.assign_in(batch, case, to, by, at)
        return case

    def close(
        self, batch: Batch, dispute: RecordedDispute, outcome: Outcome, by: str, words: str
    ) -> None:
        """Close the case, if there is one."""
        if dispute.case:
            at, today = self._office.now(), self._office.today()
            days = self._office.rules.dispute(today)[1].visit_days
            again = max(at, midnight((dispute.settled or today) + dt.timedelta(days)))
            actor = desk_actor(by)
            casework.close_case_in(
                self._chain, batch, dispute.case, outcome, words, actor, at, again
            )

    def visited(self, batch: Batch, dispute: RecordedDispute, by: str, words: str) -> None:
        """Hold the revisit of a closed case; an open one has none yet."""
        if dispute.case and dispute.status == "closed":
            at, actor = self._office.now(), desk_actor(by)
            casework.revisit_in(self._chain, batch, dispute.case, False, words, actor, at)

    def reopen(self, batch: Batch, dispute: RecordedDispute, by: str, words: str) -> None:
        """Open the closed case again."""
        if dispute.case:
            at = self._office.now()
            casework.reopen_case_in(self._chain, batch, dispute.case, words, desk_actor(by), at)


def desk_actor(by: str) -> Actor:
    """A person of the office as an actor of the chain, at the desk of this domain."""
    return Actor(by, may_severe=True, desk=DOMAIN)
