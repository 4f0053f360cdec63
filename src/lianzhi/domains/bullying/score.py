"""The score: how much likelier a pile-on makes what was seen than ordinary times do, in nats.

Three explanations compete: ordinary traffic at the person's own rate, a benign surge (many
strangers, ordinary texts), a pile-on (many strangers, harmful texts). Unusual numbers tell the
first from the others, texts tell the second from the third. So over each window

    score = min(surge, -ln P(at least so many strangers | baseline)) + sum of ln LR(text)

where `surge` is the log of how rare a benign surge of that size is for a person known so long:
numbers alone never make an alarm. The count is tested against a gamma-Poisson predictive of the
person's own past, and by a CUSUM (Page 1954) whose onset lies within the window. The window that
scores highest is reported; age of accounts, referral and reports of harm add bounded amounts.
Reasons add up to the score.
"""

from collections import Counter
from itertools import islice
from math import log, log1p
from typing import NamedTuple

from lianzhi.chain.finding import Reason
from lianzhi.domains.bullying.arrivals import Weights
from lianzhi.domains.bullying.policy import Policy
from lianzhi.domains.bullying.state import DAY_MS, Arrival, Person
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
    arrivals: list[Arrival]


def look(person: Person, at: int, policy: Policy) -> Sight | None:
    """The best window at event time `at`; None when none holds enough harmful accounts."""
    shape, days = expected_strangers(person, policy)
    rate, least = policy.rate, policy.stages.least_harmful
    rarity = _rarity(shape, days, policy)
    onset = person.cusum - rate.onset_points
    newest_first = reversed(person.recent.values())
    following = next(newest_first, None)
    best: tuple[float, float, float, int, int] | None = None
    count = last = harmful = 0
    harm = 0.0
    for minutes in rate.windows_minutes:
        window = minutes * 60_000
        while following is not None and following.time > at - window:
            count += 1
            harm += following.weight
            harmful += following.harmful
            following = next(newest_first, None)
        if count == last or harmful < least:
            continue
        last = count
        cap = rarity + rate.surge_per_size * log(count)
        if best is not None and cap + harm <= best[0]:
            continue
        # The look is taken because somebody has just arrived: that one is no surprise.
        tail = poisson.predictive_tail(count - 1, shape, days, window / DAY_MS)
        surprise = -log(max(tail, _TINY))
        if onset > surprise and person.onset > at - window:
            surprise = onset
        points = min(cap, surprise)
        if best is None or points + harm > best[0]:
            best = (points + harm, points, harm, window, count)
    if best is None:
        return None
    _, points, harm, window, count = best
    return Sight(window, points, harm, list(islice(reversed(person.recent.values()), count)))


def score(
    person: Person, at: int, weights: Weights, policy: Policy
) -> tuple[float, tuple[Reason, ...]]:
    """Score at event time `at`, with the reasons that add up to it."""
    sight = look(person, at, policy)
    if sight is None:
        return 0.0, ()
    window, arrivals = sight.window, sight.arrivals
    shape, days = expected_strangers(person, policy)
    share = weights.harm_share(person)
    harmful = sum(a.harmful for a in arrivals)
    expected = shape / days * window / DAY_MS
    reasons = [
        Reason("strangers", sight.rate, len(arrivals), expected, "accounts", window),
        Reason("harm", sight.harm, harmful, share * len(arrivals), "accounts", window),
        _age(arrivals, window, policy),
        _referral(arrivals, harmful, window, policy),
        _reports(person, policy),
    ]
    told = tuple(r for r in reasons if r is not None)
    return sum(r.points for r in told), told


def upper_bound(person: Person, policy: Policy) -> float:
    """No window can score more than this; cheap enough to ask at every arrival."""
    rate, marks = policy.rate, policy.marks
    bound = _rarity(*expected_strangers(person, policy), policy)
    bound += rate.surge_per_size * log(max(1, len(person.recent)))
    bound += marks.most_points + marks.referral_points
    bound += marks.report_most_points if person.reporters else 0.0
    return bound + sum(a.weight for a in person.recent.values() if a.weight > 0)


def _rarity(strangers: float, days: float, policy: Policy) -> float:
    """-ln of how likely a benign surge is, for a person known so long and so much sought."""
    rate = policy.rate
    known = rate.surge_per_history * log1p(days)
    return rate.surge_points + known - rate.surge_per_rate * log1p(strangers / days)


def _age(arrivals: list[Arrival], window: int, policy: Policy) -> Reason | None:
    told = [a.age_weight for a in arrivals if a.age_weight]
    if not told:
        return None
    most = policy.marks.most_points
    points = max(-most, min(most, sum(told)))
    new = sum(weight > 0 for weight in told)
    expected = policy.marks.new_share * len(told)
    return Reason("new_accounts", points, new, expected, "accounts", window)


def _referral(arrivals: list[Arrival], harmful: int, window: int, policy: Policy) -> Reason | None:
    marks = policy.marks
    ways = Counter(a.via for a in arrivals if a.via)
    if not ways or harmful == 0:
        return None
    most = ways.most_common(1)[0][1]
    if most < marks.referral_least or most < marks.referral_share * len(arrivals):
        return None
    return Reason("referral", marks.referral_points, most, 0.0, "accounts", window)


def _reports(person: Person, policy: Policy) -> Reason | None:
    weight = sum(person.reporters.values())
    if not weight:
        return None
    marks = policy.marks
    points = min(marks.report_most_points, marks.report_points * weight)
    return Reason("reports", points, len(person.reporters), 0.0, "reporters", DAY_MS)
