"""Scorecards of one node, kept as long as nothing can have changed.

Figures are a function of the record and of the minute (limits run out). What anybody may read is
kept for longer, so that nobody can make the node count over and over.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

from lianzhi.chain.disclosure import Report, publish
from lianzhi.chain.scorecard import Counts, Scorecard
from lianzhi.chain.scorecard_figures import card
from lianzhi.store.scorecard import read
from lianzhi.web.core.ports import OfficePort

MINUTE = 60_000
#: How long a public report is kept, in ms.
PUBLIC_KEPT = 10 * MINUTE

T = TypeVar("T")


class Scorecards:
    """See module. Thread-safe."""

    def __init__(self, node: OfficePort) -> None:
        self._node = node
        self._cards: _Kept[Scorecard] = _Kept()
        self._reports: _Kept[Report] = _Kept()

    def card(self, since: int, until: int) -> Scorecard:
        """The scorecard of [since, until). Raises ValueError where that is no period."""
        node, at = self._node, self._node.now()
        state = (node.ledger.size, at // MINUTE)
        return self._cards.get((since, until), state, lambda: card(self._read(since, until, at)))

    def report(self, since: int, until: int) -> Report:
        """What is published of [since, until)."""
        at = self._node.now()
        return self._reports.get(
            (since, until),
            (0, at // PUBLIC_KEPT),
            lambda: publish(self._read(since, until, at)),
        )

    def _read(self, since: int, until: int, at: int) -> Counts:
        policy = self._node.proceedings.office.policy(at)
        return read(self._node.engine, since, until, at, policy)


class _Kept(Generic[T]):
    """The last that were made, by period; of several who ask at once, one counts."""

    def __init__(self, most: int = 32) -> None:
        self._most, self._lock = most, threading.Lock()
        self._values: OrderedDict[tuple[int, int], tuple[tuple[int, int], T]] = OrderedDict()

    def get(self, period: tuple[int, int], state: tuple[int, int], make: Callable[[], T]) -> T:
        """What was made of this period in this state, or is made now."""
        with self._lock:
            kept = self._values.get(period)
            if kept is None or kept[0] != state:
                kept = self._values[period] = (state, make())
            self._values.move_to_end(period)
            while len(self._values) > self._most:
                self._values.popitem(last=False)
            return kept[1]
