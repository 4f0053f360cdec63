"""Events as NDJSON, in batches that a node takes at once."""

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

#: Far below `max_batch` of a node, so that a batch is sent again quickly.
MOST_ROWS = 5000
MOST_BYTES = 4 * 1024 * 1024


def batches(events: Iterable[Any]) -> Iterator[tuple[int, bytes]]:
    """Number of rows and NDJSON of each batch, in order; none is empty."""
    rows: list[bytes] = []
    size = 0
    for event in events:
        row = msgspec.json.encode(event)
        if rows and (len(rows) == MOST_ROWS or size + len(row) >= MOST_BYTES):
            yield len(rows), b"\n".join(rows)
            rows, size = [], 0
        rows.append(row)
        size += len(row) + 1
    if rows:
        yield len(rows), b"\n".join(rows)
