"""Stretches: which positions of the event log its files hold. Reads, changes nothing."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import msgspec

from lianzhi.flow import log
from lianzhi.flow.log import Head, LogDamagedError
from lianzhi.store import sealed
from lianzhi.store.roots import Lost, Root
from lianzhi.store.segments import GENESIS, segments


class Stretches(msgspec.Struct, frozen=True):
    """What is there."""

    held: tuple[tuple[int, int], ...]
    """Positions [first, after) of each file that holds any, first to last."""
    end: Head
    """Where the last file ends."""
    sealed: int
    """Position after the last event in Parquet."""
    chains: frozenset[bytes]
    """Chain values after the frames of open segments."""

    def shortened(self, roots: Iterable[Root]) -> list[Lost]:
        """Where segments that are frames again lack the frames without events at their end."""
        return [
            Lost(root.after, root.after)
            for root in roots
            if (root.first, root.after) in self.held
            and root.after > self.sealed
            and root.end().chain not in self.chains
        ]

    def gaps(self, promised: int, known: Iterable[Lost]) -> list[Lost]:
        """Positions before `promised` that no file holds, those `known` to be gone left out."""
        at, found = 0, []
        gone = ((one.first, one.after) for one in known)
        for first, after in (*sorted((*self.held, *gone)), (max(promised, self.end.after), 0)):
            if first > at:
                found.append(Lost(at, first))
            at = max(at, after)
        return found

    def differs(self, heads: Iterable[Head], gone: Sequence[Lost]) -> Head | None:
        """A head within the open segments that no frame leads to: other events were there.

        Heads at positions that are `gone` had frames that are gone as well.
        """
        for head in heads:
            within = any(one.ends(head.after) for one in gone)
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


def stretches(folder: Path) -> Stretches:
    """Read what lies in the folder of the event log.

    Raises LogDamagedError where a file cannot be read, and where open frames do not follow on what
    lies before them: then events are gone that their chain rests on.
    """
    held: list[tuple[int, int]] = []
    chain, position, last = GENESIS, 0, 0
    chains: set[bytes] = set()
    frames = segments(folder, ".log")
    open_now = {path.stem for path in frames}
    for path in segments(folder, ".parquet"):
        if path.stem not in open_now:  # where both are there, it was being sealed
            tail = sealed.whole_tail(path)
            held.append((int(path.stem), tail.after))
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
            held.append((first, after))
        position = max(position, after)
    return Stretches(tuple(held), Head(position, chain), last, frozenset(chains))
