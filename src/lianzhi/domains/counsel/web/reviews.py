"""Pages of reconsiderations."""

from collections.abc import Iterator

from lianzhi.domains.counsel.acts.review import REVIEW
from lianzhi.domains.counsel.nouns.review import Review
from lianzhi.domains.counsel.web import papers
from lianzhi.domains.counsel.web.office_files import Fact, View, router_of


def _facts(file: Review) -> Iterator[Fact]:
    yield Fact("review.respondent", file.respondent)
    yield Fact("review.contested", file.contested, "review_contested")
    for label, value, family in (
        ("review.amount", file.amount, ""),
        ("review.procedure", file.procedure, "review_procedure"),
        ("review.ground", file.ground if file.status == "suspended" else None, "review_ground"),
        ("review.answer_due", file.answer_due, ""),
        ("review.answered_on", file.days.get("answered"), ""),
        ("review.hearing", file.hearing, ""),
        ("review.outcome", file.outcome, "review_outcome"),
        ("review.decide_by", file.decide_by, ""),
        ("review.ending", file.ending, "review_ending"),
        ("review.rule_to", file.rule_to, ""),
        ("review.rule_clock", file.rule_clock, "review_rule_clock"),
        ("review.rule_due", file.rule_due, ""),
        ("review.transfer_due", file.transfer_due, ""),
        ("review.rule_finding", file.rule_finding, "review_rule_finding"),
        ("review.opinion_to", file.opinion_to, ""),
        ("review.opinion_due", file.opinion_due, ""),
    ):
        if value:
            yield Fact(label, value, family)


router = router_of(
    View(
        REVIEW,
        (
            *("received", "incomplete", "accepted", "suspended", "decided"),
            *("served", "settled", "refused", "ended"),
        ),
        lambda desk: desk.reviews,
        _facts,
        "reviews",
        lambda desk, file: {} if file is None else papers.section(desk, desk.reviews, file.id),
    )
)
