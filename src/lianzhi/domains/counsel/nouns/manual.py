"""Manual 岗位手册: what a post in a field has to do, in versions that named people have to read."""

import datetime as dt

import msgspec

from lianzhi.chain.life import START, Steps, next_status
from lianzhi.chain.noun import Noun, Payload
from lianzhi.record.entry import Entry

STEPS: Steps = {
    "manual.issued": (frozenset({START, "in_force", "withdrawn"}), "in_force"),
    "manual.assigned": (frozenset({"in_force"}), None),
    "manual.read": (frozenset({"in_force"}), None),
    "manual.withdrawn": (frozenset({"in_force"}), "withdrawn"),
}


class Edition(msgspec.Struct, frozen=True, kw_only=True):
    """One version of a manual."""

    number: int
    index: int
    """Entry with its text `content`."""
    issued: dt.date
    effective: dt.date
    by: str
    due: dt.date
    """Last day for reading it."""
    readers: tuple[str, ...] = ()
    """Users who have to read it."""
    read: dict[str, dt.date] = {}
    """When each of them has."""

    @property
    def unread(self) -> tuple[str, ...]:
        """Users who have not read it."""
        return tuple(name for name in self.readers if name not in self.read)


class Manual(msgspec.Struct, frozen=True, kw_only=True):
    """The manual of a post in a field, `<field>.<post>`."""

    id: str
    field: str
    post: str
    status: str
    editions: tuple[Edition, ...]
    """All that were issued, the oldest first."""
    index: int
    """Index of the newest entry about it."""

    @property
    def newest(self) -> Edition:
        """The version that was issued last."""
        return self.editions[-1]

    def in_force(self, day: dt.date) -> Edition | None:
        """The version that holds on a day; None: none does, or it was withdrawn."""
        known = [each for each in self.editions if each.effective <= day]
        return known[-1] if known and self.status == "in_force" else None


def _fold(before: Manual | None, entry: Entry, payload: Payload) -> Manual:
    status = next_status(STEPS, entry.kind, before.status if before else START)
    editions = before.editions if before else ()
    step = entry.kind.partition(".")[2]
    if step == "issued":
        fields = {**payload, "number": len(editions) + 1, "index": entry.index}
        editions += (msgspec.convert({**fields, "issued": payload["day"]}, Edition),)
    elif step == "assigned":
        readers = {
            "readers": tuple(payload["readers"]),
            "due": dt.date.fromisoformat(payload["due"]),
        }
        editions = (*editions[:-1], msgspec.structs.replace(editions[-1], **readers))
    elif step == "read":
        newest = editions[-1]
        read = {**newest.read, payload["by"]: dt.date.fromisoformat(payload["day"])}
        editions = (*editions[:-1], msgspec.structs.replace(newest, read=read))
    if before is None:
        parts = {"id": payload["manual"], "field": payload["field"], "post": payload["post"]}
        return Manual(**parts, status=status, editions=editions, index=entry.index)
    return msgspec.structs.replace(before, status=status, editions=editions, index=entry.index)


MANUAL = Noun(
    "manual",
    Manual,
    STEPS,
    _fold,
    columns=("status", "field", "post", "index"),
    indexes=(("status", "index"),),
)
