"""Item 稿件: a reprint or a push of an outlet's day, with the rules that it may have broken.

An entry about an item holds no text: titles that differ in meaning are kept as erasable texts of an
entry of their own, the others not at all.
"""

import datetime as dt
from typing import Literal

import msgspec

from lianzhi.chain.life import START, Steps, next_status
from lianzhi.chain.noun import Noun, Payload
from lianzhi.record.entry import Entry

Wording = Literal["none", "same", "changed"]
STEPS: Steps = {
    "item.imported": (frozenset({START}), "kept"),
    "item.compared": (frozenset({"kept"}), None),
}


class Change(msgspec.Struct, frozen=True):
    """A change of meaning: rule, and offsets in the source's title and in the reprint's."""

    rule: str
    source: tuple[int, int]
    reprint: tuple[int, int]


class Item(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What an outlet published or pushed."""

    id: str
    key: str
    """Its id in the file."""
    kind: Literal["reprint", "push"]
    outlet: str
    day: dt.date
    source: str = ""
    root: str = ""
    """Earliest article of its text, by id; empty: the file had no text."""
    parent: str = ""
    """Article that it was most likely taken from; empty: from none."""
    wording: Wording = "none"
    """Whether its title is the source's; `none`: no title of a source is known."""
    rules: tuple[str, ...] = ()
    case: str = ""
    changes: tuple[Change, ...] = ()
    compared: int = -1
    """Entry with both titles; -1: none."""
    status: str = "kept"
    index: int = 0

    @property
    def flagged(self) -> bool:
        """Whether a rule leads to it."""
        return bool(self.rules)


def _fold(before: Item | None, entry: Entry, payload: Payload) -> Item:
    next_status(STEPS, entry.kind, before.status if before else START)
    if before is None:
        return msgspec.convert({**payload, "index": entry.index}, Item)
    changes = msgspec.convert(payload["changes"], tuple[Change, ...])
    return msgspec.structs.replace(before, changes=changes, compared=entry.index)


ITEM = Noun(
    "item",
    Item,
    STEPS,
    _fold,
    columns=("outlet", "day", "kind", "wording", "flagged", "root", "case"),
    indexes=(("day", "outlet"), ("root",), ("case",), ("outlet", "kind", "wording")),
    identity=lambda payload: payload["id"],
    bulk={"imported": "rows"},
)


class LeftOut(msgspec.Struct, frozen=True):
    """A row that was left out of an import."""

    file: str
    line: int
    column: str
    rule: str


class Arrival(msgspec.Struct, frozen=True, kw_only=True):
    """An import of items: what came in, and what was left out."""

    id: str
    by: str
    rows: int
    left_out: int
    problems: tuple[LeftOut, ...] = ()
    """The first of them."""
    days: tuple[str, ...] = ()
    """Outlets' days of which it brought items, as `day_id`."""
    at: int = 0


def _arrive(before: Arrival | None, entry: Entry, payload: Payload) -> Arrival:
    return msgspec.convert({**payload, "at": entry.at}, Arrival)


ARRIVAL = Noun(
    "arrival",
    Arrival,
    {"arrival.taken": (frozenset({START}), "taken")},
    _arrive,
    columns=("at",),
    identity=lambda payload: payload["id"],
)
