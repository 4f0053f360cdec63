"""Mediator 调解员: what they mediate, and for whom they must not, as last registered."""

import msgspec

from lianzhi.chain.life import START, Steps, next_status
from lianzhi.chain.noun import Noun, Payload
from lianzhi.domains.mediation.matching import Mediator
from lianzhi.record.entry import Entry

STEPS: Steps = {
    "mediator.registered": (frozenset({START, "retired"}), "active"),
    "mediator.imported": (frozenset({START, "active"}), "active"),
    "mediator.changed": (frozenset({"active"}), None),
    "mediator.retired": (frozenset({"active"}), "retired"),
}


def _fold(before: Mediator | None, entry: Entry, payload: Payload) -> Mediator:
    status = next_status(STEPS, entry.kind, before.status if before else START)
    if before is not None and entry.kind == "mediator.retired":
        return msgspec.structs.replace(before, status=status, index=entry.index)
    fields = {**payload, "id": payload["mediator"], "status": "active", "index": entry.index}
    return msgspec.convert(fields, Mediator)


MEDIATOR = Noun(
    "mediator",
    Mediator,
    STEPS,
    _fold,
    columns=("status",),
    indexes=(("status",),),
    bulk={"imported": "rows"},
)
