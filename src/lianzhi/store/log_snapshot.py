"""Files of an event log that belong to one state of the database.

While a node runs, open segments grow, are sealed into Parquet and disappear. The snapshot follows
the record in a transaction: recorded segments as Parquet, whose names are stable, all others as the
frames that they were, held open so that they outlive their names.
"""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO

from sqlalchemy import Connection, inspect

from lianzhi.flow import log
from lianzhi.store.roots import roots
from lianzhi.store.segments import segments
from lianzhi.store.tables import entry


class MovedError(RuntimeError):
    """A segment was sealed between the transaction and the listing of files: try again."""


_Open = tuple[Path, IO[bytes]]


class LogSnapshot:
    """Files of the event log: (path relative to `events`, open file, number of bytes)."""

    def __init__(self, folder: Path, sealed: set[int], opened: list[_Open]) -> None:
        self._folder, self._sealed, self._opened = folder, sorted(sealed), opened

    def files(self) -> Iterator[tuple[str, IO[bytes], int]]:
        """The files, oldest first. Raises FileNotFoundError where one is missing."""
        for first in self._sealed:
            with (self._folder / f"{first:020d}.parquet").open("rb") as segment:
                yield f"{first:020d}.parquet", segment, _size(segment)
        newest = max((path.name for path, _ in self._opened if path.suffix == ".log"), default="")
        for path, file in self._opened:
            size = _whole(file) if path.name == newest else _size(file)
            yield str(path.relative_to(self._folder)), file, size


@contextmanager
def log_snapshot(home: Path, connection: Connection) -> Iterator[LogSnapshot]:
    """The log as recorded in this transaction. Raises MovedError."""
    folder = home / "events"
    known = roots(connection) if inspect(connection).has_table(entry.name) else []
    sealed, end = {root.first for root in known}, max((root.after for root in known), default=0)
    with ExitStack() as stack:
        opened: list[_Open] = []
        runs = sorted((folder / "ids").glob("ids-*.npy"))
        frames = [path for path in segments(folder, ".log") if int(path.stem) not in sealed]
        for path in (*runs, *frames):
            try:
                opened.append((path, stack.enter_context(path.open("rb"))))
            except FileNotFoundError:
                raise MovedError from None
        numbers = {int(path.stem) for path in frames}
        strange = {int(path.stem) for path in segments(folder, ".parquet")} - sealed - numbers
        ahead = any(int(path.stem.split("-")[2]) > end for path in runs)
        if strange or ahead or runs != sorted((folder / "ids").glob("ids-*.npy")):
            raise MovedError
        yield LogSnapshot(folder, sealed, opened)


def _size(file: IO[bytes]) -> int:
    return os.fstat(file.fileno()).st_size


def _whole(file: IO[bytes]) -> int:
    """Bytes up to the end of the last complete frame."""
    ends = [end for end, _ in log.decode(file.read())]
    file.seek(0)
    return ends[-1] if ends else 0
