"""Run a candidate over a background and its trials, and keep what matters of its scores."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from lianzhi.domains.bullying.evaluation.background import Background
from lianzhi.domains.bullying.evaluation.columns import Columns, concat, to_events
from lianzhi.domains.bullying.evaluation.matching import LEAD
from lianzhi.domains.bullying.evaluation.scoring import Candidate, Trace, traces
from lianzhi.domains.bullying.evaluation.trials import Trial

_BATCH_EVENTS = 40_000
_SILENT = Trace(np.zeros(0, dtype=np.int64), np.zeros(0), np.zeros(0))

Progress = Callable[[int], None]


@dataclass(frozen=True)
class Measured:
    """Scores of one candidate: by target without crowds, and by trial while the crowd was there."""

    calm: list[Trace]
    crowded: list[Trace]


def measure(
    candidate: Candidate, where: Background, tried: Sequence[Trial], advance: Progress
) -> Measured:
    """Score everything, in batches of targets so that memory stays flat.

    `advance` is told how many events were done.
    """
    calm = [_SILENT] * where.targets
    for batch in _batches([rows.stop - rows.start for _, rows in where.rows()]):
        rows = slice(int(where.bounds[batch.start]), int(where.bounds[batch.stop]))
        events = where.events.take(rows).by_time()
        scored = traces(candidate, to_events(events, where.texts))
        for target in range(batch.start, batch.stop):
            trace = scored.get(f"t{target}", _SILENT)
            calm[target] = trace.within(where.warm, where.end)
        advance(len(events))

    crowded: list[Trace] = []
    for batch in _batches([len(trial.events) for trial in tried]):
        events = _replicas(tried[batch.start : batch.stop], batch.start)
        scored = traces(candidate, to_events(events, where.texts, prefix="r"))
        for number in range(batch.start, batch.stop):
            trial = tried[number]
            trace = scored.get(f"rt{number}", _SILENT)
            crowded.append(trace.within(trial.start - LEAD, trial.stop))
        advance(len(events))
    return Measured(calm, crowded)


def _replicas(tried: Sequence[Trial], first: int) -> Columns:
    """All trials' events as one stream in which trial n is target n.

    Keys (hence ids) are made distinct, since trials on one account share its history.
    """
    parts: list[Columns] = []
    for number, trial in enumerate(tried, start=first):
        apart = trial.events.aimed_at(number)
        salt = np.int64((number * 0x9E3779B97F4A7C15) % 2**62)
        answered = apart.reply >= 0
        apart.key[:] = apart.key ^ salt
        apart.reply[answered] = apart.reply[answered] ^ salt
        parts.append(apart)
    return concat(parts).by_time()


def _batches(sizes: Sequence[int]) -> Iterator[range]:
    """Runs of neighbours of about _BATCH_EVENTS events each."""
    start, total = 0, 0
    for place, size in enumerate(sizes):
        total += size
        if total >= _BATCH_EVENTS:
            yield range(start, place + 1)
            start, total = place + 1, 0
    if start < len(sizes):
        yield range(start, len(sizes))
