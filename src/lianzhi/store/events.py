"""Event store: log, id index and sealing together, accepting each event once."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pyarrow.parquet as pq

from lianzhi.chain.event import Event
from lianzhi.faults import fault_point
from lianzhi.files import load_or_create_key
from lianzhi.flow import watermark as wm
from lianzhi.flow.intake import Limits, decode, decode_many
from lianzhi.flow.log import NOTHING_KNOWN, Acknowledged, LogDamagedError
from lianzhi.flow.runner import Accepted
from lianzhi.store import sealed
from lianzhi.store.seen_ids import SeenIds, content_digest, digests
from lianzhi.store.segments import SEGMENT_BYTES, Position, SegmentLog


class Written(msgspec.Struct, frozen=True):
    """Result of a batch; durable once `EventStore.sync` returned."""

    accepted: Accepted
    position: Position
    duplicates: int
    """Events that were known, with the same content."""
    late: int
    behind: int = 0
    """How far the oldest late event lies before the watermark (ms)."""
    conflicts: tuple[int, ...] = ()
    """Places in the batch of events whose id is that of another event, with other content."""


class EventStore:
    """Events under `home`/events. Thread-safe; one process at a time."""

    def __init__(
        self,
        home: Path,
        segment_bytes: int = SEGMENT_BYTES,
        acknowledged: Acknowledged = NOTHING_KNOWN,
    ) -> None:
        """Open the store; raises LogDamagedError unless the log leads past `acknowledged`."""
        key = home / "keys" / "ids.key"
        if not key.exists() and any((home / "events").glob("*.parquet")):
            # With another key, every event sent again would count as new.
            raise LogDamagedError(f"the key {key} is missing: restore it from a copy")
        self._key = load_or_create_key(key)
        self.log = SegmentLog(home / "events", segment_bytes, acknowledged)
        self._seen = SeenIds(home / "events" / "ids")
        self._lock = threading.RLock()
        self.latest = self.log.latest
        """Latest event time accepted, ms."""
        ends = {path: sealed.tail(path).after for path in self.log.parquet()}
        self._seen.trim([(int(path.stem), after) for path, after in ends.items()])
        for path, after in ends.items():
            if after > self._seen.covered():
                self._index(path)
        for active in self.log.parts()[1]:
            for frame in self.log.frames_of(active):  # erasure seals, so all lines are there
                events = decode_many([line for line in frame.lines if line is not None])
                self._seen.add(digests(_names(events), self._key), frame.first)
                self.latest = max([self.latest, *(event.time for event in events)])

    def accept(
        self,
        events: list[Event],
        lines: list[bytes],
        now: int,
        lateness: int,
        hand_over: Callable[[Accepted, Position], None],
    ) -> Written:
        """Write the new events as one frame and assign their positions.

        Events that are known are not written again; those with other content are named, as
        conflicts. `hand_over` is called in log order, under the store's lock: blocking in it slows
        the intake down when a queue is full.
        """
        hashes = digests(_names(events), self._key)
        with self._lock:
            new = self._seen.add(hashes, self.log.next)
            written = self._write(events, lines, hashes, new, now, lateness, hand_over)
        if written.duplicates:
            conflicts = self._conflicts(events, lines, hashes, new)
            return msgspec.structs.replace(
                written, duplicates=written.duplicates - len(conflicts), conflicts=conflicts
            )
        return written

    def _write(
        self,
        events: list[Event],
        lines: list[bytes],
        hashes: list[bytes],
        new: list[bool],
        now: int,
        lateness: int,
        hand_over: Callable[[Accepted, Position], None],
    ) -> Written:
        """Write the events that are new; the rest are counted as duplicates."""
        duplicates = new.count(False)
        if duplicates:
            events = [event for event, fresh in zip(events, new, strict=True) if fresh]
            lines = [line for line, fresh in zip(lines, new, strict=True) if fresh]
        floor = self.log.watermark
        if not events:
            accepted = Accepted([], floor, floor, self.log.next)
            return Written(accepted, self.log.position(), duplicates, 0)
        times = [event.time for event in events]
        latest = max(self.latest, *times) if len(times) > 1 else max(self.latest, times[0])
        moved = wm.advance(floor, latest, now, lateness)
        try:
            position = self.log.append(lines, accepted_at=now, watermark=moved)
        except OSError:
            fresh = [h for h, is_new in zip(hashes, new, strict=True) if is_new]
            self._seen.discard(fresh)
            raise
        for seq, event in enumerate(events, position.first):
            event.seq = seq
        self.latest = latest
        behind = max(0, floor - min(times))
        late = sum(t < floor for t in times) if behind else 0
        accepted = Accepted(events, floor, moved, position.first + len(events))
        hand_over(accepted, position)
        return Written(accepted, position, duplicates, late, behind)

    def _conflicts(
        self, events: list[Event], lines: list[bytes], hashes: list[bytes], new: list[bool]
    ) -> tuple[int, ...]:
        """Places of the events that are known with other content."""
        again = [place for place, fresh in enumerate(new) if not fresh]
        known = dict(zip(again, self._seen.known([hashes[place] for place in again]), strict=True))
        positions = [k.position for k in known.values() if k and k.position is not None]
        stored = self.log.lines(positions)
        conflicts = []
        for place, kept in known.items():
            if kept is None:
                continue
            content = kept.content
            if kept.position is not None:
                line, _ = stored.get(kept.position, (lines[place], b""))
                if line == lines[place]:  # sent again as it was, or erased
                    continue
                content = content_digest(decode(line), self._key)
            if content != content_digest(events[place], self._key):
                conflicts.append(place)
        return tuple(conflicts)

    def release(
        self, now: int, hand_over: Callable[[Accepted, Position], None], *, ended: bool
    ) -> None:
        """Move the watermark past every event accepted so far.

        Unless the input has `ended` it stays behind the clock: one event from a fast clock must not
        make events of correct clocks late.
        """
        with self._lock:
            floor = self.log.watermark
            moved = wm.past(self.latest) if self.latest else floor
            # An event that is further ahead came in by another clock.
            most = wm.past(now + Limits().future_ms) if ended else wm.slot_start(now)
            moved = min(moved, most)
            if moved <= floor:
                return
            position = self.log.append([], accepted_at=now, watermark=moved)
            hand_over(Accepted([], floor, moved, self.log.next), position)

    def raise_watermark(self, to: int, now: int) -> None:
        """Raise the watermark durably to at least `to`: earlier events will be late."""
        with self._lock:
            if self.log.watermark < to:
                self.log.sync(self.log.append([], accepted_at=now, watermark=to))

    def lower_watermark(self, to: int, now: int) -> None:
        """Put the watermark back durably, as the clock stepped back: see `flow/clock.py`."""
        with self._lock:
            self.latest = min(self.latest, now)
            self.log.sync(self.log.append([], accepted_at=now, watermark=to))

    def sync(self, position: Position) -> None:
        """Return when everything up to `position` is durable."""
        self.log.sync(position)

    def frames(self, start: int) -> Iterator[Accepted]:
        """Accepted frames from log position `start` on, without erased events.

        The last one is empty and carries the log's watermark, both as of the first call.
        """
        until, moved = self.log.end()
        for frame in self.log.frames(start):
            if frame.first >= until:
                break
            kept = [n for n, line in enumerate(frame.lines) if line is not None]
            events = decode_many([line for line in frame.lines if line is not None])
            for place, event in zip(kept, events, strict=True):
                event.seq = frame.first + place
            after = frame.first + len(frame.lines)
            yield Accepted(events, frame.floor, frame.watermark, after)
        # Frames without events may have moved it, which sealing leaves out.
        yield Accepted([], moved, moved, until)

    def events(self, positions: Sequence[int]) -> dict[int, Event]:
        """Events by position; erased and unknown ones are missing."""
        events = {}
        for seq, (line, _) in self.log.lines(positions).items():
            events[seq] = decode(line)
            events[seq].seq = seq
        return events

    def seal(self, on_record: Callable[[sealed.Sealed], None]) -> None:
        """Seal closed segments; `on_record` must tolerate repeated calls."""

        def done(result: sealed.Sealed) -> None:
            path = self.log.path_of(result.first)
            on_record(result)
            fault_point("segment.recorded")
            self._index(path)

        self.log.seal(done)

    def describe(self, path: Path) -> sealed.Sealed:
        """Description of a sealed segment from its file."""
        return sealed.describe(path)

    def erase(
        self, mentions: Callable[[bytes], bool], on_record: Callable[[sealed.Sealed], None]
    ) -> int:
        """Empty every event that mentions a person; returns their number."""
        return self.log.erase(mentions, lambda: self.seal(on_record))

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Block the intake meanwhile."""
        with self._lock:
            yield

    def close(self) -> None:
        """Close the log's files."""
        self.log.close()

    def _index(self, path: Path) -> None:
        """Write the id run of a sealed segment, unless it is there."""
        first, after = int(path.stem), sealed.tail(path).after
        if after <= self._seen.covered():
            return
        # read one file to the end, though an erasure may replace it
        with path.open("rb") as source:
            table = pq.read_table(source, columns=["raw"])
        events = decode_many([raw for raw in table.column("raw").to_pylist() if raw is not None])
        contents = [content_digest(event, self._key) for event in events]
        self._seen.write_run(first, after, digests(_names(events), self._key), contents)


def _names(events: list[Event]) -> list[tuple[str, str]]:
    return [(event.source, event.id) for event in events]
