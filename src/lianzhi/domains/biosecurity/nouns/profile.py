"""Risk profile 风险画像: how closely a taxon, an origin or a channel is looked at, and why."""

import msgspec

from lianzhi.chain.life import START, Steps, next_status
from lianzhi.chain.noun import Noun, Payload
from lianzhi.record.entry import Entry

LEVELS = ("low", "ordinary", "raised", "high")
SUBJECTS = ("taxon", "origin", "channel")
STEPS: Steps = {
    "profile.opened": (frozenset({START}), "kept"),
    "profile.changed": (frozenset({"kept"}), None),
}


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """How a profile stands. The reasons are texts of its entries."""

    id: str
    subject: str
    """`taxon`, `origin` or `channel`."""
    value: str
    level: str = "ordinary"
    by: str = ""
    changed_at: int = 0
    status: str = "kept"
    index: int = 0


def _fold(before: Profile | None, entry: Entry, payload: Payload) -> Profile:
    status = next_status(STEPS, entry.kind, before.status if before else START)
    more = {"changed_at": entry.at, "index": entry.index, "status": status}
    if before is None:
        return msgspec.convert({**payload, **more, "id": payload["profile"]}, Profile)
    return msgspec.structs.replace(before, level=payload["level"], by=payload["by"], **more)


PROFILE = Noun("profile", Profile, STEPS, _fold, columns=("subject", "value", "level"))
