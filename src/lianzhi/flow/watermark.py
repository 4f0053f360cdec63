"""Watermark: event time up to which everything that will be judged has arrived.

The watermark trails the latest event time by a stated lateness and never runs ahead of the clock,
so one event with a wrong time cannot make the honest ones late. Events are released to detectors in
event-time order, ties broken by (source, id); an event before the watermark on arrival is
late: kept in the log, not judged, counted.

Released is what lies before the watermark's slot (a quarter of a second), which keeps the buffer a
plain dictionary of slots at a fraction of a microsecond an event.
"""

from collections.abc import Callable

from lianzhi.chain.event import Event

SLOT_MS = 250
START = 0
"""Watermark before the first event."""


def advance(watermark: int, latest: int, now: int, lateness: int) -> int:
    """Watermark after events up to time `latest` were accepted at clock `now`; never falls back."""
    return max(watermark, slot_start(min(latest, now) - lateness))


def slot_start(time: int) -> int:
    """Start of the slot in which a time lies."""
    return time // SLOT_MS * SLOT_MS


def past(latest: int) -> int:
    """Watermark that releases everything up to event time `latest`."""
    return slot_start(latest) + SLOT_MS


class Reorder:
    """Events held back until the watermark passes them."""

    def __init__(self, watermark: int = START) -> None:
        self.watermark = watermark
        self.buffered = 0
        self._slots: dict[int, list[Event]] = {}

    def add(self, events: list[Event], floor: int) -> int:
        """Hold events back; those before `floor` came late and are left out: returns how many.

        On a replay the watermark may stand above the floor: what lies between was judged before.
        """
        slots, limit, late = self._slots, max(floor, self.watermark), 0
        for event in events:
            time = event.time
            if time < limit:
                late += 1
                continue
            slot = time // SLOT_MS
            bucket = slots.get(slot)
            if bucket is None:
                slots[slot] = [event]
            else:
                bucket.append(event)
        self.buffered += len(events) - late
        return late

    def release(self, watermark: int) -> list[Event]:
        """Move the watermark up and take out everything before it, in order."""
        if watermark <= self.watermark:
            return []
        self.watermark = watermark
        limit = watermark // SLOT_MS
        due = sorted(slot for slot in self._slots if slot < limit)
        released: list[Event] = []
        for slot in due:
            bucket = self._slots.pop(slot)
            if len(bucket) > 1:
                bucket.sort(key=_order)
            released += bucket
        self.buffered -= len(released)
        return released

    def drop(self, unwanted: Callable[[Event], bool]) -> None:
        """Leave out events held back."""
        for slot, bucket in self._slots.items():
            self._slots[slot] = [event for event in bucket if not unwanted(event)]
        self.buffered = sum(map(len, self._slots.values()))

    def oldest_seq(self) -> int | None:
        """Smallest log position still held back; None when nothing is."""
        return min((e.seq for bucket in self._slots.values() for e in bucket), default=None)


def _order(event: Event) -> tuple[int, str, str]:
    return event.time, event.source, event.id
