"""Reviews: reconsiderations from the request to the decision, by the law in force on each day."""

import datetime as dt
from collections.abc import Callable
from types import MappingProxyType

from lianzhi.domains.counsel.desk.office import Office
from lianzhi.domains.counsel.desk.office_files import Files, Given, named, number, too_early
from lianzhi.domains.counsel.desk.office_gates import gates_of
from lianzhi.domains.counsel.desk.review_gates import PREDICATES, ReviewFacts, ReviewTerms
from lianzhi.domains.counsel.nouns.review import CONTESTED, Review
from lianzhi.domains.counsel.office_clock import Stay, most_extension, stay
from lianzhi.domains.counsel.queries import tables
from lianzhi.domains.counsel.refusals import RefusedError
from lianzhi.law.gates import Refusal

Change = Callable[[Review, dt.date, Given], Given]
"""Fields that follow from a step: file, day, fields of the step."""
_ACCEPT, _OPINION = "reconsideration.accept", "reconsideration.opinion"


def _no_time(file: Review, day: dt.date, given: Given) -> Given:
    return {"due": None}


_NO_RULE: Given = {"rule_clock": "", "rule_due": None, "transfer_due": None}


def _closed(file: Review, day: dt.date, given: Given) -> Given:
    """Only an opinion may still wait for its answer."""
    return {"clock": "", "due": file.opinion_due, **_NO_RULE}


class Reviews(Files[Review]):
    """Receives requests for reconsideration, and takes them to a decision."""

    AFTER = MappingProxyType(
        {
            "answered": "copied",
            "hearing_held": "hearing_told",
            "rule_answered": "rule_asked",
            "opinion_answered": "opinion_sent",
        }
    )

    def __init__(self, office: Office) -> None:
        super().__init__(office, tables.review)
        self.gates = gates_of(office, "review", PREDICATES, ReviewTerms)
        self._changes: dict[str, Change] = {
            "completion_asked": _no_time,
            "suspended": self._suspended,
            "rule_asked": lambda file, day, given: self._rule("answer", self._reached(given, day)),
            "rule_answered": lambda file, day, given: self._rule("review", file.days["received"]),
            "rule_transferred": lambda file, day, given: self._rule(
                "reply", self._reached(given, day)
            ),
            "rule_settled": lambda file, day, given: _NO_RULE,
            "completed": lambda file, day, given: self._run(_ACCEPT, day),
            "accepted": self._accepted,
            "copied": self._copied,
            "resumed": self._resumed,
            "converted": self._converted,
            "extended": self._extended,
            "decided": lambda file, day, given: {"decide_by": file.due, "clock": "", "due": None},
            **dict.fromkeys(("refused", "abandoned", "settled", "ended", "served"), _closed),
            "opinion_sent": self._opinion_sent,
            "opinion_answered": self._opinion_answered,
        }

    def receive(
        self, by: str, day: dt.date | None, person: str, respondent: str, contested: str,
        words: str, amount: int = 0,
    ) -> str:  # fmt: skip
        """Take a request in; returns its id. Raises RefusedError."""
        if contested not in CONTESTED:
            raise RefusedError("office_choice", f"contested is {contested!r:.80}", value=contested)
        on = self.day(day)
        payload: Given = {
            "respondent": named(respondent), "contested": contested, "amount": amount,
        }  # fmt: skip
        clock = self._run(_ACCEPT, on)
        return self.begin("received", by, on, named(person), words, {**payload, **clock})

    def refusals(
        self, file: Review, step: str, day: dt.date, by: str, given: Given | None
    ) -> list[Refusal]:
        """Gates that a step fails."""
        known, limit = given or {}, None
        if isinstance(hearing := known.get("hearing"), dt.date):
            limit = self.last_day("reconsideration.hearing_notice", hearing)
        if step == "abandoned" and isinstance(reached := known.get("reached"), dt.date):
            limit = self.last_day("reconsideration.complete", reached)
        facts = ReviewFacts(
            step=step,
            day=day,
            file=file,
            given=given,
            most=most_extension(self._office.rules.law, file.clock, file.since or file.began),
            limit=limit,
        )
        return self.gates.check(facts)

    def changes(self, file: Review, step: str, day: dt.date, given: Given) -> Given:
        """The clocks after a step."""
        change = self._changes.get(step)
        return {} if change is None else change(file, day, given)

    def _accepted(self, file: Review, day: dt.date, given: Given) -> Given:
        """The time to decide runs: under the text of 2017 from the receipt; later from the day of
        the step, or the end of the examination where that came first."""
        received = file.since or file.began
        if self.gates.terms(received).accepted_from == "receipt":
            since = received
        else:
            since = day if file.due is None else min(day, file.due)
        return self._run(_decide(given["procedure"]), since)

    def _copied(self, file: Review, day: dt.date, given: Given) -> Given:
        suffix = "_simplified" if file.procedure == "simplified" else ""
        reached = self._reached(given, day)
        return {"answer_due": self.last_day(f"reconsideration.answer{suffix}", reached)}

    def _suspended(self, file: Review, day: dt.date, given: Given) -> Given:
        """No time runs, but for a normative document under review (行政复议法 56 to 58, from 2024
        on). It is asked for with the request (13), from whose receipt the days of 56 run."""
        rule = _NO_RULE
        if given["ground"] == "rule_review" and self._in_force("reconsideration.rule_ask", day):
            transfer = self.last_day("reconsideration.rule_forward", file.days["received"])
            rule = {**self._rule("ask", day), "transfer_due": transfer}
        return {"due": None, "rule_to": "", "rule_finding": None, **rule}

    def _in_force(self, period: str, day: dt.date) -> bool:
        return self._office.rules.law.periods.versions(period)[0].effective_from <= day

    def _rule(self, period: str, since: dt.date) -> Given:
        """The clock of an incidental review."""
        key = f"reconsideration.rule_{period}"
        return {**_NO_RULE, "rule_clock": key, "rule_due": self.last_day(key, since)}

    def _resumed(self, file: Review, day: dt.date, given: Given) -> Given:
        stays = (*file.stays, stay(file.days["suspended"], day))
        since = file.since or file.began
        due = self.last_day(file.clock, since, stays, file.extra)
        return {"stays": stays, "due": due, **_NO_RULE}

    def _converted(self, file: Review, day: dt.date, given: Given) -> Given:
        clock = self._run(_decide("ordinary"), file.since or file.began, file.stays)
        return {"procedure": "ordinary", **clock}

    def _extended(self, file: Review, day: dt.date, given: Given) -> Given:
        since, extra = file.since or file.began, number(given, "extra")
        return {"due": self.last_day(file.clock, since, file.stays, extra)}

    def _opinion_sent(self, file: Review, day: dt.date, given: Given) -> Given:
        due = self.last_day(_OPINION, self._reached(given, day))
        ended = file.status in Review.CLOSED
        return {"opinion_due": due, **({"due": due} if ended else {})}

    def _opinion_answered(self, file: Review, day: dt.date, given: Given) -> Given:
        ended = file.status in Review.CLOSED
        return {"opinion_due": None, **({"due": None} if ended else {})}

    def _run(self, key: str, since: dt.date, stays: tuple[Stay, ...] = ()) -> Given:
        return {"clock": key, "since": since, "due": self.last_day(key, since, stays)}

    def _reached(self, given: Given, sent: dt.date) -> dt.date:
        """Day on which a paper reached whom it was sent to."""
        reached = self.day(given["reached"])
        if reached < sent:
            raise too_early("reached", reached, sent)
        return reached


def _decide(procedure: object) -> str:
    """Key of the time to decide."""
    return f"reconsideration.decide{'_simplified' if procedure == 'simplified' else ''}"
