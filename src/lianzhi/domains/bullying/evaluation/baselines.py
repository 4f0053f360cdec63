"""Plain detectors to compare with. They know arrivals only, no texts.

Each keeps its own small state per target and sees strangers as the task defines them: no contact
with this target in 90 days.
"""

from bisect import bisect_right
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from math import log10, sqrt

from lianzhi.chain.event import CONTACT_KINDS, Event
from lianzhi.domains.bullying.evaluation.columns import DAY, HOUR, MINUTE
from lianzhi.domains.bullying.evaluation.scoring import Candidate, Scored
from lianzhi.stats.cusum import event_step
from lianzhi.stats.poisson import predictive_tail

_FORGET = 90 * DAY
_TINY = 1e-300


@dataclass(frozen=True)
class HourlyCounts:
    """All arrivals per clock hour against the mean and spread of the week before: a z-score.

    What a dashboard does. The running hour is scored at each of its events.
    """

    name: str = "hourly counts"

    def score_stream(self, events: Iterable[Event]) -> Iterator[Scored]:
        """Yield positive z-scores."""
        hours: dict[str, deque[tuple[int, int]]] = {}
        for event in events:
            if event.target is None or event.kind not in CONTACT_KINDS:
                continue
            seen = hours.setdefault(event.target, deque())
            hour = event.time // HOUR
            while seen and seen[0][0] < hour - 168:
                seen.popleft()
            count = 1
            if seen and seen[-1][0] == hour:
                count += seen.pop()[1]
            total = sum(n for _, n in seen)
            mean = total / 168
            spread = sqrt(max(sum(n * n for _, n in seen) / 168 - mean * mean, 0.0) + 1 / 168)
            seen.append((hour, count))
            if (z := (count - mean) / (spread + 0.5)) > 1:
                yield Scored(event.target, event.time, z)


@dataclass
class _Target:
    first: int
    last_seen: dict[str, int] = field(default_factory=dict)
    strangers: list[int] = field(default_factory=list)
    """Times of strangers' arrivals, in order."""
    expired: int = 0
    """How many of them are too old to count."""
    settled: int = 0
    """How many of them are a day old or more: the baseline."""
    statistic: float = 0.0
    at: int = 0


def _strangers(events: Iterable[Event]) -> Iterator[tuple[str, int, _Target]]:
    """Each stranger's contact with its target's state, in which it has been counted."""
    targets: dict[str, _Target] = {}
    for event in events:
        if event.target is None or event.kind not in CONTACT_KINDS:
            continue
        now = event.time
        target = targets.get(event.target)
        if target is None:
            target = targets[event.target] = _Target(now, at=now)
        last = target.last_seen.get(event.actor)
        target.last_seen[event.actor] = now
        if last is None or now - last > _FORGET:
            target.strangers.append(now)
            # The baseline leaves the last day out, so that a surge does not hide itself.
            target.settled = bisect_right(target.strangers, now - DAY, target.settled)
            yield event.target, now, target


@dataclass(frozen=True)
class StrangerPoisson:
    """Strangers in windows against the target's own rate over the last four weeks.

    Gamma-Poisson tail with a prior worth two days at one stranger a day; the score is -log10 of
    the smallest tail over the windows.
    """

    name: str = "strangers, Poisson"
    windows: tuple[int, ...] = (10 * MINUTE, HOUR, 6 * HOUR, DAY)
    memory: int = 28 * DAY

    def score_stream(self, events: Iterable[Event]) -> Iterator[Scored]:
        """Yield scores above 2."""
        for name, now, target in _strangers(events):
            times = target.strangers
            target.expired = bisect_right(times, now - self.memory, target.expired)
            days = max(0.0, (now - DAY - max(target.first, now - self.memory)) / DAY)
            shape, exposure = 2.0 + max(0, target.settled - target.expired), 2.0 + days
            tail = min(
                predictive_tail(
                    len(times) - bisect_right(times, now - window), shape, exposure, window / DAY
                )
                for window in self.windows
            )
            if (score := -log10(max(tail, _TINY))) > 2:
                yield Scored(name, now, score)


@dataclass(frozen=True)
class StrangerCusum:
    """Log-likelihood-ratio CUSUM of strangers against the target's own rate since first seen.

    The rate to be found is `factor` times that rate, and at least `least` a day.
    """

    name: str = "strangers, CUSUM"
    factor: float = 8.0
    least: float = 48.0

    def score_stream(self, events: Iterable[Event]) -> Iterator[Scored]:
        """Yield statistics above 2, in nats."""
        for name, now, target in _strangers(events):
            rate = (2.0 + target.settled) / (2.0 + max(0.0, (now - target.first) / DAY - 1))
            raised = max(rate * self.factor, self.least)
            elapsed = (now - target.at) / DAY
            target.statistic = event_step(target.statistic, elapsed, rate, raised)
            target.at = now
            if target.statistic > 2:
                yield Scored(name, now, target.statistic)


BASELINES: tuple[Candidate, ...] = (HourlyCounts(), StrangerPoisson(), StrangerCusum())
