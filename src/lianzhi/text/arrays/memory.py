"""Tables in large pages of memory, where the system has them.

Tables are tens of megabytes, and any part may be read next. With pages of four kilobytes, address
translation costs about as much as the read itself, in a virtual machine more; with pages of two
megabytes the translation is nearly always cached. So tables that stay loaded are placed side by
side in memory for which such pages were requested (madvise(2), MADV_HUGEPAGE). Measurements:
docs/decisions/text.md.
"""

import mmap
from contextlib import suppress
from threading import local
from typing import Any, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

Table = TypeVar("Table", bound=NDArray[Any])

#: Bytes of a large page, and of a chunk; the system takes no memory before it is written.
_LARGE, _CHUNK = 1 << 21, 1 << 25
#: Tables are aligned to the lines of the processor's cache, in bytes.
_LINE = 64
_ADVICE: int = getattr(mmap, "MADV_HUGEPAGE", 0)


class _Arena(local):
    """An arena per thread: memory handed out from its start, freed when no table is left in it."""

    def __init__(self) -> None:
        self._left = np.zeros(0, np.uint8)

    def take(self, size: int) -> NDArray[np.uint8]:
        """Return `size` bytes of the current chunk, or of a new one."""
        padded = size + -size % _LINE
        if padded > self._left.size:
            self._left = _mapped(max(padded, _CHUNK))
        place, self._left = self._left[:size], self._left[padded:]
        return place


def _mapped(size: int) -> NDArray[np.uint8]:
    """Return new memory that begins at a large page."""
    memory = mmap.mmap(-1, size + _LARGE, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    with suppress(OSError):  # a kernel may have been built without them
        memory.madvise(_ADVICE)
    whole = np.frombuffer(memory, np.uint8)
    begin = -whole.ctypes.data % _LARGE
    return whole[begin : begin + size]


_arena = _Arena()


def in_large_pages(table: Table) -> Table:
    """Return a copy of the table in large pages, or the table itself where there are none."""
    if not _ADVICE or not table.nbytes:
        return table
    place = _arena.take(table.nbytes).view(table.dtype).reshape(table.shape)
    place[...] = table
    return cast(Table, place)
