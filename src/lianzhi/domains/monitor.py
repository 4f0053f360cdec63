"""Monitor: the live side of a domain in a running node, and what pages ask of it."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from lianzhi.chain.detector import Detector
from lianzhi.chain.event import Event
from lianzhi.flow.runner import Runner
from lianzhi.text import Lexicon


class Second(msgspec.Struct, frozen=True):
    """One second of traffic, by event time."""

    at: int
    events: int
    strangers: int
    harmful: int


class Forming(msgspec.Struct, frozen=True):
    """A person around whom something may be forming right now."""

    about: str
    stage: str
    """`calm`, `watch`, `warn` or `act`."""
    score: float
    strangers_1h: int
    harmful_1h: int
    expected_1h: float
    at: int


class Bucket(msgspec.Struct, frozen=True):
    """Arrivals at one person in [at, at + width) ms of event time."""

    at: int
    width: int
    arrivals: int
    strangers: int
    harmful: int


Message = tuple[int, str, str | None]
"""A message at a person: time (Unix milliseconds UTC), its author, its text."""


class Site(NamedTuple):
    """What a node gives the monitor of a domain."""

    home: Path
    """Folder of the deployment."""
    policy: Path | None
    """The operator's own policy folder of this domain, where there is one."""
    settings: Mapping[str, Any]
    """The table of `config.toml` that bears the domain's name."""
    lexicon: Callable[[], Lexicon]
    """The lexicon in force."""


class Monitor:
    """What a domain watches in one node.

    A domain that only detects passes its detectors; one that shows a live picture overrides what
    it can answer. `runner` is the node's: a monitor reads the states of its own detectors there,
    on any thread, and changes none.
    """

    def __init__(self, detectors: Sequence[Detector[Any]] = ()) -> None:
        self.detectors = tuple(detectors)

    def tracked(self, runner: Runner) -> int:
        """How many people the detectors know."""
        return 0

    def traffic(self) -> tuple[Second, ...]:
        """The last five minutes of event time, oldest first; quiet seconds are left out."""
        return ()

    def forming(self, runner: Runner) -> tuple[Forming, ...]:
        """People around whom something may be forming, highest scores first."""
        return ()

    def expected_per_hour(self, runner: Runner, account: str) -> float | None:
        """A person's own baseline of strangers an hour; None where it is unknown."""
        return None

    def timeline(
        self,
        runner: Runner,
        account: str,
        messages: Sequence[Message],
        span: tuple[int, int],
        width: int,
    ) -> list[Bucket] | None:
        """Messages at a person counted by interval of `width` ms in [since, until).

        None where the domain does not count them; raises ValueError for too many intervals.
        """
        return None

    def is_stranger(self, runner: Runner, actor: str, target: str) -> bool | None:
        """Whether two accounts have nothing to do with each other; None where it is unknown."""
        return None

    def flags(self, events: Sequence[Event], at: int, lexicon: Lexicon) -> list[bool] | None:
        """Which messages the detectors would take for harmful; None where they read no texts."""
        return None

    def forget(self, account: str) -> None:
        """Drop an erased account from what is kept beside the detectors' states."""
