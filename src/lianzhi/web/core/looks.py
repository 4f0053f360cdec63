"""Looks: access-log entries of personal data, recorded before the data is shown.

One mechanism for pages and API. A handler that shows accounts or texts takes `Look` and says what
stands in its answer, before it answers:

    @router.get("/cases")
    def cases(user: Reader, look: Look, ...) -> Response:
        look("cases", [row.id for row in page.rows])

Ids seen at the same address within the last ten minutes make no further entry: a live page that
polls is recorded only for what is new in it. The recent looks are kept in bounded memory; an id
that was dropped from it is recorded again.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.exc import SQLAlchemyError

from lianzhi.flow.quarantine import Quarantined
from lianzhi.record.entry import Draft
from lianzhi.store.ledger import RecordError
from lianzhi.store.looks import LOOKED
from lianzhi.web.core.auth import Reader
from lianzhi.web.core.ports import RecordPort
from lianzhi.web.core.problems import Problem
from lianzhi.web.core.security import route_of

#: An id is recorded once in this time, for each reader and address.
ONCE_MS = 10 * 60_000
#: Ids in one entry; more make further entries.
MOST = 500

_Seen = tuple[str, str, str]
"""Reader, address, id."""


class Memory:
    """Ids recorded lately, and when. At most `size` of them, the oldest dropped first."""

    def __init__(self, size: int = 100_000) -> None:
        self._size = size
        self._recorded: OrderedDict[_Seen, int] = OrderedDict()
        self._lock = threading.Lock()

    def fresh(self, by: str, address: str, ids: Iterable[str], now: int) -> list[str]:
        """The ids that were not recorded within `ONCE_MS`, once each and in order.

        Times after `now` are of a clock that has since been set back; they do not count.
        """
        with self._lock:
            recorded, unique = self._recorded.get, dict.fromkeys(ids)
            ages = {id_: now - recorded((by, address, id_), now - ONCE_MS) for id_ in unique}
            return [id_ for id_, age in ages.items() if not 0 <= age < ONCE_MS]

    def keep(self, by: str, address: str, ids: Iterable[str], now: int) -> None:
        """Note that these ids were recorded at `now`."""
        with self._lock:
            for id_ in ids:
                self._recorded.pop((by, address, id_), None)
                self._recorded[by, address, id_] = now
            while len(self._recorded) > self._size:
                self._recorded.popitem(last=False)


def record_look(
    node: RecordPort,
    memory: Memory,
    reader: Reader,
    address: str,
    *,
    ref: str,
    ids: Iterable[str],
    accounts: Sequence[str] = (),
) -> None:
    """Record a look unless it was recorded lately. Raises Problem 503 where that can't be done.

    `ref` is what was opened, `ids` what it showed; `accounts` shown without an id are recorded as
    vault tokens. Where nothing personal was shown, there is no entry.
    """
    now = node.now()
    fresh = memory.fresh(reader.by, address, ids, now)
    people = memory.fresh(reader.by, address, (f"@{name}" for name in accounts), now)
    if not fresh and not people:
        return
    try:
        with node.ledger.batch() as batch:
            tokens = batch.tokens([name[1:] for name in people])
            refs = [*fresh, *tokens.values()]
            fields = {"by": reader.by, "role": reader.role, "what": address}
            parts = [refs[start : start + MOST] for start in range(0, len(refs), MOST)]
            batch.append([Draft(LOOKED, ref, now, fields | {"refs": part}) for part in parts])
    except (SQLAlchemyError, RecordError, OSError):
        raise Problem(
            503,
            "the look can't be put on the record, so nothing is shown",
            mend="try again in a few seconds",
            headers={"Retry-After": "5"},
        ) from None
    memory.keep(reader.by, address, [*fresh, *people], now)


def row_ids(rows: Iterable[Quarantined]) -> list[str]:
    """Ids of quarantined rows: when each was refused (Unix ms), and its line."""
    return [f"row:{row.at}:{row.row.line}" for row in rows]


Looking = Callable[..., None]
"""`look(ref, ids=(), accounts=())`; see `record_look`."""


def looking(request: Request) -> Looking:
    """Dependency that gives `look`, bound to the reader and the address."""
    node: RecordPort = request.app.state.node
    memory: Memory = request.app.state.looks

    def look(ref: str, ids: Iterable[str] = (), accounts: Sequence[str] = ()) -> None:
        reader: Reader = request.state.reader
        address = route_of(request.scope)
        record_look(node, memory, reader, address, ref=ref, ids=ids, accounts=accounts)

    return look


Look = Annotated[Looking, Depends(looking)]
