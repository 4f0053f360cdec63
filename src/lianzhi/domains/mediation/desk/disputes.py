"""Disputes: received, assigned to a mediator, escalated, withdrawn and opened again."""

import datetime as dt
import secrets
from collections.abc import Callable, Collection
from typing import Any

from lianzhi.chain.roles import Permission
from lianzhi.domains.mediation.clocks.dispute_clocks import is_administrative
from lianzhi.domains.mediation.desk.dispute_case import DisputeCase
from lianzhi.domains.mediation.desk.dispute_steps import (
    DisputeSteps,
    hands_on,
    mediator_only,
    needed,
)
from lianzhi.domains.mediation.desk.mediators import needs_of
from lianzhi.domains.mediation.desk.office import Office
from lianzhi.domains.mediation.matching import conflicts
from lianzhi.domains.mediation.nouns.dispute import RecordedDispute
from lianzhi.domains.mediation.queries import tables
from lianzhi.domains.mediation.refusals import RefusedError
from lianzhi.domains.mediation.sealing import new_key
from lianzhi.office.ports import Batch

#: Most characters of a name, of an office or a user.
_NAME = 200

Powers = Collection[Permission] | None


class Disputes:
    """Acts on disputes as such. Raises what `DisputeSteps` does."""

    def __init__(self, office: Office) -> None:
        self._office, self._steps, self._case = office, DisputeSteps(office), DisputeCase(office)

    def get(self, identity: str) -> RecordedDispute:
        """A dispute by id. KeyError: there is none."""
        with self._office.reading() as connection:
            return tables.dispute.load(connection, identity)

    def receive(
        self,
        by: str,
        *,
        party: str,
        unit: bool,
        field: str,
        cause: str,
        office: str,
        amount: int,
        language: str,
        officer: str,
        warning: str,
        known: dt.date | None,
        review: dt.date | None,
        words: str,
        within: Callable[[Batch, str], None] = lambda batch, identity: None,
    ) -> str:
        """Take a dispute in, in the party's words; returns its number.

        `officer`: who handled the matter, by default that of the warning it comes from. `review`:
        when a reconsideration of it was accepted, where one is pending. `within`: what else is put
        on the record in the same transaction.
        """
        party, place = party.strip()[:_NAME], office.strip()[:_NAME]
        if not party or not place:
            raise RefusedError("dispute_parties", "party or office is empty; name both sides")
        if amount < 0:
            raise RefusedError("dispute_amount", f"amount is {amount}; write whole yuan from 0")
        today = self._office.today()
        identity = f"D{today:%Y%m%d}-{secrets.token_hex(4)}"
        with self._office.ledger.batch() as batch:
            seen = tables.warning.get(batch.connection, warning) if warning else None
            if warning and seen is None:
                message = f"warning is {warning!r:.80}; leave it empty, or give its number"
                raise RefusedError("dispute_warning", message, warning=warning[:80])
            token = batch.tokens([party])[party]
            payload: dict[str, Any] = {
                "dispute": identity, "party": token, "unit": unit, "field": field, "cause": cause,
                "office": place, "amount": amount, "language": language, "warning": warning,
                "officer": officer.strip()[:_NAME] or (seen.officer if seen else ""),
                "known": known and self._office.dated(known),
                "review": review and self._office.dated(review, known), "by": by,
            }  # fmt: skip
            texts = {"words": (needed(words), (token,))}
            batch.append([self._office.draft("dispute.received", identity, payload, texts)])
            within(batch, identity)
        return identity

    def assign(self, identity: str, by: str, *, mediator: str) -> None:
        """Assign a mediator by user name, on whose key notes are sealed from now on.

        Refused where the mediator handled the matter for the other side, or is a party to it. The
        first assignment opens the case on the chain.
        """
        mediator = mediator.strip()[:_NAME]
        if not mediator:
            raise RefusedError("dispute_mediator", "mediator is empty; give a user name")
        with self._steps.on(identity, "assigned", by) as (batch, dispute):
            party = self._office.ledger.vault.account(dispute.party)
            if mediator in (dispute.officer, party):
                message = f"mediator is {mediator!r}, who is on one side; choose somebody else"
                raise RefusedError("dispute_conflict", message, mediator=mediator)
            registered = tables.mediator.get(batch.connection, mediator)
            if registered is not None and any(conflicts(needs_of(dispute), registered)):
                message = f"mediator is {mediator!r}, who has a conflict of interest"
                raise RefusedError("dispute_interest", message, mediator=mediator)
            if mediator == dispute.mediator:
                message = f"mediator is {mediator!r}, who mediates already"
                raise RefusedError("dispute_same_mediator", message, mediator=mediator)
            case = self._case.opened(batch, dispute, mediator, by)
            key = new_key(self._office.ledger.signer.seal_key, dispute.id)
            payload = {"mediator": mediator, "case": case}
            self._steps.append(batch, dispute, "assigned", by, payload, {"key": key})

    def escalate(self, identity: str, by: str, *, words: str, powers: Powers = None) -> None:
        """Hand a dispute from the front-line room to the centre, which assigns anew."""

        def at_the_front(dispute: RecordedDispute, by: str) -> None:
            hands_on(powers)(dispute, by)
            if dispute.level != "front_line":
                raise RefusedError("dispute_at_centre", "it is at the centre; settle or end it")

        texts = {"words": needed(words)}
        self._steps.take(identity, "escalated", by, None, texts, at_the_front)

    def withdraw(self, identity: str, by: str, *, words: str, powers: Powers = None) -> None:
        """End it because a party wants no mediation (People's Mediation Law, art. 23(2))."""
        with self._steps.on(identity, "withdrawn", by, hands_on(powers)) as (batch, dispute):
            self._case.close(batch, dispute, "subsided", by, needed(words))
            self._steps.append(batch, dispute, "withdrawn", by, None, {"words": words})

    def stay(
        self, identity: str, by: str, *, review: dt.date | None, day: dt.date | None, consent: bool
    ) -> None:
        """Note that the reconsideration is stayed for mediation, with the consent of both sides.

        `review`: when it was accepted, by default as taken in.
        """
        if not consent:
            raise RefusedError("dispute_consent", "consent is missing; both sides have to agree")

        with self._steps.on(identity, "stayed", by, mediator_only) as (batch, dispute):
            if not is_administrative(dispute, self._office.rules.law, self._office.today()):
                raise RefusedError("dispute_no_review", f"{dispute.field} has no reconsideration")
            if any(stay.until is None for stay in dispute.stays):
                raise RefusedError("dispute_stayed", "it is stayed already")
            accepted = self._office.dated(review) if review else dispute.review
            if accepted is None:
                raise RefusedError("dispute_review", "review is empty; give its day")
            payload = {"review": accepted, "day": self._office.dated(day, accepted)}
            self._steps.append(batch, dispute, "stayed", by, payload)

    def resume(self, identity: str, by: str, *, day: dt.date | None) -> None:
        """Note the last day of the stay."""
        with self._steps.on(identity, "resumed", by, mediator_only) as (batch, dispute):
            open_stay = next((stay for stay in dispute.stays if stay.until is None), None)
            if open_stay is None:
                raise RefusedError("dispute_not_stayed", "no reconsideration is stayed")
            payload = {"day": self._office.dated(day, open_stay.since)}
            self._steps.append(batch, dispute, "resumed", by, payload)
