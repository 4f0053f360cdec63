"""Follow-up visits with their questions, and disputes that are opened again."""

from collections.abc import Mapping

from lianzhi.domains.mediation.desk.dispute_case import DisputeCase
from lianzhi.domains.mediation.desk.dispute_steps import DisputeSteps, needed
from lianzhi.domains.mediation.desk.office import Office
from lianzhi.domains.mediation.dispute_policy import DisputePolicy
from lianzhi.domains.mediation.refusals import RefusedError


class Revisits:
    """Acts after an agreement. Raises what `DisputeSteps` does."""

    def __init__(self, office: Office) -> None:
        self._office, self._steps, self._case = office, DisputeSteps(office), DisputeCase(office)

    def questions(self) -> DisputePolicy:
        """The policy of today, with its questions."""
        return self._office.rules.dispute(self._office.today())[1]

    def visit(self, identity: str, by: str, *, answers: Mapping[str, int], words: str) -> None:
        """Record a visit: points for every question of the policy, and what was said."""
        version, policy = self._office.rules.dispute(self._office.today())
        known = {question.key for question in policy.questions}
        if unknown := sorted(answers.keys() - known):
            raise RefusedError("dispute_question", f"no question {unknown[0]!r:.80}")
        for question in policy.questions:
            points = answers.get(question.key)
            if points is None or not question.least <= points <= question.most:
                message = f"{question.key} is {points}; give {question.least} to {question.most}"
                raise RefusedError(
                    "dispute_answer", message, question=question.title, least=question.least,
                    most=question.most,
                )  # fmt: skip
        with self._steps.on(identity, "visited", by) as (batch, dispute):
            if dispute.settled is None:
                raise RefusedError("dispute_nothing_to_visit", "it was not settled")
            self._case.visited(batch, dispute, by, words)
            payload = {"answers": dict(answers), "policy": version}
            self._steps.append(batch, dispute, "visited", by, payload, {"words": words})

    def reopen(self, identity: str, by: str, *, words: str) -> None:
        """Open a closed dispute again, with the reason; a mediator is assigned anew."""
        with self._steps.on(identity, "reopened", by) as (batch, dispute):
            self._case.reopen(batch, dispute, by, needed(words))
            self._steps.append(batch, dispute, "reopened", by, None, {"words": words})
