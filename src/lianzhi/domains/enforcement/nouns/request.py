"""Request 诉求: as `dispatch.requests.request` folds it, or as it was imported."""

import msgspec

from lianzhi.chain.life import START, Steps, next_status
from lianzhi.chain.noun import Noun, Payload
from lianzhi.dispatch.requests import request
from lianzhi.dispatch.requests.request import Request
from lianzhi.record.entry import Entry

STEPS: Steps = {**request.STEPS, "request.imported": (frozenset({START}), None)}


def _fold(before: Request | None, entry: Entry, payload: Payload) -> Request:
    if entry.kind == "request.imported":
        next_status(STEPS, entry.kind, before.status if before else START)
        after = msgspec.convert(payload["file"], Request)
    else:
        after = request.fold(before, entry.kind, entry.at, payload)
    return after if before else msgspec.structs.replace(after, index=entry.index)


REQUEST = Noun(
    "request",
    Request,
    STEPS,
    _fold,
    columns=(
        *("status", "category", "channel", "grid", "holder", "received_at", "due_at"),
        *("disposed_at", "imported", "index"),
    ),
    indexes=(("status", "due_at"), ("received_at",), ("grid", "received_at")),
)
