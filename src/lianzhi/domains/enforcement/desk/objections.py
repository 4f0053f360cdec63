"""Objections: reconsideration and suits against the decision of a penalty file, as redress.

Each method works within an open batch, and its gates have been held before.
"""

import datetime as dt

from lianzhi.chain.appeal import Outcome, Route
from lianzhi.chain.measure import measure_id
from lianzhi.domains.enforcement.desk.adoption import adopt
from lianzhi.domains.enforcement.desk.office import Office, RefusedError
from lianzhi.domains.enforcement.desk.possible_steps import check_possible
from lianzhi.domains.enforcement.nouns import onchain
from lianzhi.domains.enforcement.nouns.penalty import Penalty
from lianzhi.office.actor import Actor
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
        self, batch: Batch, one: Penalty, route: Route, day: dt.date, by: str, words: str
    ) -> None:
        """The party has gone to another body against the decision."""
        check_possible(one, "contested")
        if one.suspended:
            raise RefusedError("contested_already", "a reconsideration or a suit goes on already")
        one = adopt(self._office, batch, one)
        fields = {"day": day.isoformat(), "by": by}
        self._redress.file_in(
            batch, one.decision, "affected", one.party, words, self._office.now(),
            route=route, desk=onchain.DOMAIN, fields=fields,
        )  # fmt: skip

    def uphold(self, batch: Batch, one: Penalty, day: dt.date, by: str, words: str) -> None:
        """The other body left the decision as it is."""
        check_possible(one, "upheld")
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
        check_possible(one, "overturned")
        one = adopt(self._office, batch, one)
        at, fields = self._office.now(), {"day": day.isoformat(), "fine": fine}
        amended = {measure_id(one.decision, "fine", one.party, ""): fine} if fine else {}
        if one.suspended:
            outcome: Outcome = "partly_overturned" if fine else "overturned"
            self._redress.record_answer_in(
                batch, one.appeal, outcome, words, self._actor(by), at,
                amended=amended, fields=fields,
            )  # fmt: skip
            return
        reverse_alone_in(
            self._office.chain,
            batch,
            one.decision,
            words,
            self._actor(by),
            at,
            amended=amended,
            fields=fields,
        )

    def _actor(self, by: str) -> Actor:
        return Actor(by, may_severe=True, desk=onchain.DOMAIN)
