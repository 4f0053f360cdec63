"""Settling tables in large pages of memory, where the system has them.

What texts are looked up in is spread over tens of megabytes, any part of which may be next. In
pages of four kilobytes, finding where a page lies costs about as much as reading from it, in a
virtual machine more; in pages of two megabytes it hardly ever has to be found. So tables that stay
are put side by side in memory for which such pages were asked (madvise(2), MADV_HUGEPAGE). What
that is worth: docs/decisions/text.md.
"""

import mmap
from contextlib import suppress
from threading import local
from typing import Any, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

Table = TypeVar("Table", bound=NDArray[Any])

#: The size of a large page, and of what is asked for at a time; none is taken before it is used.
_LARGE, _ROOM = 1 << 21, 1 << 25
#: Each table begins with a line of the processor's cache.
_LINE = 64
_ADVICE: int = getattr(mmap, "MADV_HUGEPAGE", 0)


class _Room(local):
    """Memory that is handed out from its beginning on, to each thread its own; it goes when no
    table is left in it."""

    def __init__(self) -> None:
        self._left = np.zeros(0, np.uint8)

    def take(self, size: int) -> NDArray[np.uint8]:
        """So many bytes of what is left, or of new memory."""
        taken = size + -size % _LINE
        if taken > self._left.size:
            self._left = _asked(max(taken, _ROOM))
        place, self._left = self._left[:size], self._left[taken:]
        return place


def _asked(size: int) -> NDArray[np.uint8]:
    """New memory, from where a large page begins."""
    memory = mmap.mmap(-1, size + _LARGE, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    with suppress(OSError):  # a kernel may have been built without them
        memory.madvise(_ADVICE)
    whole = np.frombuffer(memory, np.uint8)
    begin = -whole.ctypes.data % _LARGE
    return whole[begin : begin + size]


_room = _Room()


def settled(table: Table) -> Table:
    """The same table in large pages; as it is where the system has none."""
    if not _ADVICE or not table.nbytes:
        return table
    place = _room.take(table.nbytes).view(table.dtype).reshape(table.shape)
    place[...] = table
    return cast(Table, place)
