"""What is evaluated: anything that gives each target a score over time.

A candidate reads events in time order and yields a `Scored` whenever a target's score has been
computed anew and is above the candidate's own floor (so that calm costs nothing). The score of a
target between two of its `Scored` plays no part: an alarm at threshold h is the first `Scored`
of an episode with a score of at least h.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, NamedTuple, Protocol

import numpy as np

from lianzhi.chain.detector import Detector
from lianzhi.chain.event import Event
from lianzhi.chain.finding import STAGES, Stage
from lianzhi.domains.bullying.evaluation.columns import Floats, Ints

_CHUNK = 4096


class Scored(NamedTuple):
    """A target's score at a moment of event time (Unix ms).

    `stage` is what the detector's own policy makes of it; None where it has no policy.
    """

    target: str
    at: int
    score: float
    stage: Stage | None = None


class Candidate(Protocol):
    """A detector under test."""

    @property
    def name(self) -> str:
        """How the tables call it."""
        ...

    def score_stream(self, events: Iterable[Event]) -> Iterator[Scored]:
        """Score events in (time, source, id) order, from an empty state at each call."""
        ...


@dataclass(frozen=True)
class Findings:
    """A candidate made of a detector's findings alone: exact for its stages, coarse as a curve."""

    detector: Detector[Any]

    @property
    def name(self) -> str:
        """The detector's own name."""
        return self.detector.name

    def score_stream(self, events: Iterable[Event]) -> Iterator[Scored]:
        """Run the detector and pass on what it finds."""
        state = self.detector.init()
        wanted = (event for event in events if self.detector.key(event) is not None)
        while chunk := list(islice(wanted, _CHUNK)):
            state, findings = self.detector.step(state, chunk)
            for finding in findings:
                yield Scored(finding.about, finding.at, finding.score, finding.stage)


@dataclass(frozen=True)
class Trace:
    """One target's scores in time order; `rank` is the stage's place in STAGES, -1 for none."""

    at: Ints
    score: Floats
    rank: Floats

    def within(self, start: int, stop: int) -> "Trace":
        """The part in [start, stop]."""
        lo, hi = np.searchsorted(self.at, start), np.searchsorted(self.at, stop, "right")
        return Trace(self.at[lo:hi], self.score[lo:hi], self.rank[lo:hi])


def traces(candidate: Candidate, events: Iterable[Event]) -> Mapping[str, Trace]:
    """Every scored target's trace."""
    rows: dict[str, list[Scored]] = {}
    for scored in candidate.score_stream(events):
        rows.setdefault(scored.target, []).append(scored)
    return {target: _trace(scores) for target, scores in rows.items()}


def _trace(scores: Sequence[Scored]) -> Trace:
    at = np.array([s.at for s in scores], dtype=np.int64)
    score = np.array([s.score for s in scores], dtype=np.float64)
    ranks = [-1.0 if s.stage is None else float(STAGES.index(s.stage)) for s in scores]
    order = np.argsort(at, kind="stable")
    return Trace(at[order], score[order], np.array(ranks)[order])
