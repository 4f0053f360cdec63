"""Objections: reconsideration and suits against the decision of a penalty file, as redress.

Each method works within an open batch, and its gates have been held before.
"""

import datetime as dt

from lianzhi.chain.appeal import Outcome, Route
from lianzhi.chain.measure import measure_id
from lianzhi.domains.enforcement.desk.adoption import adopt
from lianzhi.domains.enforcement.desk.office import Office, RefusedError, desk_actor
from lianzhi.domains.enforcement.desk.possible_steps import check_possible
from lianzhi.domains.enforcement.nouns import case_entries
from lianzhi.domains.enforcement.nouns.penalty import Penalty
from lianzhi.office.complaints import Complaints
from lianzhi.office.ports import Batch
from lianzhi.office.redress import Redress
from lianzhi.office.reversal import reverse_alone_in


class Objections:
    """See module. Raises IllegalStepError where a guard of the chain refuses."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._redress = Redress(office.chain, Complaints(office.chain))

    def contest(
        self, batch: Batch, penalty: Penalty, route: Route, day: dt.date, by: str, words: str
    ) -> None:
        """The party has gone to another body against the decision."""
        check_possible(penalty, "contested")
        if penalty.suspended:
            raise RefusedError("contested_already", "a reconsideration or a suit goes on already")
        penalty = adopt(self._office, batch, penalty)
        fields = {"day": day.isoformat(), "by": by}
        self._redress.file_in(
            batch, penalty.decision, "affected", penalty.party, words, self._office.now(),
            route=route, desk=case_entries.DOMAIN, fields=fields,
        )  # fmt: skip

    def uphold(self, batch: Batch, penalty: Penalty, day: dt.date, by: str, words: str) -> None:
        """The other body left the decision as it is."""
        check_possible(penalty, "upheld")
        if not penalty.suspended:
            raise RefusedError("nothing_contested", "no reconsideration or suit goes on")
        penalty = adopt(self._office, batch, penalty)
        at, fields = self._office.now(), {"day": day.isoformat()}
        self._redress.record_answer_in(
            batch, penalty.appeal, "upheld", words, desk_actor(by), at, fields=fields
        )

    def overturn(
        self, batch: Batch, penalty: Penalty, fine: int, day: dt.date, by: str, words: str
    ) -> None:
        """The decision is undone or, where a fine is left, changed to that; with or without
        another body's answer."""
        check_possible(penalty, "overturned")
        penalty = adopt(self._office, batch, penalty)
        at, fields = self._office.now(), {"day": day.isoformat(), "fine": fine}
        amended = {measure_id(penalty.decision, "fine", penalty.party, ""): fine} if fine else {}
        if penalty.suspended:
            outcome: Outcome = "partly_overturned" if fine else "overturned"
            self._redress.record_answer_in(
                batch, penalty.appeal, outcome, words, desk_actor(by), at,
                amended=amended, fields=fields,
            )  # fmt: skip
            return
        reverse_alone_in(
            self._office.chain,
            batch,
            penalty.decision,
            words,
            desk_actor(by),
            at,
            amended=amended,
            fields=fields,
        )
