"""Refused calls of the API, for whoever audits: which key was refused where, as entries.

Every answer is counted in the metrics. What may be an attack or a key of too many hands (401, 403,
429) is put on the record as well: key, route and status, never a token, parameter or body. The
first refusal of a key on a route counts at once, further ones of the same hour are told with its
next entry, and no more than `MOST` entries are written in an hour: no flood fills the disk.
"""

import logging
from collections import Counter
from collections.abc import Callable
from threading import Lock
from typing import Any

from lianzhi.record.entry import Draft
from lianzhi.store.keys import ApiKey
from lianzhi.web.core.ports import RecordPort

REFUSED = "key.refused"
STATUSES = frozenset({401, 403, 429})
HOUR_MS = 3_600_000
#: Entries in an hour, of all keys and routes.
MOST = 100

log = logging.getLogger(__name__)


class RefusedKeys:
    """See module. Thread-safe."""

    def __init__(self, node: RecordPort, known: Callable[[str], ApiKey | None]) -> None:
        """`known`: the key of a token, where the database was asked for it lately."""
        self._node, self._known = node, known
        self._lock = Lock()
        self._since, self._written = 0, 0
        self._counts: dict[tuple[str, str, int], int] = {}
        """(Key, route, status) -> refusals in this hour, after the first; keys that nobody knows
        are one."""
        self._left = Counter[tuple[str, str, int]]()
        """Refusals of earlier hours that no entry tells yet."""

    def note(self, token: str, route: str, status: int) -> None:
        """Count a refusal, and append an entry where one is due; never raises."""
        key = self._known(token) if token else None
        at = self._node.now()
        due = self._due((key.id if key else "unknown", route, status), at)
        if due is None:
            return
        payload: dict[str, Any] = {"route": route, "status": status, "untold_before": due}
        if key is not None:
            payload["label"] = key.label
        ref = key.id if key else "unknown"
        try:
            self._node.ledger.append([Draft(kind=REFUSED, ref=ref, at=at, payload=payload)])
        except Exception:
            log.exception("a refusal could not be put on the record")

    def _due(self, call: tuple[str, str, int], at: int) -> int | None:
        """How many were not told before, where an entry is due; None: it is only counted."""
        with self._lock:
            if not 0 <= at - self._since < HOUR_MS:
                self._since, self._written = at, 0
                self._left.update(self._counts)
                self._counts = {}
            if call in self._counts or self._written >= MOST:
                self._counts[call] = self._counts.get(call, 0) + 1
                return None
            self._written += 1
            self._counts[call] = 0
            return self._left.pop(call, 0)
