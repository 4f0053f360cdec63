"""An index of edges by strips of latitude, for ray casting of many points at once.

Within a strip the edges of one owner make up a box; a point asks only the boxes around it, and in
them only the edges of its strip. A ray runs east; an edge counts from its lower end up to, but not
with, its upper end, and only where it lies strictly east of the point. So an area has its western
and southern borders, not its eastern and northern ones: where areas meet in an edge, each point on
it belongs to exactly one of them.
"""

import numpy as np

from lianzhi.dispatch.grids.rings import Bools, Ints

_FEWEST, _MOST = 64, 8192
#: Entries of the index at most: fewer, higher strips where edges are long and many.
_ENTRIES = 4_000_000
#: Pairs that are compared at a time: what stays in the cache of a core.
_PAIRS = 1 << 17


class Strips:
    """Edges with their owners (numbers), ready to be asked in whose area points lie."""

    def __init__(self, edges: Ints, owner: Ints) -> None:
        rises = edges[:, 1] != edges[:, 3]  # a level edge is met by no ray
        edges, owner = edges[rises], owner[rises]
        edges = np.where((edges[:, 1] > edges[:, 3])[:, None], edges[:, [2, 3, 0, 1]], edges)
        self._low = int(edges[:, 1].min()) if len(edges) else 0
        self._height = max(int(edges[:, 3].max(initial=self._low)) - self._low, 1)
        self._count = int(np.clip(2 * len(edges), _FEWEST, _MOST))
        while True:
            first, last = self._strip(edges[:, 1]), self._strip(edges[:, 3] - 1)
            spans = last - first + 1
            if spans.sum() <= _ENTRIES or self._count == 1:
                break
            self._count //= 2
        edge = np.repeat(np.arange(len(edges)), spans)
        strip = np.repeat(first, spans) + _counted(spans)
        order = np.lexsort((owner[edge], strip))
        edge, strip = edge[order], strip[order]
        self._x, self._y = edges[edge, 0], edges[edge, 1]
        self._dx = edges[edge, 2] - self._x
        self._dy = edges[edge, 3] - self._y
        self._box(strip, owner[edge])

    def _box(self, strip: Ints, owner: Ints) -> None:
        """Draw a box around the edges of each owner in each strip."""
        new = (np.diff(strip, prepend=-1) != 0) | (np.diff(owner, prepend=-1) != 0)
        self._entry = np.flatnonzero(new)
        self._entries = np.diff(self._entry, append=len(strip))
        self._owner = owner[self._entry]
        self._boxes = np.searchsorted(strip[self._entry], np.arange(self._count + 1))
        if len(strip):
            ends = self._x, self._x + self._dx
            self._west = np.minimum.reduceat(np.minimum(*ends), self._entry)
            self._east = np.maximum.reduceat(np.maximum(*ends), self._entry)

    def _strip(self, y: Ints) -> Ints:
        return (y - self._low) * self._count // self._height

    def find(self, x: Ints, y: Ints) -> Ints:
        """The owner of the area in which each point lies, the lowest of several; -1 for none."""
        found = np.full(len(x), -1, np.int64)
        if not len(self._entry):
            return found
        inside = np.flatnonzero((self._low <= y) & (y < self._low + self._height))
        strip = self._strip(y[inside])
        boxes = self._boxes[strip]
        counts = self._boxes[strip + 1] - boxes
        done = np.cumsum(counts)
        start = 0
        while start < len(inside):
            before = int(done[start - 1]) if start else 0
            stop = max(int(np.searchsorted(done, before + _PAIRS, side="right")), start + 1)
            part = slice(start, stop)
            points = inside[part]
            found[points] = self._cast(x[points], y[points], boxes[part], counts[part])
            start = stop
        return found

    def _cast(self, x: Ints, y: Ints, boxes: Ints, counts: Ints) -> Ints:
        point = np.repeat(np.arange(len(x)), counts)
        box = np.repeat(boxes, counts) + _counted(counts)
        around = np.flatnonzero((self._west[box] <= x[point]) & (x[point] < self._east[box]))
        point, box = point[around], box[around]
        inside = np.zeros(len(box), np.bool_)
        sizes = np.cumsum(self._entries[box])
        start = 0
        while start < len(box):
            before = int(sizes[start - 1]) if start else 0
            stop = max(int(np.searchsorted(sizes, before + _PAIRS, side="right")), start + 1)
            part = slice(start, stop)
            inside[part] = self._odd(x[point[part]], y[point[part]], box[part])
            start = stop
        found = np.full(len(x), -1, np.int64)
        # boxes of a point stand in order of owner: written backwards, the lowest stays
        found[point[inside][::-1]] = self._owner[box[inside]][::-1]
        return found

    def _odd(self, x: Ints, y: Ints, box: Ints) -> Bools:
        """Whether the ray of each point meets an odd number of the edges in its box."""
        counts = self._entries[box]
        asked = np.repeat(np.arange(len(box)), counts)
        entry = np.repeat(self._entry[box], counts) + _counted(counts)
        dy = self._dy[entry]
        up = y[asked] - self._y[entry]
        east = self._dx[entry] * up > (x[asked] - self._x[entry]) * dy
        met = (up >= 0) & (up < dy) & east
        return np.asarray(np.bincount(asked[met], minlength=len(box)) % 2 == 1)


def _counted(counts: Ints) -> Ints:
    """0, 1, 2 ... within each of so many runs."""
    total = int(counts.sum())
    return np.arange(total) - np.repeat(np.cumsum(counts) - counts, counts)
