"""Clocks of a file: which statutory periods run now, and how they stand."""

import datetime as dt
from collections.abc import Iterator
from typing import NamedTuple

from lianzhi.domains.enforcement.nouns.penalty import Penalty
from lianzhi.domains.enforcement.rulebook.rulebook import Rulebook
from lianzhi.law.calendar import UnknownYearError
from lianzhi.law.clock import Clock, Suspension, midnight
from lianzhi.law.periods import Period, UnknownPeriodError


class Running(NamedTuple):
    """A period that runs."""

    key: str
    last_day: dt.date
    """Where it is unknown: the first day that the calendar does not know."""
    status: str
    """`running`, `suspended`, `warned`, `overdue` or `unknown`: no calendar tells when it ends."""
    left: int
    """Days until the last day, as the period counts them; negative: late by."""
    title_zh: str
    title_en: str
    basis: str

    @property
    def mark(self) -> str:
        """Names this clock at this stage: a period that begins anew has another one."""
        return f"{self.key} {self.last_day} {self.status}"


def clocks(one: Penalty, rules: Rulebook, today: dt.date) -> list[Running]:
    """The periods that run on a file today, the nearest end first.

    A year whose holidays nobody has told yet leaves a clock unknown, and all others as they are.
    """
    found = [_pay_by_instalment(one, rules, today)] if _pays(one) and one.instalments else []
    for key, start, still in _running(one, rules, today):
        if start < rules.periods.versions(key)[0].effective_from:
            continue  # an imported file older than the statute
        period = rules.periods.get(key, start)
        try:
            state = Clock(start, period, still).state(rules.calendar, midnight(today))
            found.append(_told(period, state.deadline.last_day, state.status, state.left))
        except UnknownYearError as error:
            found.append(_told(period, dt.date(error.year, 1, 1), "unknown", 0))
    return sorted(found, key=lambda clock: clock.last_day)


def _told(period: Period, last_day: dt.date, status: str, left: int) -> Running:
    title = period.title
    return Running(period.key, last_day, status, left, title.zh, title.en, period.basis)


def _pays(one: Penalty) -> bool:
    return one.status == "served" and one.fine > one.paid


def _pay_by_instalment(one: Penalty, rules: Rulebook, today: dt.date) -> Running:
    """The approved day that comes next: that of the first instalment not paid in full (66(2))."""
    period = rules.periods.get("penalty.pay", one.served or today)
    covered = one.paid - (one.fine - sum(part.amount for part in one.instalments))
    due = one.instalments[-1].due
    for part in one.instalments:
        covered -= part.amount
        if covered < 0:
            due = part.due
            break
    left = (due - today).days
    warned = period.warn is not None and left <= period.warn.number
    return _told(period, due, "overdue" if left < 0 else "warned" if warned else "running", left)


def _running(
    one: Penalty, rules: Rulebook, today: dt.date
) -> Iterator[tuple[str, dt.date, tuple[Suspension, ...]]]:
    if one.preserved:
        yield "penalty.registered_preservation", one.preserved, ()
    if one.noticed and one.status == "noticed" and one.told_hearing and not one.hearing_requested:
        yield "penalty.hearing_request", one.noticed, ()
    if one.filed and one.status in ("filed", "noticed"):
        yield "penalty.decide", one.filed, ()
    if one.decided and one.status == "decided":
        yield "penalty.serve", one.decided, ()
    if one.decided and not one.published and one.list != "no_penalty" and one.fine:
        yield "penalty.publish", one.decided, ()
    if one.served and _pays(one):
        if not one.instalments:
            yield "penalty.pay", one.served, ()
        if one.demanded:
            yield "coercion.court_demand", one.demanded, ()
        # 行政强制法 53, 行政处罚法 72(2): once the party can't contest any more, and what was
        # deferred is due. Where it has contested, the day is for a person to say.
        since = max(_contestable(one, one.served, rules), one.due or one.served)
        if since < today and one.contested is None:
            yield "coercion.court", since, ()
    if one.overturned and one.published and not one.withdrawn:
        yield "penalty.publication_withdraw", one.overturned, ()


def _contestable(one: Penalty, served: dt.date, rules: Rulebook) -> dt.date:
    """Last day to contest; where no calendar or statute tells, no day that has come.

    Against what was decided on the spot reconsideration comes before a suit (行政复议法 23(1)(1)).
    """
    key = "reconsideration.request" if one.on_the_spot else "litigation.direct"
    try:
        return rules.last_day(key, served)
    except (UnknownYearError, UnknownPeriodError):
        return dt.date.max
