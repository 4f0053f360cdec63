"""Cache of frames of active segments, for looking up lines of recent events."""

import threading
from pathlib import Path

from lianzhi.flow import log

Span = tuple[int, int, int]
"""(first position of the segment, start byte, end byte) of a frame."""


class FrameCache:
    """Keeps the most recently used frames, up to `most` bytes. Thread-safe."""

    def __init__(self, most: int) -> None:
        self._most, self._bytes = most, 0
        self._kept: dict[Span, log.Cut] = {}
        self._sealed = -1
        self._lock = threading.Lock()

    def get(self, path: Path, span: Span) -> log.Cut:
        """The frame; raises FileNotFoundError when its segment has been sealed."""
        with self._lock:
            frame = self._take(span)
        if frame is None:
            _, begin, end = span
            with path.open("rb") as source:
                source.seek(begin)
                frame = log.cut(source.read(end - begin))
            if frame is None:
                raise log.LogDamagedError(f"{path.name}: frame at byte {begin} is damaged")
        with self._lock:
            self._take(span)  # another thread may have restored it meanwhile
            if span[0] > self._sealed:
                self._kept[span] = frame
                self._bytes += len(frame.data)
            while self._bytes > self._most:
                self._take(next(iter(self._kept)))
        return frame

    def forget(self, first: int) -> None:
        """Drop all segments up to the one that begins at `first`, since they were sealed.

        People erased from the Parquet file must not remain in memory.
        """
        with self._lock:
            self._sealed = max(self._sealed, first)
            for span in [span for span in self._kept if span[0] <= first]:
                self._take(span)

    def _take(self, span: Span) -> log.Cut | None:
        frame = self._kept.pop(span, None)
        if frame is not None:
            self._bytes -= len(frame.data)
        return frame
