"""Assessment 重点产品评估: questions of the policy, their answers, and the conclusion."""

import datetime as dt
from collections.abc import Mapping
from typing import Literal, get_args

import msgspec

from lianzhi.chain.life import START, Steps, next_status
from lianzhi.chain.noun import Noun, Payload
from lianzhi.record.entry import Entry

Occasion = Literal["yearly", "release", "recheck"]
"""Each year; before a changed feature is released; after adjustments were ordered."""
OCCASIONS: tuple[Occasion, ...] = get_args(Occasion)
Feature = Literal["list", "hot_search", "feed", "autoplay", "comment_order", "push"]
FEATURES: tuple[Feature, ...] = get_args(Feature)
Met = Literal["met", "not_met", "not_applicable"]
MET: tuple[Met, ...] = get_args(Met)

STEPS: Steps = {
    "assessment.begun": (frozenset({START}), "open"),
    "assessment.answered": (frozenset({"open"}), None),
    "assessment.concluded": (frozenset({"open"}), "concluded"),
}


class Answer(msgspec.Struct, frozen=True, omit_defaults=True):
    """The answer to a question; what it rests on is a text of its entry."""

    met: Met
    by: str
    index: int
    audits: tuple[str, ...] = ()
    """Audits on the record that it rests on."""


class Assessment(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An assessment as its entries tell it."""

    id: str
    product: str
    occasion: Occasion
    features: tuple[Feature, ...] = ()
    """What is to be released; empty: all of the product."""
    policy: str
    questions: tuple[str, ...]
    """Keys of the questions, as policy had them on the day it began."""
    opened: dt.date
    answers: Mapping[str, Answer] = {}
    """By question, the latest."""
    concluded: dt.date | None = None
    by: str = ""
    """Who concluded it."""
    at: int = 0
    case: str = ""
    """The case that unmet questions opened or joined."""
    status: str = "open"
    index: int = 0

    @property
    def unanswered(self) -> tuple[str, ...]:
        """Questions that wait."""
        return tuple(key for key in self.questions if key not in self.answers)

    def gaps(self) -> tuple[str, ...]:
        """Questions whose answer is that the product does not meet them."""
        answers = self.answers
        return tuple(key for key in self.questions if key in answers and
                     answers[key].met == "not_met")  # fmt: skip


def _fold(before: Assessment | None, entry: Entry, payload: Payload) -> Assessment:
    status = next_status(STEPS, entry.kind, before.status if before else START)
    if before is None:
        more = {"id": payload["assessment"], "status": status, "index": entry.index, "by": ""}
        return msgspec.convert({**payload, **more, "at": entry.at}, Assessment)
    if entry.kind == "assessment.answered":
        answer = Answer(payload["met"], payload["by"], entry.index, tuple(payload["audits"]))
        answers = {**before.answers, payload["question"]: answer}
        return msgspec.structs.replace(before, status=status, answers=answers)
    day = dt.date.fromisoformat(payload["day"])
    return msgspec.structs.replace(
        before, status=status, concluded=day, by=payload["by"], at=entry.at, case=payload["case"]
    )


ASSESSMENT = Noun(
    *("assessment", Assessment, STEPS, _fold),
    columns=("product", "status", "index"),
    indexes=(("product", "index"), ("status", "index")),
)
