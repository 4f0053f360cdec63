"""Clocks of a dispute, which run side by side: the office's own targets, terms of the agreement,
judicial confirmation, the reconsideration that is pending, and every remedy that stays open.

Pure. Mediation suspends no remedy (see `policy/routes`); a pending reconsideration alone stands
still, on the days of its stay.
"""

import datetime as dt
from collections.abc import Iterator
from typing import Literal, NamedTuple

from lianzhi.domains.mediation.dispute_policy import DisputePolicy
from lianzhi.domains.mediation.nouns.dispute import RecordedDispute
from lianzhi.law import clock, remedies
from lianzhi.law.calendar import UnknownYearError
from lianzhi.law.clock import Clock, Suspension, midnight
from lianzhi.law.remedies import Law

Key = Literal["assign", "mediate", "visit", "term", "confirmation", "review", "remedy"]
CONFIRMATION, REVIEW = "settlement.confirmation", "reconsideration.decide"


class DueClock(NamedTuple):
    """One clock as it stands on a day."""

    key: Key
    last_day: dt.date | None
    """None: the holidays of its last year are not known yet."""
    status: clock.Status
    left: int = 0
    """Calendar days until the last day; below 0: days late."""
    detail: str = ""
    """Number of a term, or name of a remedy."""

    @property
    def order(self) -> dt.date:
        """Day by which lists sort."""
        return self.last_day or dt.date.max


def clocks(
    dispute: RecordedDispute, policy: DisputePolicy, law: Law, today: dt.date
) -> tuple[DueClock, ...]:
    """The clocks that run for a dispute, the earliest end first."""
    running = [*_targets(dispute, policy, today), *_terms(dispute, policy, today)]
    settled = dispute.settled if dispute.status == "agreed" else None
    if settled and not dispute.confirmation and can_be_confirmed(dispute, law, settled):
        period = law.periods.get(CONFIRMATION, settled)
        running += _lawful("confirmation", Clock(settled, period), law, today)
    if dispute.review is not None and dispute.status != "closed":
        stays = tuple(Suspension(stay.since, stay.until, "stay") for stay in dispute.stays)
        period = law.periods.get(REVIEW, dispute.review)
        running += _lawful("review", Clock(dispute.review, period, stays), law, today)
    if dispute.outcome not in ("settled", "withdrawn") and dispute.settled is None:
        running += _remedies(dispute, policy, law, today)
    return tuple(sorted(running, key=lambda each: (each.order, each.key)))


def can_be_confirmed(dispute: RecordedDispute, law: Law, day: dt.date) -> bool:
    """Whether agreements of its field can be confirmed by a court, by the law of a day."""
    return _has(dispute, "confirmation", law, day)


def is_administrative(dispute: RecordedDispute, law: Law, day: dt.date) -> bool:
    """Whether it is about an act that is open to reconsideration, by the law of a day."""
    return _has(dispute, "reconsideration", law, day)


def _has(dispute: RecordedDispute, remedy: str, law: Law, day: dt.date) -> bool:
    return any(route.key == f"{dispute.field}.{remedy}" for route in law.routes.at(day))


def last_day_to_confirm(settled: dt.date, law: Law) -> dt.date:
    """The last day on which both sides may ask the court. Raises UnknownYearError."""
    return clock.deadline(settled, law.periods.get(CONFIRMATION, settled), law.calendar).last_day


def _targets(dispute: RecordedDispute, policy: DisputePolicy, today: dt.date) -> Iterator[DueClock]:
    if dispute.status == "received":
        yield _plain("assign", dispute.round_start, policy.assign_days, policy, today)
    elif dispute.status in ("mediating", "in_session") and dispute.first_assigned:
        begin = max(dispute.first_assigned, dispute.round_start)
        yield _plain("mediate", begin, policy.mediate_days, policy, today)
    if dispute.unvisited and dispute.settled is not None:
        yield _plain("visit", dispute.settled, policy.visit_days, policy, today)


def _terms(dispute: RecordedDispute, policy: DisputePolicy, today: dt.date) -> Iterator[DueClock]:
    if dispute.status == "agreed":
        for term in dispute.terms:
            if term.status == "open":
                yield _until("term", term.due, policy, today, str(term.number))


def _remedies(
    dispute: RecordedDispute, policy: DisputePolicy, law: Law, today: dt.date
) -> Iterator[DueClock]:
    if dispute.known is None or dispute.review is not None:
        return  # nobody may sue while a reconsideration is pending
    facts = remedies.Dispute(field=dispute.field, known=dispute.known, day=today)
    try:
        ways = remedies.ways(facts, law)
    except UnknownYearError:
        yield DueClock("remedy", None, "running")
        return
    for way in ways:
        if way.last_day is not None:
            yield _until("remedy", way.last_day, policy, today, way.route.remedy)
        elif way.unknown_year is not None:
            yield DueClock("remedy", None, "running", detail=way.route.remedy)


def _plain(key: Key, start: dt.date, days: int, policy: DisputePolicy, today: dt.date) -> DueClock:
    return _until(key, start + dt.timedelta(days), policy, today)


def _until(
    key: Key, last: dt.date, policy: DisputePolicy, today: dt.date, detail: str = ""
) -> DueClock:
    left = (last - today).days
    status: clock.Status = (
        "overdue" if left < 0 else "warned" if left <= policy.warn_days else "running"
    )
    return DueClock(key, last, status, left, detail)


def _lawful(key: Key, running: Clock, law: Law, today: dt.date) -> list[DueClock]:
    try:
        state = running.state(law.calendar, midnight(today))
    except UnknownYearError:
        return [DueClock(key, None, "running")]
    last = state.deadline.last_day
    return [DueClock(key, last, state.status, (last - today).days)]
