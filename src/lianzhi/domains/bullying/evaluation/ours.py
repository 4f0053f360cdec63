"""Lianzhi's own detector as a candidate: its score at every look, its stage at every finding."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from operator import attrgetter

from lianzhi.chain.event import Event
from lianzhi.chain.policy import Dated
from lianzhi.domains.bullying.detection.detect import PileOn
from lianzhi.domains.bullying.evaluation.scoring import Scored
from lianzhi.domains.bullying.policy import Policy

_CHUNK = 4096


@dataclass
class _Looks:
    """Collects scores as the detector computes them."""

    seen: list[Scored] = field(default_factory=list)

    def looked(self, account: str, at: int, points: float) -> None:
        """Keep one score."""
        self.seen.append(Scored(account, at, points))

    def read(self, events: Sequence[Event], strangers: list[bool], harmful: list[bool]) -> None:
        """Let events pass."""


@dataclass(frozen=True)
class Ours:
    """`bullying.pile_on` under its latest policy, whatever the events' dates."""

    policy: Dated[Policy]

    @property
    def name(self) -> str:
        """The detector's name."""
        return PileOn.name

    def score_stream(self, events: Iterable[Event]) -> Iterator[Scored]:
        """Run the detector over the events."""
        looks = _Looks()
        detector = PileOn(Dated([self.policy.latest()]), observer=looks)
        state = detector.init()
        wanted = (event for event in events if detector.key(event) is not None)
        while chunk := list(islice(wanted, _CHUNK)):
            state, findings = detector.step(state, chunk)
            stages = [Scored(f.about, f.at, f.score, f.stage) for f in findings]
            yield from sorted([*looks.seen, *stages], key=attrgetter("at"))
            looks.seen.clear()
