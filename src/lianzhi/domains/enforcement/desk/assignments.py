"""Assignments: the officer in charge of a penalty file, recusal, and transfer to another body."""

import re

from lianzhi.domains.enforcement.desk.office import Office, RefusedError
from lianzhi.domains.enforcement.desk.penalty_steps import (
    PenaltySteps,
    checked_length,
    require_words,
)
from lianzhi.domains.enforcement.nouns.penalty import Penalty
from lianzhi.domains.enforcement.rulebook.facts import ProposedStep
from lianzhi.office.ports import Batch

#: A user name; refuses sentences typed into the field.
_USER = re.compile(r"\S{1,64}")


class Assignments:
    """Assigns, recuses and transfers. Raises as `PenaltySteps` does."""

    def __init__(self, office: Office) -> None:
        self._office, self._steps = office, PenaltySteps(office)

    def assign(self, identity: str, to: str, by: str) -> None:
        """Put an officer in charge of a file."""
        office, day = self._office, self._office.today()
        with office.batch() as batch:
            penalty = office.penalty(batch.connection, identity)
            self._check_officer(batch, penalty, to)
            self._steps.check(batch, penalty, ProposedStep("assigned", day, by))
            self._steps.append(batch, penalty, "assigned", by, day, {"to": to}, {})
            self._steps.proceeding.assign(batch, penalty, to, by)

    def recuse(self, identity: str, officer: str, instead: str, by: str, words: str) -> None:
        """Recuse a person with an interest in the case 回避 (行政处罚法 43); the head decides.

        `instead` replaces an officer of the file. For others, such as a reviewer or decider, it is
        empty: they only may not act on the file any more.
        """
        require_words(words)
        office, day = self._office, self._office.today()
        with office.batch() as batch:
            penalty = office.penalty(batch.connection, identity)
            if officer in penalty.recused:
                raise RefusedError("recused", f"officer is {officer!r}", officer=officer)
            if not _USER.fullmatch(officer):
                raise RefusedError("officer", f"officer is {officer!r:.80}", officer=officer[:80])
            hands = tuple(instead if name == officer else name for name in penalty.officers)
            if officer in penalty.officers:
                self._check_officer(batch, penalty, instead)
                if instead in penalty.officers:
                    raise RefusedError("replaced_by", f"{instead} works on it", officer=instead)
                self._steps.check(batch, penalty, ProposedStep("recused", day, by, hands))
            elif instead:
                raise RefusedError("replaces_nobody", f"{officer} is not of it", officer=officer)
            payload = {"officer": officer, "replaced_by": instead}
            self._steps.append(batch, penalty, "recused", by, day, payload, {"words": words})
            if penalty.assigned == officer:
                self._steps.proceeding.assign(batch, penalty, instead, by)

    def transfer(self, identity: str, to: str, by: str, words: str) -> None:
        """Transfer a suspected crime to the judicial organs 移送 (27) and close the file.

        A case that they return for an administrative penalty is filed again.
        """
        require_words(words)
        if not to.strip():
            raise RefusedError("recipient", "say to whom it is transferred")
        office, day = self._office, self._office.today()
        with office.batch() as batch:
            penalty = office.penalty(batch.connection, identity)
            self._steps.check(batch, penalty, ProposedStep("transferred", day, by))
            self._steps.proceeding.transfer(
                batch, penalty, to.strip()[:200], by, checked_length(words)
            )
            self._steps.close_case(batch, penalty, "transferred", by, words)

    def _check_officer(self, batch: Batch, penalty: Penalty, name: str) -> None:
        """Raise RefusedError unless this is a registered officer who was not recused."""
        if name in penalty.recused:
            raise RefusedError("recused", f"{name} has stood aside", officer=name)
        registered = self._office.officers(batch.connection, [name]).get(name)
        if registered is None or registered.observer:
            raise RefusedError("officer", f"officer is {name!r}: not registered", officer=name)
