"""Ranges of event positions in the log's files, read without changing anything."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import msgspec

from lianzhi.flow import log
from lianzhi.flow.log import Head, LogDamagedError
from lianzhi.store import sealed
from lianzhi.store.roots import Lost, Root
from lianzhi.store.segments import GENESIS, segments


class EventRanges(msgspec.Struct, frozen=True):
    """Positions of events in the files of a log."""

    ranges: tuple[tuple[int, int], ...]
    """Positions [first, after) of each file with events, first to last."""
    end: Head
    """End of the last file."""
    sealed: int
    """Position after the last event in Parquet."""
    chains: frozenset[bytes]
    """Chain values after the frames of open segments."""

    def shortened(self, roots: Iterable[Root]) -> list[Lost]:
        """Losses where unsealed segments lack the frames without events at their end."""
        return [
            Lost(root.after, root.after)
            for root in roots
            if (root.first, root.after) in self.ranges
            and root.after > self.sealed
            and root.end().chain not in self.chains
        ]

    def gaps(self, promised: int, known: Iterable[Lost]) -> list[Lost]:
        """Positions before `promised` that no file has, without those `known` to be lost."""
        at, gaps_ = 0, []
        gone_ranges = ((lost.first, lost.after) for lost in known)
        for first, after in (
            *sorted((*self.ranges, *gone_ranges)),
            (max(promised, self.end.after), 0),
        ):
            if first > at:
                gaps_.append(Lost(at, first))
            at = max(at, after)
        return gaps_

    def differs(self, heads: Iterable[Head], losts: Sequence[Lost]) -> Head | None:
        """A head within the open segments that no frame reaches: other events were there.

        Heads at positions of `losts` had frames that are lost as well.
        """
        for head in heads:
            within = any(lost.ends(head.after) for lost in losts)
            open_now = self.sealed < head.after <= self.end.after and not within
            if open_now and head.chain not in self.chains:
                return head
        return None


def _frames(path: Path) -> Iterator[log.Frame]:
    try:
        yield from (frame for _, frame in log.decode(path.read_bytes()))
    except LogDamagedError as error:
        raise LogDamagedError(
            f"{path.name}: {error}, or move this file away to give up its events"
        ) from None


def event_ranges(folder: Path) -> EventRanges:
    """Read the folder of the event log.

    Raises LogDamagedError where a file cannot be read, and where open frames do not continue what
    precedes them: then events are lost on which their chain rests.
    """
    ranges: list[tuple[int, int]] = []
    chain, position, last = GENESIS, 0, 0
    chains: set[bytes] = set()
    frames = segments(folder, ".log")
    open_now = {path.stem for path in frames}
    for path in segments(folder, ".parquet"):
        if path.stem not in open_now:  # with both files, sealing was interrupted
            tail = sealed.whole_tail(path)
            ranges.append((int(path.stem), tail.after))
            chain, position = tail.chain, tail.after
    last = position
    for path in frames:
        first = after = int(path.stem)
        for frame in _frames(path):
            if log.chain_of(chain, frame) != frame.chain or frame.first != after:
                raise LogDamagedError(
                    f"{path.name} does not follow on what lies before it; restore that from a "
                    "copy, or move this file away to give up its events as well"
                )
            after, chain = frame.first + len(frame.lines), frame.chain
            chains.add(chain)
        if after > first:
            ranges.append((first, after))
        position = max(position, after)
    return EventRanges(tuple(ranges), Head(position, chain), last, frozenset(chains))
