"""The window that speaks most for a pile-on: how many came and what they said, in nats.

Three explanations compete: ordinary traffic at the person's own rate, a benign surge (many
strangers, ordinary texts), a pile-on (many strangers, harmful texts). Unusual numbers tell the
first from the others, texts tell the second from the third. So over each window

    score = min(surge, -ln P(at least so many strangers | baseline)) + sum of ln LR(text) - looks

where `surge` is the log of how rare a benign surge of that size is for a person known so long:
numbers alone never make an alarm. `looks` grows with the usual number of strangers, each of whom
is an occasion to err. The count is tested against a gamma-Poisson predictive of the person's own
past and of the day so far, and by a CUSUM (Page 1954) whose onset lies within the window.
Harmful texts of acquaintances, who are a part of most crowds, add a bounded amount.
"""

from itertools import islice
from math import log, log1p
from typing import NamedTuple

from lianzhi.domains.bullying.detection.state import DAY_MS, Arrival, Person
from lianzhi.domains.bullying.policy import Policy
from lianzhi.stats import poisson

_TINY = 1e-300


def expected_strangers(person: Person, policy: Policy) -> tuple[float, float]:
    """(strangers, days) that the baseline rests on, prior included."""
    base = policy.baseline
    return base.prior_strangers + person.strangers, base.prior_days + person.days


class Sight(NamedTuple):
    """The window that speaks most for a pile-on."""

    window: int
    rate: float
    """Evidence from the number of strangers, capped, in nats."""
    harm: float
    """Evidence from their texts."""
    known: float
    """Evidence from acquaintances' harmful texts, capped."""
    arrivals: list[Arrival]


class _Window(NamedTuple):
    span: int
    accounts: int
    strangers: int
    harmful: int
    harm: float
    known: float


def look(person: Person, at: int, policy: Policy) -> Sight | None:
    """The best window at event time `at`; None when none holds enough harmful accounts."""
    shape, days = expected_strangers(person, policy)
    rarity, looks = _rarity(days, policy), _looks(shape / days, policy)
    windows = _windows(person, at, policy)
    best: tuple[float, float, _Window] | None = None
    for place, window in enumerate(windows):
        if window.harmful < policy.stages.least_harmful or not window.strangers:
            continue
        cap = rarity + policy.rate.surge_per_size * log(window.strangers)
        if best is not None and cap - looks + window.harm + window.known <= best[0]:
            continue
        points = min(cap, _surprise(person, at, window, windows[place + 1 :], policy)) - looks
        total = points + window.harm + window.known
        if best is None or total > best[0]:
            best = (total, points, window)
    if best is None:
        return None
    _, points, window = best
    arrivals = list(islice(reversed(person.recent.values()), window.accounts))
    return Sight(window.span, points, window.harm, window.known, arrivals)


def _windows(person: Person, at: int, policy: Policy) -> list[_Window]:
    """Who came within each window, shortest first; a window that adds nobody is left out."""
    spans = [minutes * 60_000 for minutes in policy.rate.windows_minutes]
    most, last = policy.harm.acquaintances_most_points, len(spans) - 1
    windows: list[_Window] = []
    place, oldest, before = 0, at - spans[0], 0
    accounts = strangers = harmful = 0
    harm = known = 0.0
    for arrival in reversed(person.recent.values()):
        while arrival.time <= oldest:
            if accounts > before:
                windows.append(_Window(spans[place], accounts, strangers, harmful, harm, known))
                before = accounts
            if place == last:
                return windows
            place += 1
            oldest = at - spans[place]
        accounts += 1
        harmful += arrival.harmful
        if arrival.stranger:
            strangers += 1
            harm += arrival.weight
        else:
            known = min(most, known + arrival.weight)
    windows.append(_Window(spans[place], accounts, strangers, harmful, harm, known))
    return windows


def _surprise(
    person: Person, at: int, window: _Window, longer: list[_Window], policy: Policy
) -> float:
    """-ln of how likely so many strangers are, by whatever explains them best short of an attack.

    That is the person's usual rate or, where many came before the window, the rate of that surge:
    it is counted once, and who comes in its course is no news.
    """
    shape, days = expected_strangers(person, policy)
    span = window.span / DAY_MS
    # The look is taken because somebody has just arrived: that one is no surprise.
    count = window.strangers - 1
    surprise = -log(max(poisson.predictive_tail(count, shape, days, span), _TINY))
    onset = person.cusum - policy.rate.onset_points
    if onset > surprise and person.onset > at - window.span:
        surprise = onset
    busiest, of_day = shape / days, policy.rate.day_shape
    for other in longer:
        before = of_day + other.strangers - window.strangers
        exposure = of_day * days / shape + (other.span - window.span) / DAY_MS
        if before / exposure > busiest:
            busiest = before / exposure
            tail = poisson.predictive_tail(count, before, exposure, span)
            surprise = min(surprise, -log(max(tail, _TINY)))
    return surprise


def upper_bound(person: Person, policy: Policy) -> float:
    """No window can score more than this; cheap enough to ask at every arrival.

    Windows end now, so that their texts are those of the latest few who came.
    """
    harm = most = 0.0
    harmful = strangers = 0
    for arrival in reversed(person.recent.values()):
        harmful += arrival.harmful
        if arrival.stranger:
            strangers += 1
            harm += arrival.weight
            most = max(most, harm)
    if harmful < policy.stages.least_harmful:
        return 0.0
    rate, marks = policy.rate, policy.marks
    shape, days = expected_strangers(person, policy)
    bound = most + _rarity(days, policy) - _looks(shape / days, policy)
    bound += rate.surge_per_size * log(max(1, strangers))
    bound += marks.most_points + marks.referral_points
    if len(person.recent) > strangers:
        bound += policy.harm.acquaintances_most_points
    return bound + (marks.report_most_points if person.reporters else 0.0)


def _rarity(days: float, policy: Policy) -> float:
    """-ln of how likely a benign surge is, for a person known so long."""
    return policy.rate.surge_points + policy.rate.surge_per_history * log1p(days)


def _looks(rate: float, policy: Policy) -> float:
    """What is taken off because who has `rate` strangers a day is looked at so often.

    Of many looks at ordinary traffic one will seem harmful by chance.
    """
    return policy.rate.looks_weight * log1p(rate)
