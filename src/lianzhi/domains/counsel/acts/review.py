"""Acts on a reconsideration, in the order of a case. See `office.acts`."""

from functools import partial

from lianzhi.domains.counsel.acts import office_steps
from lianzhi.domains.counsel.acts.office_steps import ADVISE, LEAD, choice
from lianzhi.domains.counsel.desk.reviews import Reviews
from lianzhi.domains.counsel.nouns.review import (
    CONTESTED,
    ENDINGS,
    GROUNDS,
    OUTCOMES,
    PROCEDURES,
    RULE_FINDINGS,
    STEPS,
)
from lianzhi.office.acts import DAY, ActTable, Field, Opening, opening_of, words

act = partial(office_steps.act, "reviews")
_NOTE, _REASON = words("office.note"), words("act.reason")
_REACHED = Field("reached", "day", "review.reached")


def _flag(name: str) -> Field:
    return Field(name, "flag", f"review.{name}", required=False)


REVIEW = ActTable(
    "review",
    "/reviews",
    STEPS,
    (
        act(
            "accept",
            "accepted",
            choice("procedure", "review.procedure", PROCEDURES, "review_procedure"),
            _flag("agreed"),
            _NOTE,
            DAY,
        ),
        act("ask_completion", "completion_asked", words("review.completion"), DAY),
        act("refuse", "refused", _REASON, DAY, needs=LEAD),
        act("complete", "completed", _NOTE, DAY),
        act("abandon", "abandoned", _REACHED, _REASON, needs=LEAD),
        act("copy", "copied", DAY, _REACHED)._replace(
            applies=lambda file, today: "copied" not in file.days
        ),
        act("answer", "answered", words("review.answer"), DAY),
        act("hear", "parties_heard", words("review.views"), DAY),
        act(
            "tell_hearing",
            "hearing_told",
            Field("hearing", "until", "review.hearing"),
            words("review.hearing_words"),
        ),
        act(
            "hold_hearing",
            "hearing_held",
            Field("hearers", "number", "review.hearers"),
            words("review.minutes"),
            DAY,
        ),
        act(
            "inspect",
            "inspected",
            Field("officers", "number", "review.officers"),
            words("review.minutes"),
            DAY,
        ),
        act(
            "suspend",
            "suspended",
            choice("ground", "review.ground", GROUNDS, "review_ground"),
            _REASON,
            DAY,
            needs=LEAD,
        ),
        act("resume", "resumed", _REASON, DAY, needs=LEAD),
        act(
            "ask_rule",
            "rule_asked",
            Field("rule_to", "text", "review.rule_to"),
            DAY,
            _REACHED,
            words("review.rule_questions"),
        ),
        act("answer_rule", "rule_answered", words("review.rule_answer"), DAY),
        act(
            "transfer_rule",
            "rule_transferred",
            Field("rule_to", "text", "review.rule_to"),
            DAY,
            _REACHED,
            words("review.rule_questions"),
            needs=LEAD,
        ),
        act(
            "settle_rule",
            "rule_settled",
            choice("rule_finding", "review.rule_finding", RULE_FINDINGS, "review_rule_finding"),
            _REASON,
            DAY,
            needs=LEAD,
        ),
        act("convert", "converted", _REASON, needs=LEAD),
        act(
            "extend",
            "extended",
            Field("extra", "number", "review.extra"),
            _REASON,
            needs=LEAD,
        ),
        act("settle", "settled", _flag("signed"), words("review.terms"), DAY, needs=LEAD),
        act(
            "decide",
            "decided",
            choice("outcome", "review.outcome", OUTCOMES, "review_outcome"),
            *map(_flag, ("approved", "written", "worse", "contrary", "evidence")),
            words("review.decision"),
            DAY,
            needs=LEAD,
        ),
        act(
            "end",
            "ended",
            choice("ending", "review.ending", ENDINGS, "review_ending"),
            _REASON,
            DAY,
            needs=LEAD,
        ),
        act("serve", "served", words("review.receipt"), DAY),
        act(
            "send_opinion",
            "opinion_sent",
            Field("opinion_to", "text", "review.opinion_to"),
            DAY,
            _REACHED,
            words("review.opinion"),
            needs=LEAD,
        ),
        act("answer_opinion", "opinion_answered", words("review.corrected"), DAY),
    ),
    frozenset(),
    Opening(
        "receive",
        ADVISE,
        "received",
        opening_of("reviews", Reviews.receive),
        (
            Field("day", "day", "matter.received", required=False),
            Field("person", "text", "review.applicant"),
            Field("respondent", "text", "review.respondent"),
            choice("contested", "review.contested", CONTESTED, "review_contested"),
            Field("amount", "number", "review.amount", required=False),
            words("review.request"),
        ),
    ),
)
