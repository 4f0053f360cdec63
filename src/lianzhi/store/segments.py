"""Event log on disk: an active segment of frames, older segments sealed into Parquet.

`append` writes, `sync` makes durable: many callers share one fdatasync (group commit). A full
segment is closed and sealed in the background: its frames become one Parquet file whose `leaf`
column is permanent, while `salt`, `raw` and the typed columns of an erased event are emptied.
Sealing yields the segment's Merkle root for the record.
"""

import logging
import os
import re
import secrets
import threading
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from lianzhi.faults import fault_point
from lianzhi.files import sync_directory
from lianzhi.flow import log
from lianzhi.flow.log import NOTHING_KNOWN, Acknowledged, Frame, Head
from lianzhi.store import sealed, sealing
from lianzhi.store.frame_cache import FrameCache

SEGMENT_BYTES = 64 * 1024 * 1024
GENESIS = bytes(32)
#: A segment's file is named after the position of its first event.
NAME = re.compile(r"[0-9]{20}")
#: Bytes of frames cached for lookups: half a segment.
CUT_BYTES = SEGMENT_BYTES // 2

_log = logging.getLogger(__name__)

Lines = dict[int, tuple[bytes, bytes]]
"""Log position -> (line, salt)."""


class Position(msgspec.Struct, frozen=True):
    """End of an append, to be given to `sync`."""

    first: int
    """Log position of the first event appended."""
    written: int
    """Bytes appended since the log was opened."""


class Active(msgspec.Struct):
    """An unsealed segment: its first position and the places of its frames."""

    first: int
    path: Path
    frames: list[tuple[int, int, int]]
    """(first position, start byte, end byte) of each frame."""
    after: int
    """Position after its last event."""
    size: int


def segments(folder: Path, suffix: str) -> list[Path]:
    """Files of segments, oldest first."""
    return sorted(path for path in folder.glob(f"*{suffix}") if NAME.fullmatch(path.stem))


class SegmentLog:
    """The event log in a folder. Thread-safe."""

    def __init__(
        self,
        folder: Path,
        segment_bytes: int = SEGMENT_BYTES,
        acknowledged: Acknowledged = NOTHING_KNOWN,
    ) -> None:
        """Open the log; raises LogDamagedError unless it is whole and reaches `acknowledged`."""
        self._folder, self._limit = folder, segment_bytes
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._write_lock, self._sync_lock = threading.Lock(), threading.Lock()
        self._seal_lock = threading.Lock()
        self._frame_cache = FrameCache(CUT_BYTES)
        self._written = self._synced = 0
        self._failed: OSError | None = None
        self.chain = GENESIS
        self.watermark = 0
        self.next = 0
        self.latest = 0
        """Latest event time in sealed segments, ms."""
        self._open: list[Active] = []
        self._recover(acknowledged)
        whole = self._open and self._open[-1].after == self.next
        self._handle = self._resume() if whole else self._start()
        self.durable = Head(self.next, self.chain)
        """Where the log was when it was last synced."""

    # -- writing ----------------------------------------------------------------------------

    def append(self, lines: Sequence[bytes], *, accepted_at: int, watermark: int) -> Position:
        """Write one frame; it is durable only after `sync`. An empty frame moves the watermark."""
        with self._write_lock:
            self._check()
            salts = secrets.token_bytes(log.SALT_BYTES * len(lines))
            first = self.next
            data, chain = log.encode(
                first,
                lines,
                salts,
                self.chain,
                accepted_at=accepted_at,
                floor=self.watermark,
                watermark=watermark,
            )
            active = self._open[-1]
            if active.size + len(data) > self._limit and active.after > active.first:
                active = self._turn()
            self._write(active, data)
            fault_point("log.appended")
            active.frames.append((first, active.size, active.size + len(data)))
            active.size += len(data)
            self._written += len(data)
            self.chain, self.watermark = chain, watermark
            self.next = active.after = first + len(lines)
            return Position(first, self._written)

    def end(self) -> tuple[int, int]:
        """The position after the last event, and the watermark there."""
        with self._write_lock:
            return self.next, self.watermark

    def position(self) -> Position:
        """The end of the log."""
        with self._write_lock:
            return Position(self.next, self._written)

    def sync(self, position: Position) -> None:
        """Return when everything up to `position` is durable."""
        with self._sync_lock:
            if self._synced >= position.written:
                return
            with self._write_lock:
                self._check()
                # A separate handle: `append` may close the segment's meanwhile.
                handle, written = os.dup(self._handle), self._written
                head = Head(self.next, self.chain)
            try:
                self._make_durable(handle)
            finally:
                os.close(handle)
            fault_point("log.synced")
            self._synced, self.durable = written, head

    def turn(self) -> None:
        """Close the active segment, if it holds an event, so that it can be sealed."""
        with self._sync_lock, self._write_lock:
            if self._open[-1].after > self._open[-1].first:
                self._turn()

    def close(self) -> None:
        """Sync and close the active segment's file."""
        with self._sync_lock, self._write_lock:
            try:
                os.fdatasync(self._handle)
            finally:
                os.close(self._handle)

    def _check(self) -> None:
        if self._failed is not None:
            raise OSError(
                self._failed.errno,
                f"the event log takes nothing more: {self._failed}; mend the disk and start again",
            )

    def _make_durable(self, handle: int) -> None:
        """Sync; a failure is final, since the kernel may discard unwritten data."""
        try:
            os.fdatasync(handle)
        except OSError as error:
            self._failed = error
            raise

    def _write(self, active: Active, data: bytes) -> None:
        try:
            written = os.write(self._handle, data)
            while written < len(data):
                written += os.write(self._handle, data[written:])
        except OSError as error:
            self._failed = error
            os.ftruncate(self._handle, active.size)  # a half-written frame must not stay
            self._failed = None
            raise

    def _turn(self) -> Active:
        self._make_durable(self._handle)
        full, self._handle = self._handle, self._start()
        fault_point("log.turned")
        os.close(full)
        return self._open[-1]

    def _start(self) -> int:
        path = self._folder / f"{self.next:020d}.log"
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        sync_directory(self._folder)
        self._open.append(Active(self.next, path, [], self.next, 0))
        return handle

    def _resume(self) -> int:
        handle = os.open(self._open[-1].path, os.O_WRONLY | os.O_APPEND)
        os.fdatasync(handle)  # replayed events must survive the next crash
        return handle

    # -- starting ---------------------------------------------------------------------------

    def _recover(self, acknowledged: Acknowledged) -> None:
        for leftover in self._folder.glob("*.new"):
            leftover.unlink()
        for path in self.parquet():
            frames = path.with_suffix(".log")
            if frames.exists():  # sealing was interrupted: the frames are what was accepted
                accepted = [frame for _, frame in log.decode(frames.read_bytes())]
                # Until its root is on the record, only the frames prove its content.
                known = int(path.stem) in acknowledged.sealed
                done = known and sealed.matches(path, accepted)
                (frames if done else path).unlink()
        paths = segments(self._folder, ".log")
        for path in self.parquet():
            tail = sealed.whole_tail(path)
            self.next, self.chain, self.watermark = tail.after, tail.chain, tail.watermark
            self.latest = max(self.latest, tail.latest)
        heads = log.Heads(acknowledged.heads, self.next)
        for path in paths:
            first = int(path.stem)
            self._skip(acknowledged.lost, first)
            lost = any(begin <= first < end for begin, end in acknowledged.lost.items())
            if lost and next(log.decode(path.read_bytes()), None) is None:
                path.unlink()  # started, and then its content was given up
            else:
                self._recover_segment(path, heads, newest=path == paths[-1])
        self._skip(acknowledged.lost)
        wrong, given = heads.missed(self.next), max(acknowledged.lost.values(), default=0)
        if wrong is None and self.next < given:
            wrong = f"the log ends at {self.next}, but positions up to {given} were given up"
        if wrong is not None:
            mend = "restore events/ from a copy that has them, or see `lianzhi record adopt`"
            raise log.LogDamagedError(f"{wrong}: {mend}")

    def _skip(self, lost: Mapping[int, int], upto: int | None = None) -> None:
        """Leave positions that were given up empty, up to `upto`, where a file begins."""
        while self.next != upto:
            ends = [end for first, end in lost.items() if first <= self.next < end]
            if not ends:
                return
            after = max(ends)
            self.next = after if upto is None or not self.next < upto < after else upto

    def _recover_segment(self, path: Path, heads: log.Heads, newest: bool) -> None:
        data = path.read_bytes()
        active = Active(int(path.stem), path, [], int(path.stem), 0)
        if active.first != self.next:
            raise log.LogDamagedError(f"the segment before {path.name} is missing; restore it")
        for end, frame in log.decode(data):
            active.frames.append((frame.first, active.size, end))
            active.size, active.after = end, frame.first + len(frame.lines)
            self.next, self.chain, self.watermark = active.after, frame.chain, frame.watermark
            heads.passed(frame.chain)
        if torn := len(data) - active.size:
            if not newest:
                raise log.LogDamagedError(f"{path.name} ends within a frame; restore it")
            _log.warning("%s: cut off %d bytes of a frame that a crash left", path.name, torn)
            with path.open("r+b") as file:
                file.truncate(active.size)
                os.fsync(file.fileno())
        self._open.append(active)

    # -- reading ----------------------------------------------------------------------------

    def parquet(self) -> list[Path]:
        """Sealed segments, oldest first."""
        return segments(self._folder, ".parquet")

    def frames(self, start: int = 0) -> Iterator[Frame]:
        """Frames in order, from the one that holds position `start`."""
        closed, active = self.parts()
        for path in closed:
            yield from sealed.frames(path, start)
        for segment in active:
            yield from self._active_frames(segment, start)

    def lines(self, positions: Sequence[int]) -> Lines:
        """(line, salt) of events by position; erased and unknown ones are missing."""
        lines: Lines = {}
        closed, active = self.parts()
        firsts = [*(int(path.stem) for path in closed), *(segment_.first for segment_ in active)]
        wanted: dict[int, list[int]] = {}
        for position in sorted(set(positions)):
            wanted.setdefault(bisect_right(firsts, position) - 1, []).append(position)
        for place, chosen in wanted.items():
            if place >= len(closed):
                lines |= self._active_lines(active[place - len(closed)], chosen)
            elif place >= 0:
                lines |= sealed.lines(closed[place], chosen)
        return lines

    def parts(self) -> tuple[list[Path], list[Active]]:
        """Sealed segments, and unsealed ones; each event is in exactly one of them."""
        with self._write_lock:
            active = list(self._open)
        return [path for path in self.parquet() if int(path.stem) < active[0].first], active

    def path_of(self, first: int) -> Path:
        """Parquet file of the segment that begins at `first`."""
        return self._folder / f"{first:020d}.parquet"

    def frames_of(self, active: Active) -> Iterator[Frame]:
        """Frames of one of the segments that `parts` gave."""
        return self._active_frames(active, 0)

    def _active_frames(self, active: Active, start: int) -> Iterator[Frame]:
        known = list(active.frames)
        if not known:
            return
        following = [*(first for first, _, _ in known[1:]), active.after][: len(known)]
        spans = [
            (begin, end)
            for (first, begin, end), after in zip(known, following, strict=True)
            if after > start or first >= start
        ]
        try:
            yield from _read(active, spans)
        except FileNotFoundError:  # sealed after `active` was read
            yield from sealed.frames(self.path_of(active.first), start)

    def _active_lines(self, active: Active, positions: list[int]) -> Lines:
        lines: Lines = {}
        firsts = [first for first, _, _ in active.frames]
        if not firsts:
            return lines
        try:
            for position in positions:
                _, begin, end = active.frames[bisect_right(firsts, position) - 1]
                frame = self._frame_cache.get(active.path, (active.first, begin, end))
                if (line := frame.line(position)) is not None:
                    lines[position] = line
        except FileNotFoundError:
            return sealed.lines(self.path_of(active.first), positions)
        return lines

    # -- sealing and erasing ----------------------------------------------------------------

    def sealable(self) -> bool:
        """Whether a closed segment waits to be sealed."""
        return len(self._open) > 1

    def seal(self, done: Callable[[sealed.Sealed], None]) -> None:
        """Turn closed segments into Parquet, oldest first.

        `done` is called when the Parquet file is durable and before the frames are removed, to
        record the root; it must tolerate repeated calls after a crash.
        """
        with self._seal_lock:
            self._seal(done)

    def _seal(self, done: Callable[[sealed.Sealed], None]) -> None:
        while self.sealable():
            active = self._open[0]
            done(sealing.seal(active.path, self.path_of(active.first)))
            fault_point("segment.indexed")
            with self._write_lock:
                self._open.pop(0)
            active.path.unlink()
            sync_directory(self._folder)
            self._frame_cache.forget(active.first)

    def erase(self, mentions: Callable[[bytes], bool], seal: Callable[[], None]) -> int:
        """Empty every event for which `mentions(line)` holds; returns how many.

        The active segment is sealed first, by `seal`, so that only Parquet need be rewritten.
        """
        self.turn()
        seal()
        with self._seal_lock:
            return sum(sealed.erase(path, mentions) for path in self.parquet())


def _read(active: Active, spans: Sequence[tuple[int, int]]) -> Iterator[Frame]:
    """Frames at (start byte, end byte). Raises FileNotFoundError before the first or never."""
    with active.path.open("rb") as source:
        for begin, end in spans:
            source.seek(begin)
            frame = next(log.decode(source.read(end - begin)), None)
            if frame is None:
                raise log.LogDamagedError(f"{active.path.name}: frame at byte {begin} is damaged")
            yield frame[1]
