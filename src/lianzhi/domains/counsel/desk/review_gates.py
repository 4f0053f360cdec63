"""Gates of a reconsideration: the rules of each step are data, under `policy/gates/review`."""

import datetime as dt
from collections.abc import Mapping
from typing import Literal

import msgspec

from lianzhi.domains.counsel.nouns.review import Review
from lianzhi.law.gates import Predicate, Terms


class ReviewTerms(Terms, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Figures of the law in force."""

    accepted_from: Literal["receipt", "expiry"]
    """From when a request that was not refused counts as accepted at the latest."""
    simplified_sum: int = 0
    """Most yuan at issue for the simplified procedure; 0: there is none."""
    hearers: int = 0
    investigators: int = 0
    stay_days: int = 0


class ReviewFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What gates look at. `given` is None where a page asks whether a step is possible at all."""

    step: str
    day: dt.date
    file: Review
    given: Mapping[str, object] | None = None
    most: int = 0
    """By how many days the time to decide may be extended."""
    limit: dt.date | None = None
    """Last day for the notice of the hearing given, or to complete the request; None: not known."""


Rule = Predicate[ReviewFacts, ReviewTerms]


def _in_time(facts: ReviewFacts, terms: ReviewTerms) -> bool:
    return facts.file.due is None or facts.day <= facts.file.due


def _given(name: str) -> Rule:
    """Passes where a flag of the step is set."""
    return lambda facts, terms: facts.given is None or facts.given[name] is True


def _at_least(name: str, figure: str) -> Rule:
    """Passes where a number of the step reaches a figure of the law."""

    def reaches(facts: ReviewFacts, terms: ReviewTerms) -> bool:
        value = getattr(terms, figure) if facts.given is None else facts.given[name]
        return isinstance(value, int) and value >= getattr(terms, figure)

    return reaches


def _completion_overdue(facts: ReviewFacts, terms: ReviewTerms) -> bool:
    return facts.given is None or (facts.limit is not None and facts.day > facts.limit)


def _procedure_allowed(facts: ReviewFacts, terms: ReviewTerms) -> bool:
    file, given = facts.file, facts.given
    if given is None or given["procedure"] == "ordinary":
        return True
    small = 0 < file.amount <= terms.simplified_sum
    named = file.contested in ("spot", "warning", "disclosure")
    return terms.simplified_sum > 0 and (small or named or given["agreed"] is True)


def _hearing_notice(facts: ReviewFacts, terms: ReviewTerms) -> bool:
    return facts.given is None or facts.limit is None or facts.day <= facts.limit


def _hearing_noticed(facts: ReviewFacts, terms: ReviewTerms) -> bool:
    return facts.file.hearing is not None and facts.day >= facts.file.hearing


def _extension_allowed(facts: ReviewFacts, terms: ReviewTerms) -> bool:
    extra = 1 if facts.given is None else facts.given["extra"]
    return isinstance(extra, int) and 1 <= extra <= facts.most and not facts.file.extra


def _stay_lasted(facts: ReviewFacts, terms: ReviewTerms) -> bool:
    file = facts.file
    if facts.given is None or facts.given["ending"] != "stay_over":
        return True
    long = file.status == "suspended" and file.ground in ("death", "incapacity", "entity_ended")
    return long and (facts.day - file.days["suspended"]).days >= terms.stay_days


def _parties_heard(facts: ReviewFacts, terms: ReviewTerms) -> bool:
    file = facts.file
    done = file.procedure == "simplified" or file.days.keys() & {"parties_heard", "hearing_held"}
    return facts.given is None or bool(done) or facts.given["written"] is True


def _no_worse(facts: ReviewFacts, terms: ReviewTerms) -> bool:
    given = facts.given
    if given is None or given["outcome"] != "changed":
        return True
    return given["worse"] is not True or given["contrary"] is True


def _answered_in_time(facts: ReviewFacts, terms: ReviewTerms) -> bool:
    file, given = facts.file, facts.given
    if given is None or given["outcome"] != "maintained":
        return True
    day, due = file.days.get("answered"), file.answer_due
    return (day is not None and (due is None or day <= due)) or given["evidence"] is True


def _rule_findable(facts: ReviewFacts, terms: ReviewTerms) -> bool:
    """Whether the document can have met this end: here after asking, elsewhere after transfer."""
    clock = facts.file.rule_clock
    elsewhere = clock == "reconsideration.rule_reply"
    here = clock in ("reconsideration.rule_answer", "reconsideration.rule_review")
    if facts.given is None:
        return elsewhere or here
    return elsewhere if facts.given["rule_finding"] == "other_authority" else here


def _rule_settled(facts: ReviewFacts, terms: ReviewTerms) -> bool:
    return facts.file.ground != "rule_review" or facts.file.rule_finding is not None


PREDICATES: dict[str, Rule] = {
    "completion_in_time": _in_time,
    "completion_overdue": _completion_overdue,
    "refusal_in_time": _in_time,
    "procedure_allowed": _procedure_allowed,
    "copy_sent": lambda facts, terms: "copied" in facts.file.days,
    "hearing_notice": _hearing_notice,
    "hearing_noticed": _hearing_noticed,
    "enough_hearers": _at_least("hearers", "hearers"),
    "enough_investigators": _at_least("officers", "investigators"),
    "was_simplified": lambda facts, terms: facts.file.procedure == "simplified",
    "extension_allowed": _extension_allowed,
    "extension_in_time": _in_time,
    "all_signed": _given("signed"),
    "stay_lasted": _stay_lasted,
    "approved": _given("approved"),
    "parties_heard": _parties_heard,
    "no_worse": _no_worse,
    "answered_in_time": _answered_in_time,
    "rule_under_review": lambda facts, terms: (
        facts.file.ground == "rule_review" and facts.file.rule_finding is None
    ),
    "rule_not_begun": lambda facts, terms: facts.file.rule_clock == "reconsideration.rule_ask",
    "rule_findable": _rule_findable,
    "rule_was_asked": lambda facts, terms: facts.file.rule_clock == "reconsideration.rule_answer",
    "rule_settled": _rule_settled,
    "opinion_waits": lambda facts, terms: facts.file.opinion_due is not None,
    "opinion_known": lambda facts, terms: facts.file.opinion_due is None,
}
