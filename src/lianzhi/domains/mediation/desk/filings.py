"""Filings of parties: sent from the public form, then taken in as disputes or referred."""

import datetime as dt
from collections.abc import Mapping
from typing import NamedTuple

from lianzhi.chain.life import next_status
from lianzhi.domains.mediation.desk.disputes import Disputes
from lianzhi.domains.mediation.desk.office import Office
from lianzhi.domains.mediation.nouns.dispute import RecordedDispute
from lianzhi.domains.mediation.nouns.filing import STEPS, Filing
from lianzhi.domains.mediation.queries import tables
from lianzhi.domains.mediation.refusals import RefusedError
from lianzhi.domains.mediation.routes import FIELDS
from lianzhi.domains.mediation.wording import fault_text
from lianzhi.law import remedies
from lianzhi.law.words import Words
from lianzhi.office.drafts import derived_id
from lianzhi.office.ports import Batch

#: Most characters of what is told, and of a name or a way to reach somebody.
MOST_WORDS, MOST_NAME = 5000, 200
_TEXTS = ("words", "other", "contact")


class Sent(NamedTuple):
    """What a party writes into the public form."""

    party: str = ""
    other: str = ""
    words: str = ""
    contact: str = ""
    field: str = ""
    known: dt.date | None = None
    unit: bool = False
    minor: bool = False


class Filings:
    """Acts on filings. Raises RefusedError, IllegalStepError, and KeyError for none such."""

    def __init__(self, office: Office, disputes: Disputes) -> None:
        self._office, self._disputes = office, disputes

    def get(self, identity: str) -> Filing:
        """A filing by its number, however it is typed. KeyError: there is none."""
        with self._office.reading() as connection:
            return tables.filing.load(connection, plain_number(identity))

    def every(self, status: str) -> list[Filing]:
        """Filings in a status, the oldest first."""
        column = tables.filing.c
        with self._office.reading() as connection:
            return tables.filing.every(
                connection, column.status == status, order=(column.sent, column.id)
            )

    def waiting(self) -> int:
        """How many wait."""
        with self._office.reading() as connection:
            return tables.filing.count(connection, tables.filing.c.status == "waiting")

    def texts(self, filing: Filing) -> dict[str, str]:
        """What the party wrote, by name; erased texts are empty."""
        vault = self._office.ledger.vault
        return {name: vault.text(filing.index, name) or "" for name in _TEXTS}

    def dispute(self, filing: Filing) -> RecordedDispute | None:
        """The dispute that it became."""
        return self._disputes.get(filing.dispute) if filing.dispute else None

    def send(self, sent: Sent, language: str, once: str) -> str:
        """Put what a party sent on the record, once for a UUID of the form; returns its number."""
        for name, most in (("party", MOST_NAME), ("other", MOST_NAME), ("words", MOST_WORDS)):
            given = getattr(sent, name).strip()
            if not given or len(given) > most:
                raise RefusedError(f"filing_{name}", f"{name}: write 1 to {most}", most=most)
        if len(sent.contact) > MOST_NAME:
            raise RefusedError("filing_contact", f"contact: up to {MOST_NAME}", most=MOST_NAME)
        if sent.field and sent.field not in FIELDS:
            raise RefusedError("filing_field", f"field is {sent.field!r:.80}; choose from the list")
        identity = derived_id(once, "public", "filing")
        known = sent.known and self._office.dated(sent.known)
        with self._office.ledger.batch() as batch:
            if tables.filing.get(batch.connection, identity) is not None:
                return identity
            party = sent.party.strip()
            token = batch.tokens([party])[party]
            payload = {
                "filing": identity, "party": token, "unit": sent.unit, "minor": sent.minor,
                "field": sent.field, "known": known, "language": language, "by": "public",
            }  # fmt: skip
            texts = {name: (getattr(sent, name).strip(), (token,)) for name in _TEXTS}
            batch.append([self._office.draft("filing.sent", identity, payload, texts)])
        return identity

    def take_in(
        self,
        identity: str,
        by: str,
        *,
        field: str,
        cause: str,
        office: str,
        officer: str,
        amount: int,
    ) -> str:
        """Take it in as a dispute in the party's words; returns the number of the dispute."""
        filing = self.get(identity)
        texts, vault = self.texts(filing), self._office.ledger.vault
        party = vault.account(filing.party)
        if not party or not texts["words"]:
            raise RefusedError("filing_erased", "the party was erased; nothing can be taken in")

        def note(batch: Batch, dispute: str) -> None:
            self._step(batch, filing.id, "taken_in", {"dispute": dispute, "by": by})

        return self._disputes.receive(
            by, party=party, unit=filing.unit, field=field, cause=cause, office=office,
            amount=amount, language=filing.language, officer=officer, warning="",
            known=filing.known, review=None, words=texts["words"], within=note,
        )  # fmt: skip

    def refer(
        self, identity: str, by: str, *, field: str, remedy: str, forum: str, words: str
    ) -> None:
        """Refer the party to a remedy and its forum, with what they are told. Refused where the
        law of today leads elsewhere, with the right way."""
        if not words.strip():
            raise RefusedError("filing_answer", "words is empty; write what the party has to know")
        filing, law, today = self.get(identity), self._office.rules.law, self._office.today()
        facts = remedies.Dispute(field=field, known=filing.known or filing.sent, day=today)
        faults = remedies.filing_faults(remedy, forum or "-", facts, law)
        if wrong := next((fault for fault in faults if fault.key != "pay_first"), None):
            text = Words(zh=fault_text(wrong, "zh"), en=fault_text(wrong, "en"))
            raise RefusedError("filing_forum", text.en, fault=text)
        way = next(each for each in remedies.ways(facts, law) if each.route.remedy == remedy)
        payload = {
            "remedy": remedy, "forum": forum, "field": field, "by": by,
            "last_day": way.last_day if filing.known else None,
        }  # fmt: skip
        with self._office.ledger.batch() as batch:
            self._step(batch, filing.id, "referred", payload, words.strip())

    def _step(
        self, batch: Batch, identity: str, step: str, payload: Mapping[str, object], words: str = ""
    ) -> None:
        filing = tables.filing.load(batch.connection, identity)
        next_status(STEPS, f"filing.{step}", filing.status)
        texts = {"words": (words, (filing.party,))}
        fields = {"filing": identity, **payload}
        batch.append([self._office.draft(f"filing.{step}", identity, fields, texts)])


def plain_number(typed: str) -> str:
    """The id of a filing as somebody types it: case, blanks and hyphens do not matter."""
    return "".join(sign for sign in typed.casefold() if sign.isalnum())


def number_of(identity: str) -> str:
    """The number as it is read aloud: `3F2A-91BC-…`."""
    return "-".join(identity[at : at + 4] for at in range(0, len(identity), 4)).upper()
