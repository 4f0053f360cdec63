"""Agreements: reached, kept or broken, confirmed by a court; and how a dispute ends after one."""

import datetime as dt
from collections.abc import Collection

from lianzhi.chain.roles import Permission
from lianzhi.domains.mediation.clocks.dispute_clocks import can_be_confirmed, last_day_to_confirm
from lianzhi.domains.mediation.desk.dispute_case import DisputeCase
from lianzhi.domains.mediation.desk.dispute_steps import (
    DisputeSteps,
    hands_on,
    mediator_only,
    needed,
)
from lianzhi.domains.mediation.desk.office import Office
from lianzhi.domains.mediation.desk.settlements import Settlements
from lianzhi.domains.mediation.nouns.dispute import RecordedDispute
from lianzhi.domains.mediation.refusals import RefusedError
from lianzhi.domains.mediation.terms import read_terms, text_name

Powers = Collection[Permission] | None


class Agreements:
    """Acts from the agreement on. Raises what `DisputeSteps` does."""

    def __init__(self, office: Office) -> None:
        self._office, self._steps, self._case = office, DisputeSteps(office), DisputeCase(office)
        self._settlements = Settlements(office)

    def terms(self, dispute: RecordedDispute) -> dict[int, str]:
        """Words of the terms by number; erased ones are missing."""
        vault = self._office.ledger.vault
        texts = {
            n.number: vault.text(dispute.agreement, text_name(n.number)) for n in dispute.terms
        }
        return {number: text for number, text in texts.items() if text is not None}

    def agree(
        self, identity: str, by: str, *, terms: str, amount: int, oral: bool, day: dt.date | None
    ) -> None:
        """Record an agreement that took effect on a day, with the last day of each term.

        It is a settlement on the chain where a statute provides for one, see `Settlements.decide`.
        """
        if amount < 0:
            raise RefusedError("dispute_amount", f"amount is {amount}; write whole yuan from 0")
        with self._steps.on(identity, "agreed", by, mediator_only) as (batch, dispute):
            day = self._office.dated(day, dispute.round_start)
            written = read_terms(terms, day)
            words = "\n".join(f"{term.due} {term.words}" for term in written)
            payload = {
                "day": day,
                "oral": oral,
                "agreed_sum": amount,
                "decision": self._settlements.decide(batch, dispute, day, amount, by, words),
                "terms": [{"number": term.number, "due": term.due} for term in written],
            }
            texts = {term.text: term.words for term in written}
            self._steps.append(batch, dispute, "agreed", by, payload, texts)

    def keep(
        self, identity: str, by: str, *, term: int, day: dt.date | None, powers: Powers = None
    ) -> None:
        """Note that a term was kept."""
        self._judge(identity, "kept", by, term, day, powers)

    def breach(
        self, identity: str, by: str, *, term: int, day: dt.date | None, powers: Powers = None
    ) -> None:
        """Note that a term was not kept in time."""
        self._judge(identity, "broken", by, term, day, powers)

    def _judge(
        self, identity: str, step: str, by: str, number: int, day: dt.date | None, powers: Powers
    ) -> None:
        with self._steps.on(identity, step, by, hands_on(powers)) as (batch, dispute):
            term = next((term for term in dispute.terms if term.number == number), None)
            if term is None:
                message = f"term is {number}; it has 1 to {len(dispute.terms)}"
                raise RefusedError("dispute_no_term", message, most=len(dispute.terms))
            day = self._office.dated(day, dispute.settled)
            if step == "broken" and day <= term.due:
                message = f"term {number} is due on {term.due}, which is not over on {day}"
                raise RefusedError("dispute_not_due", message, due=term.due)
            self._steps.append(batch, dispute, step, by, {"term": number, "day": day})

    def ask_confirmation(
        self, identity: str, by: str, *, joint: bool, day: dt.date | None, powers: Powers = None
    ) -> None:
        """Note that both sides asked the court to confirm it, within the time of the law."""
        if not joint:
            raise RefusedError("dispute_joint", "joint is missing; both sides ask together")
        with self._steps.on(identity, "confirmation_asked", by, hands_on(powers)) as (
            batch,
            dispute,
        ):
            law, settled = self._office.rules.law, dispute.settled
            day = self._office.dated(day, settled)
            if settled is None or not can_be_confirmed(dispute, law, day):
                raise RefusedError("dispute_no_confirmation", f"{dispute.field} has none")
            if dispute.confirmation:
                raise RefusedError("dispute_confirmation_asked", "it was asked for already")
            if day > (last := last_day_to_confirm(settled, law)):
                message = f"day is {day}; the last day was {last}"
                raise RefusedError("dispute_confirmation_late", message, last=last)
            self._steps.append(batch, dispute, "confirmation_asked", by, {"day": day})

    def answer_confirmation(
        self, identity: str, by: str, *, result: str, day: dt.date | None, powers: Powers = None
    ) -> None:
        """Note whether the court confirmed it."""
        with self._steps.on(identity, "confirmation_answered", by, hands_on(powers)) as (
            batch,
            dispute,
        ):
            if dispute.confirmation != "asked":
                raise RefusedError("dispute_confirmation_not_asked", "nothing was asked for")
            payload = {"result": result, "day": self._office.dated(day, dispute.confirmation_asked)}
            self._steps.append(batch, dispute, "confirmation_answered", by, payload)

    def settle(self, identity: str, by: str, *, words: str, powers: Powers = None) -> None:
        """Close a dispute whose agreement is kept: the measure is carried out, a visit planned."""
        with self._steps.on(identity, "settled", by, hands_on(powers)) as (batch, dispute):
            if left := [term.number for term in dispute.terms if term.status != "kept"]:
                numbers = ", ".join(map(str, left))
                raise RefusedError("dispute_terms_left", f"not kept: {numbers}", numbers=numbers)
            self._settlements.carried_out(batch, dispute, by)
            self._case.close(batch, dispute, "settled", by, needed(words))
            self._steps.append(batch, dispute, "settled", by, None, {"words": words})

    def fail(
        self, identity: str, by: str, *, words: str, notice: bool, powers: Powers = None
    ) -> None:
        """Close a dispute without settlement, once the parties were told of the other routes."""
        if not notice:
            raise RefusedError(
                "dispute_untold", "notice is missing; tell of the other routes first"
            )
        with self._steps.on(identity, "failed", by, hands_on(powers)) as (batch, dispute):
            if dispute.status == "agreed" and all(
                term.status != "broken" for term in dispute.terms
            ):
                raise RefusedError("dispute_not_broken", "no term of the agreement is broken")
            self._case.close(batch, dispute, "transferred", by, needed(words))
            self._steps.append(batch, dispute, "failed", by, None, {"words": words})
