"""Steps back of the clock, and what they leave in force of earlier watermarks.

The watermark never runs ahead of the clock. A clock that itself runs ahead carries it along, and
once that clock is set right every real event would be late. Then the watermark is put back to where
the right clock has it, and the events that had come late meanwhile are judged after all: on a
replay, a frame whose watermark lies above that follows the times of its events instead.
"""

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from lianzhi.flow.intake import Limits
from lianzhi.flow.runner import Accepted
from lianzhi.flow.watermark import START, advance

#: How far, in ms, the watermark may stand above the clock before it is put back. Less passes by
#: itself, while events of these minutes are late. More than an event may be ahead of the clock.
TOLERANCE_MS = 2 * Limits().future_ms


class StepBack(msgspec.Struct, frozen=True):
    """The clock had run ahead."""

    after: int
    """Events that the log held when it was noticed."""
    watermark: int
    """Where the watermark was put back to."""
    lateness: int
    """By how many ms it trails the events."""


def in_force(frames: Iterable[Accepted], steps: Sequence[StepBack]) -> Iterator[Accepted]:
    """Yield the frames with the watermarks that are in force after all steps.

    A frame that is not changed is yielded itself.
    """
    reached = START
    for frame in frames:
        passed = [step for step in steps if frame.after <= step.after]
        step = min(passed, key=lambda step: step.watermark, default=None)
        if step is None or not frame.events or frame.watermark <= step.watermark:
            reached = frame.watermark
            yield frame
            continue
        floor, limit = min(reached, step.watermark), step.watermark + step.lateness
        latest = max((e.time for e in frame.events if e.time <= limit), default=floor)
        reached = min(step.watermark, advance(floor, latest, limit, step.lateness))
        yield msgspec.structs.replace(frame, floor=floor, watermark=reached)
