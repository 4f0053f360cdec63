"""Takes a step on a dispute: read, checked and put on the record in one transaction."""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from lianzhi.chain.life import next_status
from lianzhi.chain.roles import Permission
from lianzhi.domains.mediation.desk.office import Office
from lianzhi.domains.mediation.nouns.dispute import STEPS, RecordedDispute
from lianzhi.domains.mediation.queries import tables
from lianzhi.domains.mediation.refusals import RefusedError
from lianzhi.office.ports import Batch

Guard = Callable[[RecordedDispute, str], None]


class DisputeSteps:
    """Raises KeyError for no such dispute, IllegalStepError and RefusedError for a refused step."""

    def __init__(self, office: Office) -> None:
        self._office = office

    @contextmanager
    def on(
        self, identity: str, step: str, by: str, guard: Guard = lambda dispute, by: None
    ) -> Iterator[tuple[Batch, RecordedDispute]]:
        """The batch in which a step may be taken, and the dispute as it stands."""
        with self._office.ledger.batch() as batch:
            dispute = tables.dispute.load(batch.connection, identity)
            next_status(STEPS, f"dispute.{step}", dispute.status)
            guard(dispute, by)
            yield batch, dispute

    def append(
        self,
        batch: Batch,
        dispute: RecordedDispute,
        step: str,
        by: str,
        payload: Mapping[str, Any] | None = None,
        texts: Mapping[str, str] | None = None,
    ) -> int:
        """Append the entry of a step with texts about the party; returns its index."""
        fields = {"dispute": dispute.id, "by": by, **(payload or {})}
        about = {name: (text, (dispute.party,)) for name, text in (texts or {}).items()}
        draft = self._office.draft(f"dispute.{step}", dispute.id, fields, about)
        return batch.append([draft])[0].index

    def take(
        self,
        identity: str,
        step: str,
        by: str,
        payload: Mapping[str, Any] | None = None,
        texts: Mapping[str, str] | None = None,
        guard: Guard = lambda dispute, by: None,
    ) -> None:
        """Take a step that needs no more than a guard."""
        with self.on(identity, step, by, guard) as (batch, dispute):
            self.append(batch, dispute, step, by, payload, texts)


def mediator_only(dispute: RecordedDispute, by: str) -> None:
    """Raise RefusedError for anybody but the dispute's mediator."""
    if by != dispute.mediator:
        message = f"{by} is not the mediator of {dispute.id}; only {dispute.mediator} may"
        raise RefusedError("dispute_not_mediator", message, mediator=dispute.mediator or "—")


def hands_on(powers: Collection[Permission] | None) -> Guard:
    """A guard that lets the mediator act, and who holds one of `powers` of the office; None: at the
    shell, where whoever may run commands is trusted."""

    def guard(dispute: RecordedDispute, by: str) -> None:
        if powers is not None and not powers:
            mediator_only(dispute, by)

    return guard


def needed(words: str, rule: str = "dispute_words") -> str:
    """The words. Raises RefusedError where there are none."""
    if not words.strip():
        raise RefusedError(rule, "words is empty; write what it is about")
    return words.strip()
