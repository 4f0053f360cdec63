"""What every act needs: the record, policy, legal bases and the clock."""

import datetime as dt
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from lianzhi.chain.life import next_status
from lianzhi.chain.policy import Dated
from lianzhi.domains.oversight.nouns import DOMAIN
from lianzhi.domains.oversight.nouns.instruction import STEPS, Instruction
from lianzhi.domains.oversight.policy import Policy
from lianzhi.domains.oversight.queries import tables
from lianzhi.domains.oversight.rules.refusal import RefusedError
from lianzhi.law import basis
from lianzhi.law.basis import Bases
from lianzhi.law.clock import midnight
from lianzhi.office.actor import Actor
from lianzhi.office.domain_office import DomainOffice, domain_draft
from lianzhi.office.office import Office as ChainOffice
from lianzhi.office.ports import Batch, Ledger
from lianzhi.record.entry import Draft, Text


class Office(DomainOffice):
    """Record, policy, law and clock of a deployment."""

    def __init__(
        self,
        ledger: Ledger,
        home: Path,
        now: Callable[[], int],
        chain: ChainOffice,
        policies: Dated[Policy],
    ) -> None:
        self.ledger, self.home, self.now, self.chain = ledger, home, now, chain
        self._policies = policies

    @property
    def bases(self) -> Bases:
        """The legal bases of the house."""
        return basis.shipped()

    def policy(self) -> tuple[str, Policy]:
        """Version and policy in force now."""
        return self._policies.at(self.now())

    def policy_on(self, day: dt.date) -> Policy:
        """The policy in force at the end of a day."""
        return self._policies.at(midnight(day + dt.timedelta(1)) - 1)[1]

    def dated(self, day: dt.date | None) -> dt.date:
        """The day of a step, by default today. Raises RefusedError for a future day."""
        today = self.today()
        if day is not None and day > today:
            raise RefusedError("oversight_day", f"day is {day}, but today is {today}", day=day)
        return day or today


def draft(
    kind: str, ref: str, at: int, payload: Mapping[str, Any], words: Mapping[str, str] | None = None
) -> Draft:
    """An entry `<noun>.<step>` of this domain."""
    texts: dict[str, Text] = {name: (text, ()) for name, text in (words or {}).items()}
    return domain_draft(DOMAIN, kind, ref, at, payload, texts)


def desk_actor(by: str) -> Actor:
    """A person of the office as an actor of the chain, at the desk of this domain."""
    return Actor(by, may_severe=True, desk=DOMAIN)


def reason_of(words: str) -> str:
    """The words that say what and why. Raises RefusedError where there are none."""
    if not words.strip():
        raise RefusedError("oversight_words", "words is empty; say what and why")
    return words


def load_instruction(batch: Batch, identity: str, step: str) -> Instruction:
    """An instruction that may take the step now. Raises KeyError, IllegalStepError."""
    known = tables.instruction.load(batch.connection, identity)
    next_status(STEPS, f"instruction.{step}", known.status)
    return known


def put(
    office: Office,
    batch: Batch,
    known: Instruction,
    step: str,
    by: str,
    texts: Mapping[str, str] | None = None,
    **more: Any,
) -> None:
    """Append a step of an instruction: `texts` are erasable, `more` are its fields."""
    payload = {"instruction": known.id, "by": by, **more}
    batch.append([draft(f"instruction.{step}", known.id, office.now(), payload, texts)])
