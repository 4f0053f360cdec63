"""The score: how much likelier a pile-on makes what was seen than ordinary times do, in nats.

The window that speaks most for it (`windows`) counts; age of accounts, referral and reports of
harm add bounded amounts. Reasons add up to the score.
"""

from collections import Counter

from lianzhi.chain.finding import Reason
from lianzhi.domains.bullying.detection import windows
from lianzhi.domains.bullying.detection.arrivals import Weights
from lianzhi.domains.bullying.detection.state import DAY_MS, Arrival, Person
from lianzhi.domains.bullying.policy import Policy


def score(
    person: Person, at: int, weights: Weights, policy: Policy
) -> tuple[float, tuple[Reason, ...]]:
    """Score at event time `at`, with the reasons that add up to it."""
    sight = windows.look(person, at, policy)
    if sight is None:
        return 0.0, ()
    window, arrivals = sight.window, sight.arrivals
    shape, days = windows.expected_strangers(person, policy)
    share = weights.harm_share(person)
    strangers = [a for a in arrivals if a.stranger]
    harmful = sum(a.harmful for a in strangers)
    expected = shape / days * window / DAY_MS
    reasons = [
        Reason("strangers", sight.rate, len(strangers), expected, "accounts", window),
        Reason("harm", sight.harm, harmful, share * len(strangers), "accounts", window),
        _acquaintances(sight, len(arrivals) - len(strangers)),
        _age(arrivals, window, policy),
        _referral(arrivals, harmful, window, policy),
        _reports(person, policy),
    ]
    given = tuple(r for r in reasons if r is not None)
    return sum(r.points for r in given), given


def _acquaintances(sight: windows.Sight, count: int) -> Reason | None:
    return (
        Reason("acquaintances", sight.known, count, 0.0, "accounts", sight.window)
        if count
        else None
    )


def _age(arrivals: list[Arrival], window: int, policy: Policy) -> Reason | None:
    weights = [a.age_weight for a in arrivals if a.age_weight]
    if not weights:
        return None
    most = policy.marks.most_points
    points = max(-most, min(most, sum(weights)))
    new = sum(weight > 0 for weight in weights)
    expected = policy.marks.new_share * len(weights)
    return Reason("new_accounts", points, new, expected, "accounts", window)


def _referral(arrivals: list[Arrival], harmful: int, window: int, policy: Policy) -> Reason | None:
    marks = policy.marks
    ways = Counter(a.via for a in arrivals if a.via)
    if not ways or harmful == 0:
        return None
    most = max(ways.values())
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
