"""Looks: whoever is shown personal data is on the record with it before they see it.

One mechanism for pages and API. A handler that shows accounts or texts takes `Look` and says what
stands in its answer, before it answers:

    @router.get("/cases")
    def cases(user: Reader, look: Look, ...) -> Response:
        look("cases", [row.id for row in page.rows])

What somebody has seen at the same address within the last ten minutes is one look: a live page
that polls makes no entry each time, only one for what is new in it. Which looks those are is kept
in memory, bounded; what is forgotten is told once more.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.exc import SQLAlchemyError

from lianzhi.flow.quarantine import Held
from lianzhi.record.entry import Draft
from lianzhi.store.ledger import RecordError
from lianzhi.store.looks import LOOKED
from lianzhi.web.core.auth import Reader
from lianzhi.web.core.ports import NodePort
from lianzhi.web.core.problems import Problem
from lianzhi.web.core.security import route_of

#: A look is told once in this time.
ONCE_MS = 10 * 60_000
#: Ids in one entry; more make further entries.
MOST = 500

_Seen = tuple[str, str, str]


class Memory:
    """What was told lately: (by, what, id) -> when. At most `size`, the oldest forgotten first."""

    def __init__(self, size: int = 100_000) -> None:
        self._size = size
        self._told: OrderedDict[_Seen, int] = OrderedDict()
        self._lock = threading.Lock()

    def fresh(self, by: str, what: str, ids: Iterable[str], now: int) -> list[str]:
        """Those ids that were not told within `ONCE_MS`, once each and in order.

        What was told later than now was told by a clock that has since been set back.
        """
        with self._lock:
            told, once = self._told.get, dict.fromkeys(ids)
            ages = {one: now - told((by, what, one), now - ONCE_MS) for one in once}
            return [one for one, age in ages.items() if not 0 <= age < ONCE_MS]

    def keep(self, by: str, what: str, ids: Iterable[str], now: int) -> None:
        """These are on the record now."""
        with self._lock:
            for one in ids:
                self._told.pop((by, what, one), None)
                self._told[by, what, one] = now
            while len(self._told) > self._size:
                self._told.popitem(last=False)


def record_look(
    node: NodePort,
    memory: Memory,
    reader: Reader,
    what: str,
    *,
    ref: str,
    ids: Iterable[str],
    accounts: Sequence[str] = (),
) -> None:
    """Put a look on the record unless it is there. Raises Problem 503 where that can't be done.

    `ref` is what was opened, `ids` what stood there; `accounts` that stand there without an id are
    told as vault tokens. Where nobody stands there, nothing was seen.
    """
    now = node.now()
    fresh = memory.fresh(reader.by, what, ids, now)
    people = memory.fresh(reader.by, what, (f"@{one}" for one in accounts), now)
    if not fresh and not people:
        return
    try:
        with node.ledger.batch() as batch:
            tokens = batch.tokens([one[1:] for one in people])
            refs = [*fresh, *tokens.values()]
            said = {"by": reader.by, "role": reader.role, "what": what}
            batch.append(
                [
                    Draft(kind=LOOKED, ref=ref, at=now, payload=said | {"refs": refs[i : i + MOST]})
                    for i in range(0, len(refs), MOST)
                ]
            )
    except (SQLAlchemyError, RecordError, OSError):
        raise Problem(
            503,
            "the look can't be put on the record, so nothing is shown",
            mend="try again in a few seconds",
            headers={"Retry-After": "5"},
        ) from None
    memory.keep(reader.by, what, [*fresh, *people], now)


def row_ids(rows: Iterable[Held]) -> list[str]:
    """What a look names of quarantined rows: when each was refused, and its line."""
    return [f"row:{held.at}:{held.row.line}" for held in rows]


Looking = Callable[..., None]
"""`look(ref, ids=(), accounts=())`; see `record_look`."""


def looking(request: Request) -> Looking:
    """Bound to who asks and where."""
    node: NodePort = request.app.state.node
    memory: Memory = request.app.state.looks

    def look(ref: str, ids: Iterable[str] = (), accounts: Sequence[str] = ()) -> None:
        reader: Reader = request.state.reader
        what = route_of(request.scope)
        record_look(node, memory, reader, what, ref=ref, ids=ids, accounts=accounts)

    return look


Look = Annotated[Looking, Depends(looking)]
