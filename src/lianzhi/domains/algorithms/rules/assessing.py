"""When a product owes an assessment, and what its answers may not contradict. Pure."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from lianzhi.domains.algorithms.nouns.assessment import Assessment, Met
from lianzhi.domains.algorithms.nouns.audit import Audit
from lianzhi.domains.algorithms.nouns.product import Product
from lianzhi.domains.algorithms.nouns.rectification import Rectification
from lianzhi.domains.algorithms.policy import AssessmentPolicy, Question
from lianzhi.domains.algorithms.rules.closing import Obstacle
from lianzhi.law.clock import add_months
from lianzhi.stats.verdict import Verdict

_GAPS = (Verdict.CONFIRMED, Verdict.SUSPECTED)


class Owed(NamedTuple):
    """The yearly assessment of a product of high reach."""

    last: dt.date | None
    """When the last whole one was concluded."""
    due: dt.date
    """Last day of the next."""

    def is_overdue(self, today: dt.date) -> bool:
        """Whether that day has passed."""
        return self.due < today


def owed(
    product: Product, assessments: Iterable[Assessment], policy: AssessmentPolicy
) -> Owed | None:
    """The yearly assessment that a product owes; None: its reach is below the policy's, or it has
    ended. The first is due some days after its reach was measured so high."""
    since = product.reached(policy.high_reach)
    if product.status != "live" or since is None:
        return None
    whole = [
        each.concluded
        for each in assessments
        if each.concluded is not None and each.occasion == "yearly"
    ]
    if not whole:
        return Owed(None, since + dt.timedelta(policy.first_days))
    return Owed(max(whole), add_months(max(whole), policy.every_months))


def questions_for(
    features: Sequence[str], policy: AssessmentPolicy, scope: Sequence[str] = ()
) -> tuple[str, ...]:
    """Keys of the questions to be asked: of some features, or all; `scope` narrows a recheck."""
    keys = (
        question.key
        for question in policy.questions
        if not features or not question.features or {*question.features} & {*features}
    )
    return tuple(key for key in keys if not scope or key in scope)


def contradicting(question: Question, met: Met, audits: Iterable[Audit]) -> Audit | None:
    """The newest audit of the question's kind where it shows a gap that the answer denies."""
    newest: Audit | None = None
    for audit in audits:
        if audit.kind == question.audit and (newest is None or audit.index > newest.index):
            newest = audit
    denied = met == "met" and newest is not None and newest.verdict in _GAPS
    return newest if denied else None


def recheck_obstacle(file: Rectification, recheck: Assessment | None) -> Obstacle | None:
    """What keeps ordered adjustments from being closed by the latest recheck; None: nothing."""
    if file.appeal:
        return Obstacle("rectification_contested")
    if recheck is None:
        return Obstacle("recheck_none")
    answers: Mapping[str, object] = recheck.answers
    lacking = [key for key in file.scope if key not in answers]
    if lacking or recheck.index <= file.replies[-1].index:
        return Obstacle("recheck_early")
    unmet = [key for key in file.scope if key in recheck.gaps()]
    return Obstacle("recheck_unmet", unmet[0]) if unmet else None
