"""Traffic: what the pile-on detector reads, kept in memory for the live picture of the console."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from operator import attrgetter

from lianzhi.chain.event import Event
from lianzhi.domains.bullying.detection.detect import PileOn
from lianzhi.domains.bullying.detection.state import DAY_MS, HOUR_MS, Person, State
from lianzhi.domains.bullying.detection.windows import expected_strangers
from lianzhi.domains.monitor import Forming, Second

SECONDS = 300
PEOPLE = 20
#: A look stays on the picture for so long, in event time.
LOOK_MS = 2 * HOUR_MS

_TIME = attrgetter("time")


class Traffic:
    """Counts per second of event time, and the people at whom the detector looked last."""

    def __init__(self) -> None:
        self._seconds: dict[int, list[int]] = {}
        self._looks: dict[str, tuple[int, float]] = {}
        self._latest = 0

    def read(self, events: Sequence[Event], strangers: list[bool], harmful: list[bool]) -> None:
        """Count events at people, given in time order."""
        seconds = self._seconds
        oldest = events[-1].time // 1000 - SECONDS + 1
        for place in range(bisect_left(events, oldest * 1000, key=_TIME), len(events)):
            second = events[place].time // 1000
            row = seconds.get(second)
            if row is None:
                row = seconds[second] = [0, 0, 0]
            row[0] += 1
            row[1] += strangers[place]
            row[2] += harmful[place]
        if len(seconds) > 2 * SECONDS:
            for old in [second for second in seconds if second < oldest]:
                del seconds[old]

    def looked(self, account: str, at: int, points: float) -> None:
        """Remember the latest score of a person."""
        self._latest = max(self._latest, at)
        self._looks[account] = (at, points)
        if len(self._looks) > 50 * PEOPLE:
            newest = sorted(self._looks.items(), key=lambda item: item[1], reverse=True)
            self._looks = dict(newest[: 25 * PEOPLE])

    def seconds(self) -> tuple[Second, ...]:
        """The last five minutes of event time, oldest first; quiet seconds are left out."""
        rows = sorted(dict(self._seconds).items())
        newest = rows[-1][0] if rows else 0
        return tuple(
            Second(second * 1000, *row) for second, row in rows if second > newest - SECONDS
        )

    def forming(self, state: State, watermark: int, detector: PileOn) -> tuple[Forming, ...]:
        """People around whom something may be forming, highest scores first."""
        recent = [
            (points, at, account)
            for account, (at, points) in dict(self._looks).items()
            if at > watermark - LOOK_MS
        ]
        recent.sort(reverse=True)
        built = (
            _forming(account, state.people, at, points, detector)
            for points, at, account in recent[:PEOPLE]
        )
        return tuple(part for part in built if part is not None)

    def forget(self, account: str) -> None:
        """Drop an erased person."""
        self._looks.pop(account, None)


def _forming(
    account: str, people: Mapping[str, Person], at: int, points: float, detector: PileOn
) -> Forming | None:
    person = people.get(account)
    if person is None:
        return None
    lately = [a for a in list(person.recent.values()) if a.time > at - HOUR_MS]
    shape, days = expected_strangers(person, detector.policy_at(at))
    return Forming(
        about=account,
        stage=person.incident.stage if person.incident is not None else "calm",
        score=round(points, 2),
        strangers_1h=len(lately),
        harmful_1h=sum(a.harmful for a in lately),
        expected_1h=round(shape / days * HOUR_MS / DAY_MS, 3),
        at=at,
    )
