"""Clocks of a file: statutory periods that run now, with their status."""

import datetime as dt
from collections.abc import Iterator
from itertools import accumulate
from typing import NamedTuple

from lianzhi.domains.enforcement.nouns.penalty import Penalty
from lianzhi.domains.enforcement.rulebook.rulebook import Rulebook
from lianzhi.law.calendar import UnknownYearError
from lianzhi.law.clock import Clock, Suspension, midnight
from lianzhi.law.periods import Period, UnknownPeriodError


class Running(NamedTuple):
    """A running period of a file."""

    key: str
    last_day: dt.date
    """With status `unknown`: first day not covered by the calendar."""
    status: str
    """`running`, `suspended`, `warned`, `overdue`, or `unknown` without a calendar for its end."""
    left: int
    """Days until the last day, counted as the period counts; negative when overdue."""
    title_zh: str
    title_en: str
    basis: str

    @property
    def mark(self) -> str:
        """Identifies this clock at this stage; a restarted period has another mark."""
        return f"{self.key} {self.last_day} {self.status}"


def clocks(penalty: Penalty, rules: Rulebook, today: dt.date) -> list[Running]:
    """The periods that run on a file today, the nearest end first.

    A period that ends in a year without known holidays has status `unknown`.
    """
    running = (
        [_pay_by_instalment(penalty, rules, today)]
        if _pays(penalty) and penalty.instalments
        else []
    )
    for key, start, still in _running(penalty, rules, today):
        if start < rules.periods.versions(key)[0].effective_from:
            continue  # an imported file older than the statute
        period = rules.periods.get(key, start)
        try:
            state = Clock(start, period, still).state(rules.calendar, midnight(today))
            running.append(_clock(period, state.deadline.last_day, state.status, state.left))
        except UnknownYearError as error:
            running.append(_clock(period, dt.date(error.year, 1, 1), "unknown", 0))
    return sorted(running, key=lambda clock: clock.last_day)


def _clock(period: Period, last_day: dt.date, status: str, left: int) -> Running:
    title = period.title
    return Running(period.key, last_day, status, left, title.zh, title.en, period.basis)


def _pays(penalty: Penalty) -> bool:
    return penalty.status == "served" and penalty.fine > penalty.paid


def _pay_by_instalment(penalty: Penalty, rules: Rulebook, today: dt.date) -> Running:
    """The period until the first instalment not paid in full (66(2))."""
    period = rules.periods.get("penalty.pay", today)  # its words and warning; the day is agreed
    covered = penalty.paid - (penalty.fine - sum(part.amount for part in penalty.instalments))
    totals = accumulate(part.amount for part in penalty.instalments)
    due = next(
        part.due for part, total in zip(penalty.instalments, totals, strict=True) if covered < total
    )
    left = (due - today).days
    warned = period.warn is not None and left <= period.warn.number
    return _clock(period, due, "overdue" if left < 0 else "warned" if warned else "running", left)


def _running(
    penalty: Penalty, rules: Rulebook, today: dt.date
) -> Iterator[tuple[str, dt.date, tuple[Suspension, ...]]]:
    if penalty.preserved:
        yield "penalty.registered_preservation", penalty.preserved, ()
    if (
        penalty.noticed
        and penalty.status == "noticed"
        and penalty.told_hearing
        and not penalty.hearing_requested
    ):
        yield "penalty.hearing_request", penalty.noticed, ()
    if penalty.filed and penalty.status in ("filed", "noticed"):
        yield "penalty.decide", penalty.filed, ()
    if penalty.decided and penalty.status == "decided":
        yield "penalty.serve", penalty.decided, ()
    if penalty.decided and not penalty.published and penalty.list != "no_penalty" and penalty.fine:
        yield "penalty.publish", penalty.decided, ()
    if penalty.served and _pays(penalty):
        if not penalty.instalments:
            yield "penalty.pay", penalty.served, ()
        if penalty.demanded:
            yield "coercion.court_demand", penalty.demanded, ()
        # 行政强制法 53, 行政处罚法 72(2): from when the party can no longer contest, and deferred
        # money is due. For a contested decision a person determines the day.
        since = max(_contestable(penalty, penalty.served, rules), penalty.due or penalty.served)
        if since < today and penalty.contested is None:
            yield "coercion.court", since, ()
    if penalty.overturned and penalty.published and not penalty.withdrawn:
        yield "penalty.publication_withdraw", penalty.overturned, ()


def _contestable(penalty: Penalty, served: dt.date, rules: Rulebook) -> dt.date:
    """Last day to contest; `date.max` without a calendar or statute for it.

    A decision on the spot requires reconsideration before a suit (行政复议法 23(1)(1)).
    """
    key = "reconsideration.request" if penalty.on_the_spot else "litigation.direct"
    try:
        return rules.last_day(key, served)
    except (UnknownYearError, UnknownPeriodError):
        return dt.date.max
