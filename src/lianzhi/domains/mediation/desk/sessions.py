"""Sessions of a mediation, and the sealed notes and offers that its mediator alone reads."""

from collections.abc import Sequence
from typing import NamedTuple

from lianzhi.domains.mediation.desk.dispute_steps import DisputeSteps, mediator_only, needed
from lianzhi.domains.mediation.desk.office import Office
from lianzhi.domains.mediation.nouns.dispute import RecordedDispute, Sealed
from lianzhi.domains.mediation.queries import tables
from lianzhi.domains.mediation.refusals import RefusedError
from lianzhi.domains.mediation.sealing import seal, unseal
from lianzhi.office.ports import Batch
from lianzhi.record.mention import mentions


class Unsealed(NamedTuple):
    """A note or offer with its words; None: they are erased."""

    sealed: Sealed
    words: str | None


class Sessions:
    """Acts of the mediator during mediation. Raises what `DisputeSteps` does."""

    def __init__(self, office: Office) -> None:
        self._office, self._steps = office, DisputeSteps(office)

    def open(self, identity: str, by: str) -> None:
        """Open a session with the parties."""
        self._steps.take(identity, "session_opened", by, guard=mediator_only)

    def close(self, identity: str, by: str) -> None:
        """Close the session."""
        self._steps.take(identity, "session_closed", by, guard=mediator_only)

    def note(self, identity: str, by: str, *, words: str) -> None:
        """Note what was said, sealed."""
        self._seal(identity, "noted", by, words)

    def offer(self, identity: str, by: str, *, words: str) -> None:
        """Note what a side offers, sealed."""
        self._seal(identity, "offered", by, words)

    def _seal(self, identity: str, step: str, by: str, words: str) -> None:
        needed(words)
        with self._steps.on(identity, step, by, mediator_only) as (batch, dispute):
            key = self._key(batch, dispute)
            secret = self._office.ledger.signer.seal_key
            texts = {"sealed": seal(secret, key, dispute.id, words)}
            self._steps.append(batch, dispute, step, by, None, texts)

    def _key(self, batch: Batch, dispute: RecordedDispute) -> str:
        key = self._office.ledger.vault.text(dispute.key, "key")
        if key is None:
            raise RefusedError("dispute_erased", "the party was erased; nothing is noted any more")
        return key

    def unsealed(self, identity: str, reader: str) -> Sequence[Unsealed] | None:
        """Notes and offers that the reader wrote as the mediator of the dispute, in order.

        None: the reader does not mediate it. Who followed another mediator does not read theirs.
        """
        with self._office.reading() as connection:
            dispute = tables.dispute.load(connection, identity)
        if not reader or reader != dispute.mediator:
            return None
        return [
            Unsealed(sealed, self._words(dispute, sealed))
            for sealed in dispute.sealed
            if sealed.by == reader
        ]

    def _words(self, dispute: RecordedDispute, sealed: Sealed) -> str | None:
        vault = self._office.ledger.vault
        key, text = vault.text(sealed.key, "key"), vault.text(sealed.index, "sealed")
        if key is None or text is None:
            return None
        return unseal(self._office.ledger.signer.seal_key, key, dispute.id, text)

    def naming(self, account: str) -> list[str]:
        """Sealed texts whose words name an account, as they are stored, so that erasing somebody
        who was only spoken of finds them too."""
        named, vault = mentions(account), self._office.ledger.vault
        with self._office.reading() as connection:
            disputes = tables.dispute.every(connection)
        texts = []
        for dispute in disputes:
            for sealed in dispute.sealed:
                words = self._words(dispute, sealed)
                if words is not None and named(words.encode()):
                    texts.append(vault.text(sealed.index, "sealed") or "")
        return texts
