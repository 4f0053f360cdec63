"""Features of an enterprise before an inspection.

Only history until the day before counts, so that no result of an inspection leaks into its
prediction. Past violations depend on the strictness of the officers who found them; they are
weighed against what those officers would find at an ordinary enterprise, where that is known.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from lianzhi.domains.enforcement.inspection.penalised import Array
from lianzhi.domains.enforcement.inspection.policy import ModelPolicy
from lianzhi.domains.enforcement.inspection.rows import Enterprise, Inspection, Request

NUMBERS = ("since_days", "never", "violated", "last_violated", "staff", "age", "requests", "grid")
"""Days since the last inspection (log); no inspection in the window; share of past inspections with
a violation; whether the last one had one; staff (log); years since opening (log); requests (log);
share of the grid's past inspections with a violation. Both shares are observed / expected, relative
to the town's share, and shrunken to it where there are few inspections."""

_YEAR = 365.25


class Visit(NamedTuple):
    """An enterprise and the day of an actual or possible inspection."""

    enterprise: str
    day: dt.date


class Known(NamedTuple):
    """Features of each visit, in the order of NUMBERS, and its industry."""

    numbers: Array
    industry: list[str]


def known(
    visits: Sequence[Visit],
    enterprises: Mapping[str, Enterprise],
    inspections: Iterable[Inspection],
    requests: Iterable[Request],
    policy: ModelPolicy,
    expected: Mapping[str, float] | None = None,
) -> Known:
    """Features of each visit at the start of its day. KeyError for an unknown enterprise.

    `expected`: inspection -> probability that its officers find a violation at an ordinary
    enterprise; the town's share up to then for the others.
    """
    past = _Past(policy, enterprises, expected or {})
    news = sorted(
        [(inspection.day, 0, inspection) for inspection in inspections]
        + [(request.day, 1, request) for request in requests],
        key=lambda new: new[:2],
    )
    numbers = np.zeros((len(visits), len(NUMBERS)))
    read = 0
    for place in sorted(range(len(visits)), key=lambda place: visits[place].day):
        visit = visits[place]
        while read < len(news) and news[read][0] < visit.day:
            past.take(news[read][2])
            read += 1
        numbers[place] = past.numbers(visit)
    return Known(numbers, [enterprises[visit.enterprise].industry for visit in visits])


class _Check(NamedTuple):
    day: dt.date
    violated: bool
    expected: float


class _Past:
    """Running history of inspections and requests."""

    def __init__(
        self,
        policy: ModelPolicy,
        enterprises: Mapping[str, Enterprise],
        expected: Mapping[str, float],
    ) -> None:
        self._policy, self._enterprises, self._expected = policy, enterprises, expected
        self._checks: dict[str, list[_Check]] = defaultdict(list)
        self._requests: dict[str, list[dt.date]] = defaultdict(list)
        self._violated: Counter[str] = Counter()
        self._to_expect: defaultdict[str, float] = defaultdict(float)
        self._town: Counter[bool] = Counter()

    def take(self, new: Inspection | Request) -> None:
        if isinstance(new, Request):
            self._requests[new.enterprise].append(new.day)
            return
        violated = bool(new.violations)
        expected = self._expected.get(new.id, self._usual())
        self._checks[new.enterprise].append(_Check(new.day, violated, expected))
        self._town[violated] += 1
        if new.enterprise in self._enterprises:
            grid = self._enterprises[new.enterprise].grid
            self._violated[grid] += violated
            self._to_expect[grid] += expected

    def _usual(self) -> float:
        return (self._town[True] + 0.5) / (self._town.total() + 1)

    def numbers(self, visit: Visit) -> tuple[float, ...]:
        enterprise, policy = self._enterprises[visit.enterprise], self._policy
        checks = [
            check
            for check in self._checks[enterprise.id]
            if (visit.day - check.day).days <= policy.window_days
        ]
        since = (visit.day - checks[-1].day).days if checks else policy.window_days
        requests = sum(
            (visit.day - day).days <= policy.request_days for day in self._requests[enterprise.id]
        )
        return (
            float(np.log1p(since)),
            float(not checks),
            self._share(
                sum(check.violated for check in checks), sum(check.expected for check in checks)
            ),
            float(bool(checks) and checks[-1].violated),
            float(np.log1p(enterprise.staff)),
            float(np.log1p(max((visit.day - enterprise.opened).days, 0) / _YEAR))
            if enterprise.opened
            else 0.0,
            float(np.log1p(requests)),
            self._share(self._violated[enterprise.grid], self._to_expect[enterprise.grid]),
        )

    def _share(self, violated: int, expected: float) -> float:
        """Observed / expected, shrunken to 1 as by `prior_checks` ordinary inspections."""
        prior = self._policy.prior_checks * self._usual()
        return (violated + prior) / (expected + prior)
