"""Detectors run over streams that are split anywhere, their state saved and read in between."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import msgspec

from lianzhi.chain.detector import Detector
from lianzhi.chain.event import Event
from lianzhi.chain.finding import Finding
from lianzhi.chain.policy import Dated
from lianzhi.domains.astroturf import policy
from lianzhi.domains.astroturf.policy import Policy


def folded(
    detector: Detector[Any], events: Sequence[Event], cuts: Sequence[int] = (), again: bool = False
) -> tuple[Any, list[Finding]]:
    """State and findings after all events, in parts that end at `cuts`."""
    state, found = detector.init(), []
    for begin, end in pairwise([0, *sorted(min(cut, len(events)) for cut in cuts), len(events)]):
        if again:
            state = detector.load(detector.dump(state))
        state, more = detector.step(state, events[begin:end])
        found += more
    return state, found


def bounded(part: str, **changes: Any) -> Dated[Policy]:
    """The shipped policy with another setting or two in one part."""
    version, whole = policy.load().latest()
    other = msgspec.structs.replace(getattr(whole, part), **changes)
    return Dated([(version, msgspec.structs.replace(whole, **{part: other}))])
