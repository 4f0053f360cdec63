"""Acts: what the reader may do with a file now, and which article forbids what they may not."""

import datetime as dt
from typing import Any, NamedTuple

from lianzhi.chain.roles import Permission
from lianzhi.domains.enforcement.desk.desk import Desk
from lianzhi.domains.enforcement.law.money import account
from lianzhi.domains.enforcement.nouns.penalty import STEPS, Penalty
from lianzhi.law.calendar import UnknownYearError
from lianzhi.law.gates import Refusal

#: Act -> (who may, the steps that it may take). In the order of a case.
ACTS: dict[str, tuple[Permission, tuple[str, ...]]] = {
    "evidence": ("enforce", ("evidence_added",)),
    "evidence_review": ("legal", ("evidence_reviewed",)),
    "preserve": ("enforce", ("preserved",)),
    "settle": ("enforce", ("preservation_settled",)),
    "release": ("enforce", ("preservation_released",)),
    "order": ("enforce", ("ordered",)),
    "rectify": ("enforce", ("rectified",)),
    "notice": ("enforce", ("noticed",)),
    "defend": ("enforce", ("defended",)),
    "waive": ("enforce", ("defence_waived",)),
    "consider": ("enforce", ("defence_considered",)),
    "hearing_request": ("enforce", ("hearing_requested",)),
    "hearing_call": ("enforce", ("hearing_called",)),
    "hear": ("enforce", ("heard",)),
    "hearing_end": ("enforce", ("hearing_ended",)),
    "discuss": ("lead", ("discussed",)),
    "submit": ("enforce", ("submitted",)),
    "review": ("legal", ("review_passed", "review_failed")),
    "decide": ("lead", ("decided",)),
    "serve": ("enforce", ("served",)),
    "pay": ("enforce", ("paid",)),
    "defer": ("lead", ("deferred",)),
    "demand": ("enforce", ("demanded",)),
    "contest": ("enforce", ("contested",)),
    "answer": ("lead", ("upheld", "overturned")),
    "publish": ("lead", ("published",)),
    "unpublish": ("lead", ("unpublished",)),
    "close": ("lead", ("closed",)),
    "archive": ("lead", ("archived",)),
    "revisit": ("enforce", ("revisited",)),
    "assign": ("lead", ("assigned",)),
    "recuse": ("lead", ("recused",)),
    "transfer": ("lead", ("transferred",)),
    "drop": ("lead", ("dropped",)),
}


class Offer(NamedTuple):
    """An act: open to the reader, or refused with reasons."""

    key: str
    refusals: tuple[Refusal, ...] = ()
    unknown_year: int | None = None
    """No calendar tells what this act has to keep to."""


def offers(desk: Desk, one: Penalty, user: Any) -> list[Offer]:
    """What may come next, as far as the status allows it and the reader's role."""
    found = []
    today = desk.office.today()
    for key, (needs, steps) in ACTS.items():
        fits = any(one.status in STEPS[f"penalty.{step}"][0] for step in steps)
        if fits and user.may(needs) and _timely(key, one, today):
            try:
                found.append(Offer(key, tuple(desk.penalties.refusals(one, steps[0], user.name))))
            except UnknownYearError as error:
                found.append(Offer(key, unknown_year=error.year))
    return found


def _timely(key: str, one: Penalty, today: dt.date) -> bool:
    """Whether an act has something to act on."""
    asked = one.hearing_requested is not None
    unpaid = one.fine > one.paid
    late = bool(account(one, today).surcharge)
    told: dict[str, bool] = {
        "order": one.ordered is None and one.rectified is None,
        "hearing_end": asked and one.heard is None and one.hearing_ended is None,
        "defer": unpaid and not late,
        "demand": unpaid and late and not one.suspended,
        "evidence_review": bool(one.unreviewed),
        "preserve": one.preserved is None,
        "settle": one.preserved is not None,
        "release": one.preserved is not None,
        "rectify": one.rectified is None,
        "waive": one.waived is None and one.defended is None,
        "consider": one.defended is not None and one.considered is None,
        "hearing_request": one.told_hearing and not asked,
        "hearing_call": asked and one.heard is None and one.hearing_ended is None,
        "hear": one.hearing_day is not None and one.heard is None and one.hearing_ended is None,
        "discuss": one.grave and one.discussed is None,
        "submit": one.submitted is None,
        "review": one.submitted is not None and not one.review,
        "pay": one.fine > one.paid or (one.fine > 0 and one.status == "served"),
        "contest": one.decided is not None and not one.suspended,
        "answer": one.suspended,
        "publish": one.decided is not None
        and (one.published is None or one.withdrawn is not None)
        and not (one.overturned and not one.fine),
        "unpublish": one.published is not None and one.withdrawn is None,
        "revisit": one.revisited is None,
    }
    return told.get(key, True)
