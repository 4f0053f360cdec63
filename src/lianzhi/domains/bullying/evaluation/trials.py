"""Trials: one target's own history, and one crowd on top of it.

A detector is keyed by target, so each trial stands for a target of its own ("replica"): the same
account may be tried many times without one trial disturbing another.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from lianzhi.domains.bullying.evaluation.background import STRATA, Background
from lianzhi.domains.bullying.evaluation.columns import ACTORS, DAY, HOUR, Columns, Ints, concat
from lianzhi.domains.bullying.evaluation.crowds import Scene, gather
from lianzhi.domains.bullying.evaluation.scenario import PILE_ONS, SURGES, Crowd, Plan
from lianzhi.domains.bullying.evaluation.texts import Texts

NEW = "new"
#: A warning this long after a crowd's last event still counts as meant for it.
TAIL = HOUR
_RECENT_POSTS = 5


@dataclass(frozen=True)
class Trial:
    """Events in time order; `times` are the crowd's own, `people` its size."""

    crowd: str
    people: int
    stratum: str
    events: Columns
    times: Ints

    @property
    def start(self) -> int:
        """The crowd's first event."""
        return int(self.times[0])

    @property
    def stop(self) -> int:
        """Until when a warning counts for this crowd."""
        return int(self.times[-1]) + TAIL


def trials(
    where: Background,
    crowds: dict[str, Crowd],
    plan: Plan,
    counts: dict[str, int],
    *,
    texts: Texts,
    seed: int,
) -> Iterator[Trial]:
    """All trials on one background, on targets active in its reported part.

    `counts` says how many per crowd size and stratum; `new` is a target never heard of before.
    """
    rng = np.random.default_rng([seed, 4])
    first, last = where.active(where.split, where.end)
    lively = np.flatnonzero(last - first >= DAY)
    by_stratum: dict[str, Ints] = {
        name: np.array([t for t in lively.tolist() if where.stratum(t) == name], dtype=np.int64)
        for name in STRATA
    }
    for name in (*PILE_ONS, *SURGES):
        crowd = crowds[name]
        rarer = plan.surge_share if name in SURGES else plan.variant_share
        share = 1.0 if name == "pile_on" else rarer
        for people in crowd.lag_hours:
            for stratum, count in counts.items():
                targets = by_stratum.get(stratum, np.zeros(1, dtype=np.int64))
                for _ in range(round(count * share) if len(targets) else 0):
                    target = int(rng.choice(targets))
                    onset, rows = where.split, slice(0, 0)
                    if stratum != NEW:
                        onset = _onset(rng, where, int(first[target]), int(last[target]))
                        rows = _before(where, target, onset, plan.history_events)
                    scene = _scene(rng, where.events.take(rows), target, onset)
                    drawn = gather(rng, crowd, people, scene, texts)
                    if stratum != NEW:
                        rows = slice(rows.start, _until(where, target, int(drawn.time[-1]) + TAIL))
                    events = concat([where.events.take(rows), drawn]).by_time()
                    yield Trial(name, people, stratum, events, drawn.time)


def _onset(rng: np.random.Generator, where: Background, first: int, last: int) -> int:
    """A time while the target is active, by the background's daily rhythm."""
    weights = np.array(where.hours) / max(where.hours)
    last = max(first + 1, min(last, where.end - DAY))
    onset = int(rng.integers(first, last))
    for _ in range(50):
        if rng.random() < weights[onset // HOUR % 24]:
            break
        onset = int(rng.integers(first, last))
    return onset


def _before(where: Background, target: int, onset: int, limit: int) -> slice:
    """Rows of the target's latest events before the onset, at most `limit`."""
    stop = _until(where, target, onset - 1)
    return slice(max(int(where.bounds[target]), stop - limit), stop)


def _until(where: Background, target: int, time: int) -> int:
    """The row after the target's last event at or before `time`."""
    begin, end = int(where.bounds[target]), int(where.bounds[target + 1])
    return begin + int(np.searchsorted(where.events.time[begin:end], time, "right"))


def _scene(rng: np.random.Generator, history: Columns, target: int, onset: int) -> Scene:
    contacts, first = np.unique(history.actor, return_index=True)
    posts = np.unique(history.object[-_RECENT_POSTS:])
    if not len(posts):
        posts = rng.integers(0, ACTORS, 1)
    return Scene(target, onset, contacts, history.created[first], posts, "report")
