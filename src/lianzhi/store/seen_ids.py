"""Index of accepted event ids: exact over the whole history, in bounded memory.

Ids are kept as 128-bit keyed hashes (BLAKE2b under the deployment's secret), so that the index
names nobody and collisions cannot be crafted; an erased event that is sent again is still a
duplicate. The newest hashes are in memory, each with the log position of its event; each sealed
segment adds a sorted run on disk, read by memory map, and runs of similar size are merged (O'Neil
et al. 1996, log-structured merge). A run has a 32-bit digest of each event's content beside its id,
made when the segment is sealed, so that intake pays for contents only where an id comes again.
"""

import os
import threading
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

from lianzhi.chain.event import Event
from lianzhi.files import sync_directory

WIDTH = 16
_CONTENT_BYTES = 4
#: A run is merged into the one before it if it has at least this share of its length.
MERGE_SHARE = 0.5
#: Longest run: a merge needs a few hundred megabytes at most.
LONGEST_RUN = 1 << 24

Run = npt.NDArray[np.uint64]
"""Shape (n, 3), sorted by the first column: two words of the id's hash, and the content digest."""

_encode = msgspec.msgpack.Encoder(order="deterministic").encode


class Known(NamedTuple):
    """What is known of the event that has an id already."""

    position: int | None
    """In the log; None: its segment is sealed."""
    content: int | None
    """Digest of its content; None: look at the event at `position`."""


def digests(names: Iterable[tuple[str, str]], key: bytes) -> list[bytes]:
    """Keyed hash of each (source, id), with their lengths to avoid ambiguity."""
    return [
        blake2b(f"{len(source)}:{source}{id_}".encode(), digest_size=WIDTH, key=key).digest()
        for source, id_ in names
    ]


def content_digest(event: Event, key: bytes) -> int:
    """Keyed 32-bit hash of the fields of an event as they are understood.

    Spelling does not count: order of fields, blanks, form of the time, fields that nobody reads.
    Nor does `seq`, which intake sets. Two contents share a digest once in four thousand million.
    """
    event.seq = -1
    digest = blake2b(_encode(event), digest_size=_CONTENT_BYTES, key=key).digest()
    return int.from_bytes(digest, "little")


class SeenIds:
    """Index over the hashes. Thread-safe; one thread at a time writes runs."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for leftover in folder.glob("*.new"):
            leftover.unlink()
        self._lock = threading.Lock()
        self._live: dict[bytes, int] = {}
        """Hash of each id that no run has -> log position of its event."""
        self._runs: list[tuple[int, int, Run]] = []
        """(first, next, run): hashes of the events at log positions [first, next)."""
        spans = sorted(_span(path) for path in folder.glob("ids-*.npy"))
        for first, after in sorted(spans, key=lambda span: (span[0], -span[1])):
            if after <= self.covered():  # left by a crash during a merge
                self._path(first, after).unlink()
            else:
                self._runs.append((first, after, self._map(first, after)))

    def trim(self, ranges: Sequence[tuple[int, int]]) -> None:
        """Drop all runs from the first one that has more ids than `ranges`, positions of sealed
        events, cover in its span: their events are lost, and may be sent again. A run cannot be
        cut, so that ids of erased people's events may be dropped as well.
        """
        for place, (first, after, run) in enumerate(self._runs):
            here = sum(max(0, min(after, b) - max(first, a)) for a, b in ranges)
            if len(run) > here:
                for begin, end, _ in self._runs[place:]:
                    self._path(begin, end).unlink()
                sync_directory(self._folder)
                self._runs = self._runs[:place]
                return

    def covered(self) -> int:
        """Log position up to which all ids are in runs."""
        return self._runs[-1][1] if self._runs else 0

    def add(self, hashes: Sequence[bytes], first: int) -> list[bool]:
        """Add hashes; for each, whether it is new (a repeat within the call is not).

        The new ones get log positions from `first` on.
        """
        live, new, place = self._live, [], first
        with self._lock:
            old = self._in_runs(hashes)[0]
            for value, known in zip(hashes, old, strict=True):
                fresh = not known and value not in live
                if fresh:
                    live[value] = place
                    place += 1
                new.append(fresh)
        return new

    def known(self, hashes: Sequence[bytes]) -> list[Known | None]:
        """What is known of each id; None: it is new."""
        with self._lock:
            present, contents = self._in_runs(hashes)
            matches: list[Known | None] = []
            for value, old, content in zip(hashes, present, contents, strict=True):
                position = self._live.get(value)
                if position is not None:
                    matches.append(Known(position, None))
                else:
                    matches.append(Known(None, content) if old else None)
        return matches

    def discard(self, hashes: Iterable[bytes]) -> None:
        """Remove hashes whose events could not be written."""
        with self._lock:
            self._forget(hashes)

    def _forget(self, hashes: Iterable[bytes]) -> None:
        for value in hashes:
            self._live.pop(value, None)

    def write_run(
        self, first: int, after: int, hashes: Sequence[bytes], contents: Sequence[int]
    ) -> None:
        """Write the sorted run of a segment over positions [first, after); merge where due.

        `contents`: the content digest of each event.
        """
        ids = np.frombuffer(b"".join(hashes), dtype="<u8").reshape(-1, 2)
        run = np.column_stack([ids, np.array(contents, dtype="<u8")])
        written = (first, after, self._put(first, after, run))
        with self._lock:
            self._runs = [*self._runs, written]
            self._forget(hashes)
        while self._due():
            (first, middle, elder), (begin, after, younger) = self._runs[-2:]
            merged = (first, after, self._put(first, after, np.concatenate([elder, younger])))
            with self._lock:
                self._runs = [*self._runs[:-2], merged]
            self._path(first, middle).unlink()
            self._path(begin, after).unlink()

    def _due(self) -> bool:
        if len(self._runs) < 2:
            return False
        (_, _, elder), (_, _, younger) = self._runs[-2:]
        grown = len(elder) + len(younger)
        return len(younger) >= MERGE_SHARE * len(elder) and grown <= LONGEST_RUN

    def _put(self, first: int, after: int, run: Run) -> Run:
        run = run[np.argsort(run[:, 0], kind="stable")]
        path = self._path(first, after)
        fresh = path.with_suffix(".new")
        fresh.touch(mode=0o600)
        with fresh.open("wb") as out:
            np.save(out, run, allow_pickle=False)
            out.flush()
            os.fsync(out.fileno())
        fresh.replace(path)
        sync_directory(self._folder)
        return self._map(first, after)

    def _path(self, first: int, after: int) -> Path:
        return self._folder / f"ids-{first:020d}-{after:020d}.npy"

    def _map(self, first: int, after: int) -> Run:
        run: Run = np.load(self._path(first, after), mmap_mode="r", allow_pickle=False)
        return run

    def _in_runs(self, hashes: Sequence[bytes]) -> tuple[list[bool], list[int]]:
        """Whether each hash is in a run, and the content digest there."""
        if not self._runs or not hashes:
            return [False] * len(hashes), [0] * len(hashes)
        wanted = np.frombuffer(b"".join(hashes), dtype="<u8").reshape(-1, 2)
        order = np.argsort(wanted[:, 0])
        sought = wanted[order]
        present = np.zeros(len(sought), dtype=np.bool_)
        contents = np.zeros(len(sought), dtype=np.uint64)
        for _, _, run in self._runs:
            if not len(run):  # of a fully erased segment
                continue
            at = np.searchsorted(run[:, 0], sought[:, 0])
            for step in range(2):  # ids that share their first 64 bits are adjacent
                place = np.minimum(at + step, len(run) - 1)
                same = (run[place, :2] == sought).all(axis=1)
                present |= same
                contents[same] = run[place[same], 2]
        back = np.argsort(order)
        return present[back].tolist(), contents[back].tolist()


def _span(path: Path) -> tuple[int, int]:
    _, first, after = path.stem.split("-")
    return int(first), int(after)
